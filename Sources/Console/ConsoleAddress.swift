internal import Foundation

/// A page of the console, and where it stands.
public enum ConsoleAddress: Sendable {
    case overview
    case messages(MessageSearch)
    case message(id: String)
    case certificate(number: String)
    case partners
    case partner(name: String)
    case parked
    case rules
    case rule(number: Int)
    case changes(before: Int64?)

    /// - Parameters:
    ///   - parts: of the path behind `/console`, decoded.
    ///   - query: names and values, decoded.
    public init?(_ parts: [String], query: [String: String]) {
        switch (parts.first, parts.dropFirst().first, parts.count) {
        case (nil, _, _): self = .overview
        case ("messages", nil, _): self = .messages(MessageSearch(query))
        case ("messages", let id?, 2): self = .message(id: id)
        case ("certificates", let number?, 2): self = .certificate(number: number)
        case ("partners", nil, _): self = .partners
        case ("partners", let name?, 2): self = .partner(name: name)
        case ("parked", nil, _): self = .parked
        case ("rules", nil, _): self = .rules
        case ("rules", let number?, 2):
            guard let number = Int(number) else { return nil }
            self = .rule(number: number)
        case ("changes", nil, _): self = .changes(before: query["before"].flatMap { Int64($0) })
        default: return nil
        }
    }

    static func message(_ id: String) -> String { "/console/messages/" + escaped(id) }
    static func certificate(_ number: String) -> String { "/console/certificates/" + escaped(number) }
    static func partner(_ name: String) -> String { "/console/partners/" + escaped(name) }
    static func rule(_ number: Int) -> String { "/console/rules/\(number)" }

    static func query(_ values: [(String, String)]) -> String {
        values.filter { !$0.1.isEmpty }.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        // Letters, digits and what RFC 3986 leaves alone everywhere.
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
