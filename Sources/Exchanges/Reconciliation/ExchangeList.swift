/// A list of what two parties exchanged, as a file that both can write and read: comma-separated values (RFC 4180) with a header.
public struct ExchangeList: Sendable {
    public var entries: [ExchangeEntry]

    public init(_ entries: [ExchangeEntry]) {
        self.entries = entries
    }

    public struct Defect: Error, CustomStringConvertible {
        public let line: Int
        public let text: String
        public var description: String { "line \(line): \(text)" }
    }

    private static let columns = ["messageId", "sender", "operation", "contentDigest", "bodyDigest", "time", "receipted"]

    public var text: String {
        let rows = entries.map { entry in
            [
                entry.messageID, entry.sender, entry.operation ?? "", entry.contentDigest ?? "", entry.bodyDigest ?? "", entry.time ?? "",
                entry.isReceipted.map { $0 ? "yes" : "no" } ?? "",
            ]
        }
        return ([ExchangeList.columns] + rows).map { $0.map(ExchangeList.field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { [",", "\"", "\r", "\n", "\r\n"].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Columns may stand in any order and others beside them; `messageId` and `sender` must be there. Commas, semicolons or tabs part
    /// the fields, as spreadsheets write them.
    public init(reading text: String) throws(Defect) {
        var rows = try ExchangeList.rows(text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...])
        guard !rows.isEmpty else { throw Defect(line: 1, text: "the list is empty; its first line names the columns") }
        let header = rows.removeFirst().fields.map { $0.lowercased() }
        func place(_ column: String) -> Int? { header.firstIndex(of: column.lowercased()) }
        guard let id = place("messageId"), let sender = place("sender") else {
            throw Defect(
                line: 1, text: "the columns messageId and sender are needed; it names \(header.joined(separator: ", ").prefix(200))")
        }
        var entries: [ExchangeEntry] = []
        for row in rows where row.fields != [""] {
            guard row.fields.count == header.count else {
                throw Defect(line: row.line, text: "\(row.fields.count) fields under \(header.count) columns")
            }
            func value(_ column: String) -> String? { place(column).map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
            guard !row.fields[id].isEmpty, row.fields[sender].count == 2 else {
                throw Defect(line: row.line, text: "a message id and the sender's country (two letters) are needed")
            }
            var isReceipted: Bool?
            if let word = value("receipted") {
                guard ["yes", "no"].contains(word.lowercased()) else {
                    throw Defect(line: row.line, text: "receipted is \(word.prefix(50)), and should be yes or no")
                }
                isReceipted = word.lowercased() == "yes"
            }
            entries.append(
                ExchangeEntry(
                    messageID: row.fields[id], sender: row.fields[sender].uppercased(), operation: value("operation"),
                    contentDigest: value("contentDigest")?.lowercased(), bodyDigest: value("bodyDigest"), time: value("time"),
                    isReceipted: isReceipted))
        }
        self.entries = entries
    }

    private struct Row {
        let line: Int
        var fields: [String]
    }

    private static func rows(_ text: Substring) throws(Defect) -> [Row] {
        let firstLine = text.prefix { !$0.isNewline }
        let separator = [",", ";", "\t"].max { one, other in
            firstLine.count { String($0) == one } < firstLine.count { String($0) == other }
        }
        var rows: [Row] = []
        var (line, isQuoted, field) = (1, false, "")
        var row = Row(line: 1, fields: [])
        var rest = text
        while let character = rest.popFirst() {
            if character.isNewline { line += 1 }
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                field.append("\"")
            case "\"" where isQuoted: isQuoted = false
            case "\"" where field.isEmpty: isQuoted = true
            case _ where isQuoted: field.append(character)
            case _ where String(character) == separator:
                row.fields.append(field)
                field = ""
            case _ where character.isNewline:
                rows.append(Row(line: row.line, fields: row.fields + [field]))
                (row, field) = (Row(line: line, fields: []), "")
            default: field.append(character)
            }
        }
        guard !isQuoted else { throw Defect(line: row.line, text: "a quotation mark is not closed") }
        if !row.fields.isEmpty || !field.isEmpty { rows.append(Row(line: row.line, fields: row.fields + [field])) }
        return rows
    }
}
