import Fuzzing

/// What SwiftPM links as `main` of this executable.
@_cdecl("TranslationFuzzer_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    Fuzzer.run(
        count, arguments, start: { _ = TranslationJudge.shared },
        judge: { bytes, count in TranslationJudge.shared.judge(Array(UnsafeBufferPointer(start: bytes, count: count))) ? 0 : -1 })
}
