internal import Datasets
internal import SOAP
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// A request after everything that can be said of it alone: verified, routed, read. It holds only values, so it may cross
/// a suspension point, which documents may not.
struct InboundMessage: Sendable {
    let version: SOAPVersion
    let partner: Partner
    let operation: Operation
    /// The words that the partner used, ours or its own, in which it is answered too.
    let catalog: Catalog
    let messageID: String
    let contentDigest: Digest
    let bodyDigest: Digest
    let signer: Digest
    let signatureValue: [UInt8]
    /// Read already, but judged only after the message id was looked up.
    let dataset: Result<Dataset, DatasetError>
    /// The MessageID that an answer relates to; only where it was signed.
    let signedMessageID: String?
    let report: VerificationReport
}

/// A refusal with what was known when it came.
struct RefusedRequest: Error {
    let refusal: Refusal
    let version: SOAPVersion
    /// The partner whose signed content is at fault; `nil` for a stranger, and where anybody could have caused the refusal by
    /// sending an old message again or by adding unsigned parts to it.
    let partner: Partner?
    let report: VerificationReport
    /// The signed MessageID that the fault relates to.
    var relatesTo: String?
    /// The value of the request's signature, where it was found good.
    var signatureValue: [UInt8]?
    /// Asked of an OCSP responder, the message may turn out good.
    var question: OCSPQuestion?
}

/// bytes → Envelope → Verified<Envelope> → operation and role → Dataset, on one thread.
struct InboundReader: Sendable {
    let catalog: Catalog
    let partners: PartnerRegistry
    let policy: SecurityPolicy
    let limits: XMLLimits
    let publicURL: String
    /// A second address that a signed To may name.
    var alias: String?

    func read(_ request: InboundRequest, at now: XMLDateTime) throws(RefusedRequest) -> InboundMessage {
        var progress = Progress(version: request.mediaVersion, report: VerificationReport(judgedAt: now))
        do throws(Refusal) {
            return try read(request, at: now, progress: &progress)
        } catch {
            throw RefusedRequest(
                refusal: error, version: progress.version, partner: progress.partner, report: progress.report,
                relatesTo: progress.relatesTo, signatureValue: progress.signatureValue, question: progress.question)
        }
    }

    private struct Progress {
        var version: SOAPVersion
        var report: VerificationReport
        var partner: Partner?
        var relatesTo: String?
        var signatureValue: [UInt8]?
        var question: OCSPQuestion?
    }

    private func read(
        _ request: InboundRequest, at now: XMLDateTime, progress: inout Progress
    ) throws(Refusal) -> InboundMessage {
        let envelope = try envelope(request, progress: &progress)
        guard Operation(rawValue: request.operation) != nil else { throw .unknownAddress(request.operation) }
        let verified = try verify(envelope, at: now, progress: &progress)
        guard let partner = partners[verified.signer.owner] else {
            preconditionFailure("every pinned certificate belongs to a partner of the registry that it was pinned from")
        }
        progress.signatureValue = verified.signatureValue
        let actions = [partner.catalog, catalog].compactMap { $0?.menu.requestAction(at: request.operation) }
        let signedMessageID = try checkAddressing(verified, request, actions: actions)
        progress.relatesTo = signedMessageID
        // Before the partner is blamed: a connection of somebody else's is not its doing.
        try checkClient(partner, request)
        progress.partner = partner
        guard let content = verified.content else { throw .bodyContent() }
        let catalog = words(of: content, partner)
        let (operation, message) = try route(content, request, catalog.menu)
        try partner.checkCall(operation)
        return InboundMessage(
            version: envelope.version, partner: partner, operation: operation, catalog: catalog,
            messageID: message.menuClass.element("functionalReferenceId").flatMap { content.child($0.xml) }?.text ?? "",
            contentDigest: try digest(of: content), bodyDigest: verified.bodyDigest,
            signer: verified.signer.certificate.fingerprint, signatureValue: verified.signatureValue,
            dataset: dataset(content, message, catalog),
            signedMessageID: signedMessageID, report: progress.report)
    }

    private func envelope(_ request: InboundRequest, progress: inout Progress) throws(Refusal) -> Envelope {
        do {
            let envelope = try Envelope(reading: XMLDocument(parsing: request.bytes, limits: limits))
            progress.version = envelope.version
            guard envelope.version == request.mediaVersion else {
                throw Refusal.mediaType(got: request.mediaVersion.mediaType, expected: envelope.version.mediaType)
            }
            try envelope.checkUnderstood(namespaces: [SecurityNamespace.extension1, Addressing.namespace])
            return envelope
        } catch let error as XMLError {
            throw Refusal(error)
        } catch let error as SOAPError {
            throw Refusal(error)
        } catch let error as Refusal {
            throw error
        } catch {
            throw .internalError(error)
        }
    }

    private func verify(
        _ envelope: Envelope, at now: XMLDateTime, progress: inout Progress
    ) throws(Refusal) -> Verified<Envelope> {
        do {
            return try EnvelopeVerifier(trust: partners.trust, policies: partners.policies(policy)).verify(
                envelope, at: now, report: &progress.report)
        } catch {
            if case .trust(.responderNotAsked(let question)) = error { progress.question = question }
            throw Refusal(error)
        }
    }

    private func checkClient(_ partner: Partner, _ request: InboundRequest) throws(Refusal) {
        let certificate = request.clientCertificate.flatMap { try? Certificate(der: $0) }
        guard !partner.client.admits(certificate) else { return }
        throw .clientCertificate(certificate?.subject, partner: partner.name)
    }

    /// Unsigned addressing headers are not trusted, but may not contradict either; a signed To must be our address; answers
    /// go back on the same connection only.
    ///
    /// - Parameter actions: what the action of the operation may be.
    private func checkAddressing(
        _ verified: Verified<Envelope>, _ request: InboundRequest, actions: [String]
    ) throws(Refusal) -> String? {
        let addressing: Addressing
        do { addressing = try Addressing(verified.subject) } catch {
            throw .addressing(
                "The WS-Addressing header \(error.header) stands \(verified.subject.headers(named: .addressing(error.header)).count) times; send it once."
            )
        }
        for endpoint in [addressing.replyTo, addressing.faultTo] {
            guard let endpoint, !Addressing.isAnonymous(endpoint) else { continue }
            throw .addressing("\(endpoint.local) is not the anonymous address; answers go back on the same connection only.")
        }
        let own = publicURL + "/" + request.operation
        if let to = addressing.to, verified.covers(to), ![own, alias].contains(to.text.trimmedXML) {
            throw .addressing("The signed To is \(to.text.trimmedXML), but this is \(own).")
        }
        if let action = addressing.action { try check(action.text.trimmedXML, "WS-Addressing Action", request, actions) }
        if let action = request.action { try check(action, "SOAPAction", request, actions) }
        guard let messageID = addressing.messageID, verified.covers(messageID) else { return nil }
        return messageID.text.trimmedXML
    }

    private func check(_ action: String, _ source: String, _ request: InboundRequest, _ actions: [String]) throws(Refusal) {
        guard actions.contains(action) else {
            throw .operationMismatch("The address is /\(request.operation)", named: action, by: source)
        }
    }

    /// A partner whose own WSDL has other words may use them here too, or ours.
    private func words(of content: XMLElement, _ partner: Partner) -> Catalog {
        partner.catalog.flatMap { own in own.menu.operations.contains { content.has($0.request.xml) } ? own : nil } ?? catalog
    }

    private func route(_ content: XMLElement, _ request: InboundRequest, _ menu: Menu) throws(Refusal) -> (Operation, MenuMessage) {
        guard let known = menu.operations.first(where: { content.has($0.request.xml) }), let operation = Operation(rawValue: known.name)
        else {
            throw .unknownOperation(content.name.description)
        }
        guard operation.rawValue == request.operation else {
            throw .operationMismatch("Body holds \(content.local)", named: request.operation, by: "address")
        }
        return (operation, known.request)
    }

    /// What *the same content* means: the exclusive canonical form of the Body's child, whatever ids the Body has.
    private func digest(of content: XMLElement) throws(Refusal) -> Digest {
        do { return try content.withCanonicalBytes(.exclusive) { Digest(of: $0) } } catch { throw Refusal(error) }
    }

    private func dataset(_ content: XMLElement, _ message: MenuMessage, _ catalog: Catalog) -> Result<Dataset, DatasetError> {
        Result { () throws(DatasetError) in try catalog.dataset(reading: content, as: message.xml.local) }
    }
}

extension Menu {
    fileprivate func requestAction(at address: String) -> String? { operations.first { $0.name == address }.map(requestAction) }
}
