internal import COpenSSL

/// What OpenSSL said when it refused something: its error queue, drained at the call.
public struct OpenSSLError: Error, Sendable, CustomStringConvertible {
    public let operation: String
    public let reasons: [String]

    init(_ operation: String) {
        self.operation = operation
        var reasons: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            reasons.append(text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
        }
        self.reasons = reasons
    }

    public var description: String { operation + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; ")) }
}
