import Fuzzing
import XML

/// What SwiftPM links as `main` of this executable.
@_cdecl("VerifyFuzzer_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    Fuzzer.run(
        count, arguments, start: { _ = VerificationJudge.shared },
        judge: { bytes, count in
            VerificationJudge.shared.judge(Array(UnsafeBufferPointer(start: bytes, count: count)))
            return 0
        })
}

/// Most mutations are of whole elements, of the input or, where that is no XML, of a seed; many are signed again where they can be.
/// Single bytes hardly ever come past the parser, and nothing but a key comes past SignatureValue.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    var generator = SeededGenerator(seed: UInt64(seed))
    guard generator.next(below: 4) > 0 else { return Fuzzer.mutate(bytes, count, maximum) }
    let judge = VerificationJudge.shared
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    let before = (try? XMLDocument(parsing: input)) != nil ? input : judge.seeds.randomElement(using: &generator)!
    var text = before
    for _ in 0...generator.next(below: 2) { text = ElementMutation(of: text).mutated(&generator) }
    if generator.next(below: 2) == 0 { text = judge.signedAgain(text, &generator) ?? text }
    guard text.count <= maximum, text != before else { return Fuzzer.mutate(bytes, count, maximum) }
    bytes.update(from: text, count: text.count)
    return text.count
}
