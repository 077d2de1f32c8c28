import Foundation

/// The same work in plain C with stock libxmlsec1 calls, run as a program of its own.
struct Floor {
    let program: String

    func verify(_ request: String, certificate: String, count: Int) throws -> Double {
        try cpu(["verify", request, certificate, String(count)])
    }
    func sign(_ template: String, key: String, count: Int) throws -> Double { try cpu(["sign", template, key, String(count)]) }
    func parse(_ document: String, count: Int) throws -> Double { try cpu(["parse", document, String(count)]) }

    private func cpu(_ arguments: [String]) throws -> Double {
        let lines = try run(program, arguments)
        guard let line = lines.last, let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let microseconds = report["cpu_us"] as? Double
        else { throw BenchmarkError("the floor did not report") }
        return microseconds
    }
}

/// Bare signature operations of `openssl speed`, in microseconds, from its counts per second: its times have too few digits.
struct OpenSSLSpeed {
    let sign: Double
    let verify: Double

    init(_ algorithm: String) throws {
        let lines = try run("/usr/bin/openssl", ["speed", "-seconds", "1", algorithm])
        guard let line = lines.last else { throw BenchmarkError("openssl speed said nothing") }
        let counts = line.split(separator: " ").suffix(2).compactMap { Double($0) }
        guard counts.count == 2 else { throw BenchmarkError("openssl speed is not understood: \(line)") }
        (sign, verify) = (1e6 / counts[0], 1e6 / counts[1])
    }
}
