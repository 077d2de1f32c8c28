import Foundation
import Glibc

/// CPU time of this process, all threads, in microseconds.
func cpuMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// CPU microseconds for one of `count` calls.
func measure(_ count: Int, _ body: (Int) async throws -> Void) async rethrows -> Double {
    let start = cpuMicroseconds()
    for index in 0..<count { try await body(index) }
    return (cpuMicroseconds() - start) / Double(count)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func measure(_ count: Int, _ body: (Int) throws -> Void) rethrows -> Double {
    let start = cpuMicroseconds()
    for index in 0..<count { try body(index) }
    return (cpuMicroseconds() - start) / Double(count)
}

/// Standard output of a program, its lines.
func run(_ program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError("\(program) \(arguments.joined(separator: " ")) failed") }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) {
        self.description = description
    }
}
