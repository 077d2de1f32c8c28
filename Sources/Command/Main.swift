internal import ArgumentParser
internal import Foundation

/// The command `coconect-soap`. Exit status: 0 yes, 1 no, 2 could not tell (unreadable input, wrong use).
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coconect-soap",
        abstract: "Exchanges electronic certificates of origin over signed SOAP.",
        discussion: """
            EXAMPLES
              coconect-soap serve --config gateway.yaml
              coconect-soap verify request.xml --trust partners/certificates
              coconect-soap convert --to xml certificate.json

            Exit status: 0 yes, 1 no, 2 could not tell.
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Check.self, Send.self, Sign.self, Verify.self, Explain.self, SelfTest.self, Convert.self, CheckDataset.self,
            Contract.self, MakePartnerKit.self,
            Identity.self, Messages.self, StoreCommand.self, LogCommand.self, EvidenceCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as CommandError {
            error.print()
            Foundation.exit(error.status)
        } catch let error as FileError {
            CommandError(error.reason, place: error.path).print()
            Foundation.exit(2)
        } catch let verdict as ExitCode {
            Foundation.exit(verdict.rawValue)
        } catch {
            let isSuccess = exitCode(for: error) == .success
            let message = fullMessage(for: error) + "\n"
            (isSuccess ? FileHandle.standardOutput : FileHandle.standardError).write(Data(message.utf8))
            Foundation.exit(isSuccess ? 0 : 2)
        }
    }
}

/// An error as a person reads it: what, where, what to do.
struct CommandError: Error {
    let text: String
    let place: String?
    let help: String?
    let status: Int32

    init(_ text: String, place: String? = nil, help: String? = nil, status: Int32 = 2) {
        self.text = text
        self.place = place
        self.help = help
        self.status = status
    }

    func print() {
        var lines = "error: \(text)\n"
        if let place { lines += "  where: \(place)\n" }
        if let help { lines += "  help: \(help)\n" }
        FileHandle.standardError.write(Data(lines.utf8))
    }
}

enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// Prints bytes as they are.
func output(_ bytes: [UInt8]) { FileHandle.standardOutput.write(Data(bytes)) }
func output(_ text: String) { output(Array((text + "\n").utf8)) }

func output(json value: some Encodable) throws { output(try json(value)) }

func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [0x0A]
}
