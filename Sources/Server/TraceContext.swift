internal import Exchanges
internal import HTTPTypes

/// W3C Trace Context: the trace id is the correlation id of our log, of the message and of what goes on from here.
enum TraceContext {
    /// The correlation id of a request: the trace that it belongs to, or a new one.
    static func correlationID(_ headers: HTTPFields) -> String {
        guard let parent = headers[.traceParent] else { return LocalID.make() }
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[1].utf8.count == 32, parts[1].utf8.allSatisfy(isLowerHex),
            parts[1].contains(where: { $0 != "0" }), parts[0] != "00" || parts.count == 4
        else { return LocalID.make() }
        return String(parts[1])
    }

    /// `traceparent` of a call that we make for a message.
    static func header(_ correlationID: String) -> String? {
        guard correlationID.utf8.count == 32, correlationID.utf8.allSatisfy(isLowerHex) else { return nil }
        return "00-\(correlationID)-\(LocalID.make().suffix(16))-01"
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

extension HTTPField.Name {
    static let traceParent = HTTPField.Name("traceparent")!
}
