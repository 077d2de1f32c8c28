public import Datasets

/// The elements of a certificate and of the other messages as a table for policy people: what each is, where it comes from,
/// and what each agreement demands.
public struct ElementTable {
    public static let fileName = "elements.md"

    private let catalog: Catalog
    private let all: [Menu]
    private let agreements: [Menu]

    public init(_ catalog: Catalog) {
        self.catalog = catalog
        all = catalog.agreements.keys.sorted().compactMap { catalog.agreements[$0] }
        // Those with the same rules share a column.
        agreements = all.filter { $0.agreement?.sameAs == nil }
    }

    public var bytes: [UInt8] {
        let intro = """
            # Elements

            Made from the CO Data Element Menu by `make contracts`. Do not edit.

            Per agreement: **M** mandatory (where what it stands in is there), **O** optional, **–** not used. *basis*: *sourced* from a public
            source, *part* where format or cardinality is ours, *inference* where the element is ours. Formats: `an..N` text of at the most
            N characters, `n..N` a whole number, `n..N,M` a decimal of N digits with at the most M behind the point.

            """
        let sections = catalog.menu.operations.map { section($0) }
        let lists = ["## Agreements\n"] + agreements.compactMap(\.agreement).map(describe)
        return Array((([intro] + sections + lists).joined(separator: "\n") + "\n").utf8)
    }

    private func section(_ operation: MenuOperation) -> String {
        var lines = ["## \(operation.name)", "", operation.text + ".", ""]
        let columns =
            ["JSON", "XML", "WCO id", "format", "how often", "list", "basis"] + agreements.compactMap(\.agreement?.code) + ["meaning"]
        lines.append("| " + columns.joined(separator: " | ") + " |")
        lines.append("|" + columns.map { _ in "---" }.joined(separator: "|") + "|")
        let narrowed = agreements.map { $0.message(operation.request.xml.local).menuClass }
        add(operation.request.menuClass, narrowed, path: "", to: &lines)
        return (lines + [""]).joined(separator: "\n")
    }

    /// - Parameter narrowed: the same class in each agreement, `nil` where the agreement does not use what it stands in.
    private func add(_ menuClass: MenuClass, _ narrowed: [MenuClass?], path: String, to lines: inout [String]) {
        for (index, element) in menuClass.elements.enumerated() {
            let place = path + element.json + (element.cardinality.isList ? "[]" : "")
            let uses = narrowed.map { $0.map { ElementTable.use($0.elements[index]) } ?? "–" }
            let cells = [
                "`\(place)`", "`\(element.xml.local)`", element.source.wcoID ?? "", ElementTable.form(element),
                ElementTable.cardinality(element),
                ElementTable.list(element), element.source.basis,
            ]
            lines.append(
                "| " + (cells + uses + [element.source.text]).map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
            guard case .record(let below) = element.content, below.name != "Certificate" else { continue }
            add(below, narrowed.map { $0?.elements[index].isUsed == true ? $0?.record(element.json) : nil }, path: place + ".", to: &lines)
        }
    }

    private static func use(_ element: MenuElement) -> String {
        !element.isUsed ? "–" : element.cardinality.minimum > 0 ? "M" : "O"
    }

    private static func cardinality(_ element: MenuElement) -> String {
        "\(element.cardinality.minimum)..\(element.cardinality.maximum.map { String($0) } ?? "n")"
    }

    private static func form(_ element: MenuElement) -> String {
        if case .record(let below) = element.content { return below.name == "Certificate" ? "as in send-co" : "" }
        return element.formatText
    }

    private static func list(_ element: MenuElement) -> String {
        if case .simple(.code(let list)) = element.content { return list.id }
        return ""
    }

    private func describe(_ agreement: Agreement) -> String {
        let validity = agreement.validityMonths.map { "\($0) months" } ?? "not limited"
        let others = all.compactMap(\.agreement).filter { $0.sameAs == agreement.code }.map { "\($0.code): \($0.title)" }
        let same = others.isEmpty ? "" : " The same rules hold for \(others.joined(separator: "; "))."
        let own = agreement.newElements.isEmpty ? "none" : agreement.newElements.map { "`\($0)`" }.joined(separator: ", ")
        return """
            ### \(agreement.code): \(agreement.title)

            Source: \(agreement.source). Languages: \(agreement.languages.joined(separator: ", ")). Validity: \(validity). Amendments: \
            \(agreement.procedures.amendments.joined(separator: ", ")) (1 cancel, 4 correct, 5 replace). Early messages are held \
            \(agreement.procedures.holdHours) hours; \(agreement.procedures.tries) tries of sending. New elements: \(own).\(same)

            """
    }
}
