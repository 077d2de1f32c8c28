internal import Exchanges
internal import SOAP
internal import Trust
internal import WSSecurity
internal import XMLSignature

/// How a partner is written to: what its toolkit wants (`toolkit`), and before that what its file says of requests (`endpoint`) and
/// answers (`answers`).
struct StyleSettings {
    private let file: SettingsFile
    /// Of our own identities.
    private let keys: [KeyKind]
    private let toolkit: Toolkit?

    init(_ file: SettingsFile, keys: [KeyKind]) {
        self.file = file
        self.keys = keys
        toolkit = file.isSet("toolkit") ? file.choice("toolkit", or: Toolkit.cxf) : nil
    }

    func requests() -> RequestStyle {
        var style = toolkit?.requests ?? RequestStyle()
        style.soapVersion = file.choice("endpoint.soapVersion", or: style.soapVersion)
        style.addressing = file.choice("endpoint.addressing", or: style.addressing)
        style.action = file.choice("endpoint.soapAction", or: style.action)
        style.isPackaged = file.isOn("endpoint.mtom", or: style.isPackaged)
        style.wantsConfirmation = file.isOn("endpoint.signatureConfirmation", or: style.wantsConfirmation)
        style.signing = signing("endpoint", or: style.signing)
        return style
    }

    func answers() -> AnswerStyle {
        var style = toolkit?.answers ?? AnswerStyle()
        style.receipts = file.choice("answers.receipts", or: style.receipts)
        style.faults = file.choice("answers.faults", or: style.faults)
        style.faultStatus = file.number("answers.faultStatus", or: style.faultStatus, in: 200...599)
        if style.faultStatus != 200, style.faultStatus < 400 {
            file.note("answers.faultStatus is \(style.faultStatus)", key: "answers.faultStatus", help: "use 500, 200 or one from 400 on")
        }
        style.confirmsSignature = file.isOn("answers.signatureConfirmation", or: style.confirmsSignature)
        style.isPackaged = file.isOn("answers.mtom", or: style.isPackaged)
        style.signing = signing("answers", or: style.signing)
        return style
    }

    private func signing(_ section: String, or fallback: SigningStyle) -> SigningStyle {
        var style = fallback
        style.algorithm = algorithm("\(section).algorithm") ?? style.algorithm
        style.digest = digest("\(section).digest") ?? style.digest
        style.token = file.choice("\(section).token", or: style.token)
        style.order = order("\(section).securityHeader") ?? style.order
        style.place = file.choice("\(section).securityPlace", or: style.place)
        if let parts = parts("\(section).signedParts") { style.parts = parts }
        style.mustUnderstand = file.isOn("\(section).mustUnderstand", or: style.mustUnderstand)
        style.fractionDigits = file.number("\(section).timestamp.fractionDigits", or: style.fractionDigits, in: 0...9)
        style.lifetime = file.number("\(section).timestamp.lifetime", or: style.lifetime, in: 1...86_400)
        check(style, section)
        return style
    }

    private func check(_ style: SigningStyle, _ section: String) {
        if [.binarySecurityToken, .pkiPath].contains(style.token), !style.order.contains(.token) {
            file.note(
                "\(section).securityHeader leaves out token, which token: \(style.token.rawValue) needs", key: "\(section).securityHeader",
                help: "add token, or set \(section).token to issuer-serial, ski, thumbprint, key-identifier or x509-data")
        }
        guard let algorithm = style.algorithm, let key = keys.first(where: { !$0.fits(algorithm) }) else { return }
        file.note(
            "\(section) is to be signed with \(algorithm.title), but our key is \(key.description)",
            key: file.isSet("\(section).algorithm") ? "\(section).algorithm" : "toolkit",
            help: "set identity to a key that fits, or \(section).algorithm to one of the key's")
    }

    private func algorithm(_ key: String) -> SignatureAlgorithm? {
        let known = SignatureAlgorithm.allCases.filter { $0 != .rsaSHA1 }
        return word(key, known.map { ($0.title, $0) })
    }

    private func digest(_ key: String) -> DigestAlgorithm? {
        word(key, DigestAlgorithm.allCases.filter { $0 != .sha1 }.map { ($0.title, $0) })
    }

    private func word<Value>(_ key: String, _ known: [(name: String, value: Value)]) -> Value? {
        guard let text = file.text(key) else { return nil }
        if let found = known.first(where: { $0.name == text }) { return found.value }
        file.note("\(key) is '\(text)'", key: key, help: "known: \(known.map(\.name).joined(separator: ", "))")
        return nil
    }

    private func order(_ key: String) -> [SigningStyle.Child]? {
        guard file.isSet(key) else { return nil }
        let order: [SigningStyle.Child] = file.choices(key, help: "list token, timestamp and signature as they stand in the header")
        guard Set(order).count == order.count, order.contains(.signature) else {
            file.note("\(key) has something twice, or no signature", key: key, help: "write it as [token, timestamp, signature]")
            return nil
        }
        return order
    }

    private func parts(_ key: String) -> Set<SigningStyle.Part>? {
        guard file.isSet(key) else { return nil }
        let parts: [SigningStyle.Part] = file.choices(key, help: "list what is signed: body, timestamp, addressing, token")
        if !parts.isEmpty, !parts.contains(.body) {
            file.note("\(key) leaves out body", key: key, help: "Body is always signed; add it")
        }
        return Set(parts)
    }
}
