import Fuzzing

/// What SwiftPM links as `main` of this executable.
@_cdecl("TrustFuzzer_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    Fuzzer.run(
        count, arguments,
        start: {
            PassphraseTrap.set()
            _ = TrustJudge.shared
        },
        judge: { bytes, count in TrustJudge.shared.judge(Array(UnsafeBufferPointer(start: bytes, count: count))) ? 0 : -1 })
}

/// Most mutations are of whole DER elements, of the input or, where that is no DER, of a seed; many are signed again by the forger.
/// PEM is changed by whole lines. Single bytes hardly ever come past the lengths, and nothing but a key comes past the signature.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    var generator = SeededGenerator(seed: UInt64(seed))
    guard generator.next(below: 4) > 0 else { return Fuzzer.mutate(bytes, count, maximum) }
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    let mutated = PEMMutation.mutated(input, &generator) ?? mutatedDER(input, &generator)
    guard mutated.count <= maximum, mutated != input else { return Fuzzer.mutate(bytes, count, maximum) }
    bytes.update(from: mutated, count: mutated.count)
    return mutated.count
}

private func mutatedDER(_ input: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    let judge = TrustJudge.shared
    var mutation = DERMutation(of: input) ?? judge.seeds.randomElement(using: &generator)!
    for _ in 0...generator.next(below: 2) { mutation.mutate(donors: judge.donors, &generator) }
    if generator.next(below: 3) == 0 { mutation.signAgain(with: judge.forger, &generator) }
    return mutation.input
}
