internal import Evidence
internal import Exchanges
internal import HTTPTypes
internal import Hummingbird
internal import Trust

/// Gives out evidence files, with what is new sealed first.
struct EvidenceOffice: Sendable {
    let gateway: Gateway
    let sealer: Sealer
    let stampAnchors: [Certificate]

    static let fileName = "evidence.asice"

    /// - Returns: `nil` where there is no such message.
    func response(_ id: String) async throws -> Response? {
        // A signer that is away makes the file poorer, not unavailable: what is missing in it is told by who verifies it. Nobody waits for
        // an authority here; stamps come in the next round.
        _ = try? await sealer.seal()
        guard let record = try await EvidenceRecord(of: id, in: gateway, stampAnchors: stampAnchors) else { return nil }
        let archive = try await EvidenceContainer(record, signedBy: gateway.identity, at: .now).archive()
        var response = Response.bytes(archive, type: EvidenceContainer.mediaType)
        response.headers[.contentDisposition] = "attachment; filename=\"\(id).asice\""
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
