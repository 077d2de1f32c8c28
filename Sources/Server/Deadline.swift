internal import AsyncHTTPClient
internal import NIOCore

/// Nothing came of a call in its time.
struct TooSlow: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "no whole answer within \(limit.components.seconds) s" }
}

struct TooLarge: Error, CustomStringConvertible {
    let limit: Int
    var description: String { "the answer has more than \(limit) bytes" }
}

extension HTTPClient {
    /// Calls, and reads the answer, in one time for all of it: the client's own deadline ends with the head of the answer.
    func call<Answer: Sendable>(
        _ request: HTTPClientRequest, within limit: Duration,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let answer = try await read(try await self.execute(request, timeout: .seconds(limit.components.seconds)))
                // What was cut off by a cancellation is none.
                try _Concurrency.Task.checkCancellation()
                return answer
            }
            group.addTask {
                try await _Concurrency.Task.sleep(for: limit)
                throw TooSlow(limit: limit)
            }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }
}

extension HTTPClientResponse {
    func bytes(upTo limit: Int) async throws -> [UInt8] {
        do { return Array(try await body.collect(upTo: limit).readableBytesView) } catch is NIOTooManyBytesError {
            throw TooLarge(limit: limit)
        }
    }
}
