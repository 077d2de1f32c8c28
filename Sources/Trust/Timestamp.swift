internal import COpenSSL
public import XML
public import XMLSignature

/// What is asked of a timestamp authority (RFC 3161, section 2.4.1): the time for a digest.
public struct TimestampRequest: Sendable {
    /// DER, for a body of type `application/timestamp-query`.
    public let bytes: [UInt8]

    /// - Parameter digest: SHA-256 of what is stamped.
    public init(for digest: Digest) {
        var made: UnsafeMutablePointer<UInt8>?
        let nonce = UInt64.random(in: 1...(.max))
        let length = coconect_timestamp_request(digest.bytes, Int32(digest.bytes.count), nonce, &made)
        precondition(length > 0 && made != nil, "there is memory for a request")
        bytes = Array(UnsafeBufferPointer(start: made, count: Int(length)))
        CRYPTO_free(made, #file, #line)
    }
}

/// What a timestamp authority says, verified: that some bytes were there at a time (RFC 3161, section 2.4.2).
public struct Timestamp: Sendable {
    public let time: XMLDateTime
    /// Object identifier of the rules under which the authority stamps, dotted.
    public let policy: String

    public struct Defect: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameters:
    ///   - response: DER of a TimeStampResp.
    ///   - data: what it must be over.
    ///   - request: what it must answer; `nil` where that is long ago.
    ///   - anchors: one of which its signer's certificate must come from, as of the time that it names.
    public init(
        verifying response: [UInt8], of data: [UInt8], answering request: TimestampRequest? = nil, anchors: [Certificate]
    ) throws(Defect) {
        defer { ERR_clear_error() }
        guard let handle = Timestamp.parse(response) else { throw Defect(description: "it is no TimeStampResp") }
        defer { TS_RESP_free(handle) }
        guard let info = TS_RESP_get_tst_info(handle) else {
            throw Defect(description: "the authority refused: \(Timestamp.status(handle))")
        }
        guard let time = Timestamp.time(info) else { throw Defect(description: "it names no time") }
        var pointers = anchors.map { Optional($0.handle.pointer) }
        let verdict = coconect_timestamp_verify(
            handle, request?.bytes, request?.bytes.count ?? 0, data, Int32(data.count), &pointers, Int32(pointers.count), time.seconds)
        guard verdict == 1 else { throw Defect(description: Timestamp.reason) }
        self.time = time
        policy = Timestamp.policy(info)
    }

    /// The time that a response names, unverified.
    public static func claimedTime(of response: [UInt8]) -> XMLDateTime? {
        defer { ERR_clear_error() }
        guard let handle = parse(response) else { return nil }
        defer { TS_RESP_free(handle) }
        return TS_RESP_get_tst_info(handle).flatMap(time)
    }

    private static func parse(_ response: [UInt8]) -> OpaquePointer? {
        response.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let parsed = d2i_TS_RESP(nil, &cursor, buffer.count) else { return nil }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
                TS_RESP_free(parsed)
                return nil
            }
            return parsed
        }
    }

    private static func time(_ info: OpaquePointer) -> XMLDateTime? { XMLDateTime(TS_TST_INFO_get_time(info)) }

    private static func policy(_ info: OpaquePointer) -> String {
        var text = [CChar](repeating: 0, count: 128)
        OBJ_obj2txt(&text, Int32(text.count), TS_TST_INFO_get_policy_id(info), 1)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// PKIStatus as a number (RFC 3161, section 2.4.2).
    private static func status(_ response: OpaquePointer) -> String {
        let number = TS_RESP_get_status_info(response).flatMap { TS_STATUS_INFO_get0_status($0) }.map { ASN1_INTEGER_get($0) }
        return "status \(number ?? -1)"
    }

    private static var reason: String {
        var last = "it does not hold"
        while case let code = ERR_get_error(), code != 0 {
            last = ERR_reason_error_string(code).map { String(cString: $0) } ?? last
        }
        return last
    }
}
