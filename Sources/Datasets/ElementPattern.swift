internal import XML

/// A regular expression of XML Schema (part 2, appendix F), judged by the engine that validates schemas.
public struct ElementPattern: Sendable {
    public let text: String
    private let expression: XMLRegularExpression

    /// - Returns: `nil` where the text is no regular expression.
    init?(_ text: String) {
        guard let expression = XMLRegularExpression(text) else { return nil }
        self.text = text
        self.expression = expression
    }

    func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool { expression.matches(value) }
}
