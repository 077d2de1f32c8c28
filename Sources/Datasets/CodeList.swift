internal import XML

/// A list of codes, from a standard or of our own.
public final class CodeList: Sendable {
    public let id: String
    public let title: String
    /// The standard, or `nil` where the list is ours.
    public let standard: String?
    /// Code and name, sorted by code; the name is empty where the source has none.
    public let codes: [(code: String, name: String)]
    /// By bytes: Swift strings compare by canonical equivalence, and U+212A would pass for K. Codes of up to eight bytes are
    /// numbers, in order.
    private let short: [UInt64]
    private let long: Set<[UInt8]>
    private let longest: Int

    init(id: String, title: String, standard: String?, codes: [(code: String, name: String)]) {
        self.id = id
        self.title = title
        self.standard = standard
        self.codes = codes.sorted { $0.code < $1.code }
        let bytes = codes.map { Array($0.code.utf8) }
        short = bytes.filter { $0.count <= 8 }.map { $0.withUnsafeBufferPointer(CodeList.number) }.sorted()
        long = Set(bytes.filter { $0.count > 8 })
        longest = bytes.map(\.count).max() ?? 0
    }

    /// A list in the tab-separated form of the files beside the menu: `# key: value` lines, then a code and its name.
    convenience init(tabSeparated bytes: [UInt8]) {
        var header: [String: String] = [:]
        var codes: [(code: String, name: String)] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("# "), let colon = line.firstIndex(of: ":") {
                header[String(line.dropFirst(2).prefix(upTo: colon))] = line[line.index(after: colon)...].trimmedXML
            } else {
                let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
                codes.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
            }
        }
        self.init(id: header["list"] ?? "", title: header["title"] ?? "", standard: header["standard"], codes: codes)
    }

    /// The list with only these of its codes.
    func subset(_ only: [String]) -> CodeList {
        CodeList(
            id: id + "-subset", title: title + ", as the agreement allows", standard: standard,
            codes: codes.filter { only.contains($0.code) })
    }

    func contains(_ code: UnsafeBufferPointer<UInt8>) -> Bool {
        guard code.count <= 8 else { return code.count <= longest && long.contains(Array(code)) }
        guard !code.isEmpty else { return false }
        let number = CodeList.number(code)
        var (low, high) = (0, short.count)
        while low < high {
            let middle = (low + high) / 2
            if short[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < short.count && short[low] == number
    }

    public func contains(_ code: String) -> Bool {
        var code = code
        return code.withUTF8 { contains($0) }
    }

    /// No code holds a zero byte, so codes of different length are different numbers.
    private static func number(_ code: UnsafeBufferPointer<UInt8>) -> UInt64 { code.reduce(0) { $0 << 8 | UInt64($1) } }

    /// The codes that somebody who wrote `text` may have meant.
    func nearest(_ text: String) -> [String] {
        text.utf8.count > longest + 4 ? [] : text.nearest(in: codes.map(\.code), within: 1).prefix(5).map(\.self)
    }

    /// What somebody is told who wrote a code that the list does not have.
    func refusal(of text: String) -> String {
        let nearest = nearest(text)
        let hint = nearest.isEmpty ? "" : "; near: \(nearest.joined(separator: ", "))"
        return "'\(text)' is not in the list \(id) (\(title))\(hint)"
    }
}
