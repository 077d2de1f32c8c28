/// Markup with gaps where its prefixes stand, to be filled with others.
struct PrefixTemplate {
    private enum Piece {
        case bytes(ArraySlice<UInt8>)
        /// `prefix:` before a name.
        case prefix(String)
        /// `xmlns:prefix`
        case declaration(String)
    }

    private var pieces: [Piece] = []
    /// Prefixes by the namespace that they are declared for; an empty one is the default namespace.
    private(set) var declared: [String: String] = [:]

    init(_ markup: Markup) {
        for piece in markup.pieces {
            switch piece {
            case .tag(let bytes): add(tag: bytes[...])
            case .text(let bytes), .other(let bytes): pieces.append(.bytes(bytes[...]))
            }
        }
    }

    private mutating func add(tag: ArraySlice<UInt8>) {
        var rest = tag
        func take(while holds: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let taken = rest.prefix(while: holds)
            rest = rest.dropFirst(taken.count)
            return taken
        }
        pieces.append(.bytes(take { [UInt8(ascii: "<"), UInt8(ascii: "/")].contains($0) }))
        add(name: take { !PrefixTemplate.endsName.contains($0) }, isElement: true)
        while !rest.isEmpty {
            pieces.append(.bytes(take { PrefixTemplate.endsName.contains($0) }))
            let name = take { !PrefixTemplate.endsName.contains($0) }
            guard !name.isEmpty else { continue }
            let equals = take { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
            let quote = rest.first ?? UInt8(ascii: "\"")
            rest = rest.dropFirst()
            let value = take { $0 != quote }
            rest = rest.dropFirst()
            add(name: name, isElement: false, value: value)
            pieces.append(.bytes(equals + [quote] + value + [quote]))
        }
    }

    private static let endsName = Set(" \t\r\n>/=".utf8)

    private mutating func add(name: ArraySlice<UInt8>, isElement: Bool, value: ArraySlice<UInt8> = []) {
        let colon = name.firstIndex(of: UInt8(ascii: ":"))
        let prefix = String(decoding: name[..<(colon ?? name.startIndex)], as: UTF8.self)
        let local = colon.map { name[($0 + 1)...] } ?? name
        if !isElement, prefix == "xmlns" || (colon == nil && name.elementsEqual("xmlns".utf8)) {
            let declaredPrefix = prefix == "xmlns" ? String(decoding: local, as: UTF8.self) : ""
            declared[String(decoding: value, as: UTF8.self)] = declaredPrefix
            pieces.append(.declaration(declaredPrefix))
        } else {
            // Attributes without prefix have no namespace, so only those with one change.
            if isElement || colon != nil { pieces.append(.prefix(prefix)) }
            pieces.append(.bytes(local))
        }
    }

    /// - Parameter names: by the prefix that there is now.
    func filled(_ names: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .bytes(let more): bytes += more
            case .prefix(let prefix):
                let name = names[prefix] ?? prefix
                if !name.isEmpty { bytes += Array(name.utf8) + [UInt8(ascii: ":")] }
            case .declaration(let prefix):
                let name = names[prefix] ?? prefix
                bytes += Array((name.isEmpty ? "xmlns" : "xmlns:" + name).utf8)
            }
        }
        return bytes
    }
}
