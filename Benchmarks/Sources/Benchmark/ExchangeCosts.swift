import Exchanges
import Foundation
import SOAP
import Stores

/// CPU microseconds for an inbound exchange, with SQLite and with the memory store.
struct ExchangeCosts {
    /// One at a time: each waits for a commit of its own.
    private(set) var alone = 0.0
    private(set) var aloneInMemory = 0.0
    /// One at a time, with the least that durability can cost.
    private(set) var aloneOnBareDisk = 0.0
    /// Eight always under way: what a loaded gateway spends.
    private(set) var crowd = 0.0
    private(set) var crowdInMemory = 0.0

    /// The stores take turns in short slices, so that whatever else the machine does falls on all of them.
    init(_ sample: Sample, count: Int, folder: String) async throws {
        let memory = sample.gateway(settings: sample.gateway.settings, store: MemoryStore())
        let disk = sample.gateway(
            settings: sample.gateway.settings,
            store: try DiskFloor(path: folder + "/floor", bytes: try await ExchangeCosts.kept(sample, memory)))
        let slice = min(count, ExchangeCosts.slice)
        let slices = count / slice
        for _ in 0..<slices {
            alone += try await ExchangeCosts.alone(slice, sample, sample.gateway)
            aloneInMemory += try await ExchangeCosts.alone(slice, sample, memory)
            aloneOnBareDisk += try await ExchangeCosts.alone(slice, sample, disk)
            crowd += try await ExchangeCosts.crowd(slice, sample, sample.gateway)
            crowdInMemory += try await ExchangeCosts.crowd(slice, sample, memory)
        }
        for path in [\ExchangeCosts.alone, \.aloneInMemory, \.aloneOnBareDisk, \.crowd, \.crowdInMemory] {
            self[keyPath: path] /= Double(slices)
        }
    }

    private static let slice = 60
    private static let inFlight = 8

    /// Bytes that are kept of one message.
    private static func kept(_ sample: Sample, _ gateway: Gateway) async throws -> Int {
        let id = try await accept(sample.requests(1)[0], gateway)
        return try await gateway.store.read { store in
            try ContentKind.allCases.reduce(0) { try $0 + (store.content($1, of: id)?.count ?? 0) }
        }
    }

    private static func alone(_ count: Int, _ sample: Sample, _ gateway: Gateway) async throws -> Double {
        let requests = try await sample.requests(count)
        return try await measure(count) { _ = try await accept(requests[$0], gateway) }
    }

    private static func crowd(_ count: Int, _ sample: Sample, _ gateway: Gateway) async throws -> Double {
        let requests = try await sample.requests(count)
        let start = cpuMicroseconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, request) in requests.enumerated() {
                if index >= inFlight { try await group.next() }
                group.addTask { _ = try await accept(request, gateway) }
            }
            try await group.waitForAll()
        }
        return (cpuMicroseconds() - start) / Double(count)
    }

    private static func accept(_ request: InboundRequest, _ gateway: Gateway) async throws -> String {
        let answer = await gateway.receive(request)
        guard case .accepted(let id) = answer.outcome else { throw BenchmarkError("not accepted: \(answer.outcome)") }
        return id
    }
}
