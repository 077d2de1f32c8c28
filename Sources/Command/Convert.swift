internal import ArgumentParser
internal import Datasets
internal import Documents
internal import Exchanges
internal import WSSecurity
internal import XML

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate a message between JSON and XML, validating it against the menu.",
        discussion: """
            EXAMPLES
              coconect-soap convert --to xml certificate.json
              coconect-soap convert --to json request.xml --trust partners/certificates
              coconect-soap convert --to places certificate.xml
              coconect-soap convert --to json AR004A18260000021500.xml --trust authorities --currency USD \
                --sender-agency "AFIP" --receiver-agency "Receita Federal do Brasil" --account fields.json

            A Digital Certificate of Origin (COD) of ALADI or MERCOSUR becomes a send-co message, once both its signatures are verified; it
            travels along as an attachment. Each of its fields is in the dataset, or it is not translated. places lists, for each value, its JSON Pointer and the XPath of the element that holds it.
            """)

    enum Target: String, ExpressibleByArgument, CaseIterable { case json, xml, places }

    @Argument(help: "The message, or - for standard input. A signed envelope needs --trust.")
    var file: String

    @Option(help: "json, xml or places.")
    var to: Target

    @Option(help: "Name of the message that a JSON file holds.")
    var message = "SendCO"

    @Option(help: "Folder of trusted certificates; opens a signed envelope.")
    var trust: String?

    @OptionGroup var cod: CODOptions

    @OptionGroup var options: AgreementsOption

    func run() throws {
        let bytes = try readFile(file)
        let dataset =
            try document(bytes) ?? trust.map { try opened(bytes, trust: $0) }
            ?? Message(bytes, file, json: message, agreements: options.agreements).dataset
        guard let dataset else { throw CommandError("the element is no message of the menu", place: file) }
        switch to {
        case .json: output(dataset.json(.indented))
        case .xml: output(dataset.xml + [0x0A])
        case .places:
            let root = "/" + dataset.message.xml.local
            for place in dataset.places { output("\(place.pointer)\t\(root)\(place.path)") }
        }
    }

    /// - Returns: `nil` where it is no COD.
    private func document(_ packed: [UInt8]) throws -> Dataset? {
        guard let bytes = try? DocumentVerifier.unpacked(packed),
            let document = try? XMLDocument(parsing: bytes, limits: DocumentVerifier.limits), CODVerifier.isCOD(document)
        else { return nil }
        return try cod.dataset(document, bytes, file, trust: trust, catalog: try loadCatalog(options.agreements))
    }

    private func opened(_ bytes: [UInt8], trust: String) throws -> Dataset {
        var report = VerificationReport(judgedAt: .now)
        let policy = SecurityPolicy(secondEngine: .asked, clock: .notChecked)
        guard let verified = try openEnvelope(bytes, file, trust: trust, policy: policy, at: .now, report: &report) else {
            throw CommandError(report.reason ?? "the message is not good", place: file, status: 1)
        }
        let catalog = try loadCatalog(options.agreements)
        guard let content = verified.content, catalog.menu.messages[content.local] != nil else {
            throw CommandError("Body holds no message of the menu", place: file, status: 1)
        }
        do {
            return try catalog.dataset(reading: content, as: content.local)
        } catch {
            throw CommandError("the dataset has problems:\n" + error.lines, place: file, status: 1)
        }
    }
}
