internal import Exchanges
internal import SOAP

/// The rules by number and by code.
enum RuleBook {
    static let all = Rule.all
    private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { one, _ in one })

    static func rule(code: String) -> Rule? { byCode[code] }
    static func rule(number: Int) -> Rule? { all.first { $0.number == number } }
}
