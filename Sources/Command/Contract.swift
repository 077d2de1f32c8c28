internal import ArgumentParser
internal import Contracts
internal import Datasets
internal import Foundation

struct Contract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the contracts that the menu gives: XSD and WSDL.",
        discussion: """
            EXAMPLES
              coconect-soap contract --out wsdl
              coconect-soap contract --out wsdl --check
              coconect-soap contract --out /tmp/ours --base-url https://test.coconect.customs.go.kr
            """)

    @Option(help: "Folder to write to.")
    var out = "wsdl"

    @Option(help: "Address before the operation, as the WSDL shall name it.")
    var baseURL: String?

    @Flag(help: "Write nothing; exit 1 where the folder differs from what the menu gives.")
    var check = false

    func run() throws {
        let menu = try loadMenu()
        let contracts = baseURL.map { ContractFiles(menu, baseURL: $0) } ?? ContractFiles(menu)
        var differing: [String] = []
        for (name, bytes) in contracts.files {
            let path = out + "/" + name
            if check {
                if (try? readFile(path)) != bytes { differing.append(path) }
            } else {
                try writeFile(bytes, to: path)
                output("wrote \(path)")
            }
        }
        guard differing.isEmpty else {
            throw CommandError(
                "not what the menu gives", place: differing.joined(separator: ", "),
                help: "run: coconect-soap contract --out \(out)", status: 1)
        }
        if check { output("good: \(contracts.files.count) files in \(out)") }
    }
}
