internal import Datasets
internal import SOAP
internal import XML

extension Refusal {
    /// The Fault element for the peer.
    func fault(_ version: SOAPVersion, menu: Menu, correlationID: String, now: XMLDateTime) -> [UInt8] {
        var dataset = Dataset(menu.message("Refusal"))
        dataset.root["code"] = .text(code)
        dataset.root["correlationId"] = .text(correlationID)
        dataset.root["serverDateTime"] = .text(now.text)
        if !problems.isEmpty, let problemClass = dataset.root.menuClass.record("problems") {
            dataset.root["problems"] = .list(problems.map { .record(Record($0, problemClass)) })
        }
        let fault = SOAPFault(blame: blame, securityCode: securityCode, reason: sentence.xmlCharacters, detail: dataset.xml)
        return fault.xml(version)
    }
}

extension Record {
    fileprivate init(_ problem: DatasetProblem, _ problemClass: MenuClass) {
        self.init(problemClass)
        self["code"] = .text(problem.code.rawValue)
        if !problem.place.isEmpty { self["place"] = .text(String(problem.place.xmlCharacters.prefix(1024))) }
        self["text"] = .text(String(problem.text.xmlCharacters.prefix(2048)))
    }
}

extension MenuClass {
    /// The class of a record element.
    func record(_ json: String) -> MenuClass? {
        guard let index = index(json: json), case .record(let menuClass) = elements[index].content else { return nil }
        return menuClass
    }
}

extension String {
    /// The text with what XML cannot hold replaced; for diagnoses, never for data.
    fileprivate var xmlCharacters: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isXMLCharacter ? $0 : "\u{FFFD}" }))
    }
}
