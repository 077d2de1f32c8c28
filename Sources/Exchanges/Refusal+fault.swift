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
        let fault = SOAPFault(blame: blame, securityCode: securityCode, reason: sentence, detail: dataset.xml)
        return fault.xml(version)
    }
}

extension Record {
    fileprivate init(_ problem: DatasetProblem, _ problemClass: MenuClass) {
        self.init(problemClass)
        self["code"] = .text(problem.code.rawValue)
        if !problem.place.isEmpty { self["place"] = .text(problem.place.onOneLine(atMost: 1000)) }
        self["text"] = .text(problem.text.onOneLine(atMost: 2000))
    }
}

extension MenuClass {
    /// The class of a record element.
    func record(_ json: String) -> MenuClass? {
        guard let index = index(json: json), case .record(let menuClass) = elements[index].content else { return nil }
        return menuClass
    }
}
