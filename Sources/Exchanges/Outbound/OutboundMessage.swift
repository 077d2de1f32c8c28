internal import Datasets
internal import SOAP
internal import WSSecurity
internal import XML
internal import XMLSignature

/// A message in the making, in the style of the partner that it goes to: dataset → envelope → signed → as HTTP carries it.
struct OutboundMessage {
    let envelope: OutgoingEnvelope
    private let style: RequestStyle
    private let action: String
    /// Where, in the content, what MTOM sends as parts of its own stands.
    private let attachments: [Range<Int>]

    init(_ dataset: Dataset, action: String, address: String, addressingID: String, style: RequestStyle) {
        var attachments: [Range<Int>] = []
        let content = dataset.xml(attachments: &attachments)
        self.init(
            content: content, attachments: attachments, action: action, address: address, addressingID: addressingID, style: style)
    }

    /// - Parameter content: in its canonical form.
    init(
        content: [UInt8], attachments: [Range<Int>] = [], action: String, address: String, addressingID: String, style: RequestStyle
    ) {
        envelope = OutgoingEnvelope(
            version: style.soapVersion,
            addressing: style.addressing == .on
                ? OutgoingEnvelope.requestAddressing(to: address, action: action, messageID: addressingID) : [],
            content: content, form: .canonical)
        self.style = style
        self.action = action
        self.attachments = attachments
    }

    /// - Parameter signed: this message, signed.
    func request(_ signed: SignedEnvelope, url: String, partner: Partner, trace: String?) -> OutboundRequest {
        let package = style.isPackaged ? package(signed) : nil
        let spelled = style.action.spelled(action)
        return OutboundRequest(
            url: url, partner: partner.name,
            contentType: package?.contentType ?? "\(style.soapVersion.mediaType); charset=utf-8" + style.soapVersion.parameter(spelled),
            soapAction: style.soapVersion == .v11 ? spelled : nil, bytes: package?.bytes ?? signed.bytes,
            timeout: partner.endpoint.timeout, correlationID: trace)
    }

    private func package(_ signed: SignedEnvelope) -> XOPPackage {
        // What would not come back as it is stays where it is.
        let found = attachments.compactMap { range -> (range: Range<Int>, content: [UInt8])? in
            let place = signed.content.lowerBound + range.lowerBound..<signed.content.lowerBound + range.upperBound
            let text = String(decoding: signed.bytes[place], as: UTF8.self)
            guard let content = Base64.decode(text), Base64.encode(content) == text else { return nil }
            return (range: place, content: content)
        }
        return XOPPackage(signed.bytes, attachments: found, version: style.soapVersion, action: style.action.spelled(action))
    }
}

extension RequestStyle.ActionSpelling {
    fileprivate func spelled(_ action: String) -> String? {
        switch self {
        case .quoted: "\"\(action)\""
        case .unquoted: action
        case .empty: "\"\""
        case .absent: nil
        }
    }
}

extension SOAPVersion {
    /// The `action` parameter of SOAP 1.2 (part 2, section 6.5.3).
    fileprivate func parameter(_ action: String?) -> String {
        self == .v12 ? action.map { "; action=\($0)" } ?? "" : ""
    }
}
