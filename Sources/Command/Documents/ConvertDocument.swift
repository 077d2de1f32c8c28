internal import ArgumentParser
internal import Datasets
internal import Documents
internal import Exchanges
internal import Foundation
internal import XML

/// What is to be given where a COD is translated, because it does not say it.
struct CODOptions: ParsableArguments {
    @OptionGroup var officers: OfficersOption

    @Option(help: "For a COD: name of the administration that sends the certificate.")
    var senderAgency: String?

    @Option(help: "For a COD: name of the administration that receives it.")
    var receiverAgency: String?

    @Option(help: "For a COD: currency of its amounts (ISO 4217), which it does not say.")
    var currency: String?

    @Option(help: "For a COD: code of UN/ECE Recommendation 20 for a word in it, as in PAQUETES=NMP; may be repeated.")
    var unit: [String] = []

    @Option(help: "For a COD: writes where each of its fields went, as JSON, to this file.")
    var account: String?

    @Flag(help: "For a COD: leave the document itself out of the attachments.")
    var withoutOriginal = false

    func validate() throws {
        for unit in unit where unit.split(separator: "=").count != 2 || unit.count(where: { $0 == "=" }) != 1 {
            throw ValidationError("--unit \(unit) is not WORD=CODE, as in PAQUETES=NMP.")
        }
    }

    /// The dataset of a COD whose signatures hold and whose signers were trusted when they signed.
    func dataset(_ document: XMLDocument, _ bytes: [UInt8], _ file: String, trust: String?, catalog: Catalog) throws -> Dataset {
        guard let trust else {
            throw CommandError(
                "this is a COD, which is read only once its signatures are verified", place: file,
                help: "give --trust, a folder with the authorities of its exporter and officer")
        }
        guard let senderAgency, let receiverAgency else {
            throw CommandError(
                "a COD does not name the administrations", place: file,
                help: "give --sender-agency and --receiver-agency, such as \"Receita Federal do Brasil\"")
        }
        let verdict: CODVerdict
        let verified: VerifiedCOD?
        do {
            (verdict, verified) = try DocumentVerifier(anchors: try officers.anchors(trust), now: .now).cod(document, bytes)
        } catch let error as CODError {
            throw CommandError("it is no COD: \(error)", place: file)
        }
        guard let verified else {
            throw CommandError("the COD is not good:\n" + verdict.defects.map { "  \($0)" }.joined(separator: "\n"), place: file, status: 1)
        }
        let units = unit.map { $0.split(separator: "=").map(String.init) }.map { ($0[0].uppercased(), $0[1]) }
        let settings = CODTranslator.Settings(
            senderAgency: senderAgency, receiverAgency: receiverAgency, currency: currency,
            units: Dictionary(units, uniquingKeysWith: { _, last in last }), carriesOriginal: !withoutOriginal)
        do {
            // Standard output is the dataset's.
            for remark in verdict.remarks { FileHandle.standardError.write(Data("note: \(remark.onOneLine(atMost: 1000))\n".utf8)) }
            let (dataset, account) = try CODTranslator(catalog: catalog, settings: settings).translate(verified, bytes: bytes)
            if let path = self.account { try writeFile(try json(account), to: path) }
            return dataset
        } catch let error as CODTranslationError {
            throw CommandError("the COD is not translated: \(error.lines)", place: file, help: error.help, status: 1)
        }
    }
}

extension CODTranslationError {
    fileprivate var lines: String {
        if case .dataset(let error) = self { return "its fields make no valid dataset:\n\(error.lines)" }
        return description
    }

    fileprivate var help: String? {
        switch self {
        case .currency: "give --currency, such as USD where the parties agree on it"
        case .unknownUnit(_, let word): "give --unit \"\(word.uppercased().onOneLine(atMost: 16))=CODE\", such as KGM for kilograms"
        case .dataset(let error) where error.problems.contains { $0.code == .unknownAgreement }:
            "add the agreement as a file, with --agreements; those that come with the program are in wsdl/elements.md"
        case .notAccounted, .missing, .malformed, .noInvoice, .repeated, .tooMany, .dataset: nil
        }
    }
}
