public import Datasets

/// An agreement's new elements as drafts of Data Maintenance Requests, the way a new element takes into the WCO Data Model: a
/// person completes and submits them.
public struct MaintenanceRequests {
    private let agreement: Agreement
    private let own: MenuClass

    /// - Returns: `nil` where the menu is no agreement's, or the agreement has no new elements.
    public init?(_ menu: Menu) {
        guard let agreement = menu.agreement,
            let own = menu.message(menu.operations[0].request.xml.local).menuClass.record("extensions")?.record(agreement.code)
        else { return nil }
        self.agreement = agreement
        self.own = own
    }

    public var bytes: [UInt8] {
        let head = """
            # Drafts of Data Maintenance Requests: \(agreement.title)

            Made from the agreement \(agreement.code), version \(agreement.version). A draft says what the gateway knows; business need and impact
            are for the submitting administration to confirm.

            """
        return Array((([head] + requests(own, path: "extensions.\(agreement.code)")).joined(separator: "\n")).utf8)
    }

    private func requests(_ menuClass: MenuClass, path: String) -> [String] {
        menuClass.elements.flatMap { element -> [String] in
            let place = "\(path).\(element.json)" + (element.cardinality.isList ? "[]" : "")
            let rows = [
                ("Name", element.xml.local), ("Definition", element.source.text), ("Format", format(element)),
                ("Code list", codes(element)),
                ("Occurs", "\(element.cardinality.minimum)..\(element.cardinality.maximum.map { String($0) } ?? "n") in `\(path)`"),
                (
                    "Business need",
                    "Certificates of origin under \(agreement.title) carry it; without an element it travels as a remark, which no system can read."
                ),
                ("Source", "\(agreement.source) (\(element.source.basis))"),
                ("Used until then as", "`\(place)`, namespace `\(agreement.namespace)`"),
            ]
            let text = "## \(place)\n\n| | |\n|---|---|\n" + rows.map { "| \($0) | \($1.replacing("|", with: "\\|")) |\n" }.joined()
            guard case .record(let below) = element.content else { return [text] }
            return [text] + requests(below, path: place)
        }
    }

    private func format(_ element: MenuElement) -> String {
        if case .record = element.content { return "class of its own, see its elements" }
        return element.formatText
    }

    private func codes(_ element: MenuElement) -> String {
        guard case .simple(.code(let list)) = element.content else { return "none" }
        guard list.standard == nil else { return [list.id, list.standard].compactMap(\.self).joined(separator: ", ") }
        return "\(list.id): " + list.codes.map { "\($0.code) (\($0.name))" }.joined(separator: ", ")
    }
}
