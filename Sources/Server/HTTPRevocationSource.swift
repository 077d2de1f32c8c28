public import AsyncHTTPClient
public import Exchanges
internal import Foundation
internal import NIOCore
public import Trust

/// Responders and revocation lists over HTTP. Both are signed by the authority, so plain HTTP is as good as any (RFC 5280, section 8).
/// Only addresses from partners' files are called, never one that a message or a certificate names.
public struct HTTPRevocationSource: RevocationSource {
    private let client: HTTPClient

    /// A list of a large authority has some megabytes.
    private static let largestList = 32 * 1024 * 1024
    private static let largestAnswer = 64 * 1024

    public init(_ client: HTTPClient) {
        self.client = client
    }

    public func ask(_ question: OCSPQuestion) async throws -> [UInt8] {
        var call = HTTPClientRequest(url: question.url)
        call.method = .POST
        call.headers.add(name: "Content-Type", value: "application/ocsp-request")
        call.headers.add(name: "Accept", value: "application/ocsp-response")
        call.body = .bytes(ByteBuffer(bytes: question.request))
        return try await bytes(call, timeout: .seconds(5), limit: HTTPRevocationSource.largestAnswer)
    }

    /// A revocation list from a URL or a file.
    func list(_ location: String) async throws -> RevocationList {
        let found: [UInt8]
        if location.hasPrefix("http://") || location.hasPrefix("https://") {
            found = try await bytes(HTTPClientRequest(url: location), timeout: .seconds(30), limit: HTTPRevocationSource.largestList)
        } else {
            found = Array(try Data(contentsOf: URL(fileURLWithPath: location)))
        }
        guard let list = RevocationList(found) else { throw NoList() }
        return list
    }

    private func bytes(_ call: HTTPClientRequest, timeout: Duration, limit: Int) async throws -> [UInt8] {
        try await client.call(call, within: timeout) { response in
            guard response.status == .ok else { throw BadStatus(code: response.status.code) }
            return try await response.bytes(upTo: limit)
        }
    }

    private struct BadStatus: Error, CustomStringConvertible {
        let code: UInt
        var description: String { "HTTP \(code)" }
    }

    private struct NoList: Error, CustomStringConvertible {
        var description: String { "not a certificate revocation list, or one without nextUpdate" }
    }
}
