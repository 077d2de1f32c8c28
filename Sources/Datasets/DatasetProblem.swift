/// One thing that is wrong with a dataset, and where: an XPath for XML, a JSON Pointer (RFC 6901) for JSON.
public struct DatasetProblem: Hashable, Sendable, Codable {
    /// Stable names; partners' programs may depend on them.
    public enum Code: String, Sendable, Codable, CaseIterable {
        case unknownElement = "unknown-element"
        case missingElement = "missing-element"
        case repeatedElement = "repeated-element"
        case wrongOrder = "wrong-order"
        case tooMany = "too-many"
        case empty
        case tooLong = "too-long"
        case format
        case codeList = "code-list"
        case unexpectedContent = "unexpected-content"
        case wrongType = "wrong-type"
        case rule
        case unknownAgreement = "unknown-agreement"
        /// The agreement does not use the element.
        case notUsed = "not-used"
        case syntax
    }

    public let code: Code
    public let place: String
    public let text: String
    /// Id of the element in the WCO Data Model, where it has one.
    public let wcoID: String?

    public init(_ code: Code, at place: String, _ text: String, wcoID: String? = nil) {
        self.code = code
        self.place = place
        self.text = text
        self.wcoID = wcoID
    }
}

/// A dataset was refused; all its problems, the first ones where there are very many.
public struct DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Past this number reading goes on but nothing more is noted.
    static let limit = 50

    public let problems: [DatasetProblem]

    public init(_ problems: [DatasetProblem]) {
        self.problems = problems
    }

    public var description: String { problems.map { "\($0.place): \($0.text)" }.joined(separator: "\n") }
}
