internal import CLibFuzzer
internal import Foundation
internal import Synchronization

/// libFuzzer's loop. SwiftPM links an executable with its own `main`, so each fuzzer exports a function of that name and calls this.
public enum Fuzzer {
    private static let accepted = Atomic<Int>(0)

    /// Counts an input that was not refused: a fuzzer whose inputs all are tests little.
    public static func noteAccepted() { accepted.add(1, ordering: .relaxed) }

    /// - Parameters:
    ///   - start: makes what lives as long as the process. Swift keeps marks in the high bits of pointers inside enums, so the leak
    ///     sanitizer would not find the way to it.
    ///   - judge: what is done with an input; it traps where something is wrong.
    public static func run(
        _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, start: () -> Void,
        judge: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32 {
        __lsan_disable()
        start()
        __lsan_enable()
        atexit { FileHandle.standardError.write(Data("accepted: \(Fuzzer.accepted.load(ordering: .relaxed))\n".utf8)) }
        var count = count
        var arguments = arguments
        return LLVMFuzzerRunDriver(&count, &arguments, judge)
    }

    /// One of libFuzzer's own mutations, in place; the new size.
    public static func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int) -> Int {
        LLVMFuzzerMutate(bytes, count, maximum)
    }
}
