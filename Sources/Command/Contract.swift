internal import ArgumentParser
internal import Contracts
internal import Datasets
internal import Foundation

struct Contract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write the contracts that the menu gives: XSD, WSDL, JSON Schema, OpenAPI, tables of the elements; and the pages of rules and limits.",
        discussion: """
            EXAMPLES
              coconect-soap contract --out wsdl
              coconect-soap contract --out wsdl --check
              coconect-soap contract --out /tmp/ours --base-url https://test.coconect.customs.go.kr
              coconect-soap contract --out /tmp/rcep --agreement RCEP
              coconect-soap contract dmr --agreement RCEP
            """, subcommands: [ContractWrite.self, ContractDMR.self], defaultSubcommand: ContractWrite.self)
}

struct ContractWrite: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "write", abstract: "Write the contract files into a folder (the default).")

    @Option(help: "Folder to write to.")
    var out = "wsdl"

    @Option(help: "Address before the operation, as the WSDL shall name it.")
    var baseURL = ContractFiles.documentationURL

    @OptionGroup var options: AgreementOptions

    @Flag(help: "Write nothing; exit 1 where the folder differs from what the menu gives.")
    var check = false

    func run() throws {
        let catalog = try options.catalog()
        let contracts =
            try options.narrowed(catalog).map { ContractFiles($0, baseURL: baseURL) } ?? ContractFiles(catalog, baseURL: baseURL)
        var differing: [String] = []
        let files = contracts.files + (options.agreement == nil ? ReferencePages.files : [])
        for (name, bytes) in files {
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
        if check { output("good: \(files.count) files in \(out)") }
    }
}

struct ContractDMR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dmr", abstract: "Write an agreement's new elements as drafts of WCO Data Maintenance Requests.",
        discussion: """
            EXAMPLE
              coconect-soap contract dmr --agreement A18 > a18-requests.md
            """)

    @OptionGroup var options: AgreementOptions

    func run() throws {
        guard let menu = try options.narrowed(options.catalog()), let request = MaintenanceRequests(menu) else {
            throw CommandError(
                options.agreement == nil ? "an agreement is needed" : "the agreement has no new elements", help: "give --agreement CODE",
                status: options.agreement == nil ? 2 : 1)
        }
        output(request.bytes)
    }
}
