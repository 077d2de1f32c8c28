import Fuzzing

/// Changes a PEM text by whole lines.
enum PEMMutation {
    /// - Returns: `nil` where behind the letter there is no PEM.
    static func mutated(_ input: [UInt8], _ generator: inout SeededGenerator) -> [UInt8]? {
        guard input.dropFirst().starts(with: Array("-----BEGIN".utf8)) else { return nil }
        var text = input.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { [UInt8]($0) }
        let index = generator.next(below: text.count)
        switch generator.next(below: 4) {
        case 0: text.remove(at: index)
        case 1: text.insert(text[index], at: generator.next(below: text.count))
        case 2: text[index] = lines.randomElement(using: &generator)!
        // Headers stand behind the first line.
        default: text.insert(lines.randomElement(using: &generator)!, at: generator.next(below: 2) == 0 ? 1 : index)
        }
        return input.prefix(1) + Array(text.joined(separator: [UInt8(ascii: "\n")]))
    }

    private static let lines = [
        "", "\n", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n", "Proc-Type: 4,MIC-CLEAR\n",
        "-----BEGIN X509 CRL-----", "-----END X509 CRL-----", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
        "-----BEGIN TRUSTED CERTIFICATE-----", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN ", "AAAA", "====",
    ].map { Array($0.utf8) }
}
