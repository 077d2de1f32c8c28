internal import Datasets
internal import SOAP
internal import XML

extension Refusal {
    /// The Fault element for the peer.
    func fault(_ version: SOAPVersion, menu: Menu, correlationID: String, now: XMLDateTime) -> [UInt8] {
        var values: [String: DatasetValue] = [
            "code": .text(code), "rule": .text(String(rule.number)), "correlationId": .text(correlationID),
            "serverDateTime": .text(now.text),
        ]
        if !problems.isEmpty { values["problems"] = .list(problems.map(\.value)) }
        let detail = Dataset(menu.message("Refusal"), values).xml
        let fault = SOAPFault(blame: blame, securityCode: securityCode, reason: sentence, detail: detail)
        return fault.xml(version)
    }
}

extension DatasetProblem {
    fileprivate var value: DatasetValue {
        var values: [String: DatasetValue] = ["code": .text(code.rawValue), "text": .text(text.onOneLine(atMost: 2000))]
        if !place.isEmpty { values["place"] = .text(place.onOneLine(atMost: 1000)) }
        return .record(values)
    }
}
