internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Trust
internal import XMLSignature

/// What the signers of documents are judged by, which stand for themselves or travel in messages.
struct OfficersOption: ParsableArguments {
    @Option(help: "Folder of the certificates (*.pem, *.crt) of officers who are registered to issue certificates of origin.")
    var officers: String?

    /// - Parameter trust: folder of authorities and signers of documents.
    func anchors(_ trust: String) throws -> DocumentAnchors { DocumentAnchors(try loadTrust(trust), officers: try registered()) }

    private func registered() throws -> Set<Digest>? {
        guard let officers else { return nil }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: officers).sorted() } catch {
            throw FileError(path: officers, reason: "the folder of officers' certificates cannot be read")
        }
        var found: Set<Digest> = []
        for name in names where name.hasSuffix(".pem") || name.hasSuffix(".crt") {
            found.formUnion(try loadCertificates(officers + "/" + name).map(\.fingerprint))
        }
        return found
    }
}
