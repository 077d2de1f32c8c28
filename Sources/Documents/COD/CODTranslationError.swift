public import Datasets

/// Why a COD was not translated; nothing of it is left out silently.
public enum CODTranslationError: Error, Sendable, CustomStringConvertible {
    /// Fields that have no place in the dataset.
    case notAccounted([String])
    case missing(String)
    case malformed(field: String, text: String, needed: String)
    case unknownUnit(field: String, word: String)
    /// It has values, and does not say in which currency.
    case currency(field: String)
    case noInvoice(field: String, number: String)
    case repeated(field: String, text: String)
    case tooMany(String, count: Int, limit: Int)
    /// Its fields do not make a valid dataset under its agreement.
    case dataset(DatasetError)

    public var description: String {
        switch self {
        case .notAccounted(let fields):
            "these fields have no place in the dataset: \(fields.joined(separator: ", "))"
        case .missing(let field): "\(field) is not there"
        case .malformed(let field, let text, let needed): "\(field) is '\(text.prefix(60))', which is not \(needed)"
        case .unknownUnit(let field, let word):
            "\(field) is '\(word.prefix(60))', a word for which no code of UN/ECE Recommendation 20 is known"
        case .currency(let field):
            "\(field) is an amount, and a COD does not say in which currency"
        case .noInvoice(let field, let number): "\(field) names the invoice \(number.prefix(20)), which is not there"
        case .repeated(let field, let text): "\(field) is '\(text.prefix(20))', which another has already"
        case .tooMany(let what, let count, let limit): "\(count) \(what), the limit is \(limit)"
        case .dataset(let error): "its fields make no valid dataset:\n\(error.description)"
        }
    }
}
