import Foundation
import Fuzzing

/// `FuzzSeeds EXAMPLES`: writes the first inputs of the fuzzers, and the dictionary of the menu's names, from the examples of the
/// contract and what `make-identities` made. Messages are signed by the same code as `coconect-soap sign`, which has no option for how a token is named.
@main
enum Main {
    static func main() async throws {
        let folder = FuzzFolder.current
        let examples = try Examples(folder: CommandLine.arguments[1])
        try await EnvelopeSeeds(identities: FuzzIdentities(folder), examples: examples).write(to: folder)
        try TranslationSeeds(examples: examples).write(to: folder)
        try TrustSeeds().write(to: folder)
    }
}

/// The examples of the contract: a JSON dataset for each request, the same as XML, and the answers as XML.
struct Examples {
    let files: [String: [UInt8]]

    init(folder: String) throws {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name)))
        }
        self.files = files
    }

    func bytes(_ name: String) -> [UInt8] {
        guard let bytes = files[name] else { fatalError("the examples have no \(name)") }
        return bytes
    }
}
