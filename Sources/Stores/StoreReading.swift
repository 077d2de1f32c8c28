/// What can be looked up, at one moment.
public protocol StoreReading: ArchiveReading, LogReading {
    func message(id: String) throws -> StoredMessage?
    /// The message that claimed this id.
    func holder(_ direction: Direction, partner: String, messageID: String) throws -> StoredMessage?
    /// Newest first.
    func messages(_ query: MessageQuery) throws -> [StoredMessage]
    func content(_ kind: ContentKind, of id: String) throws -> [UInt8]?
    func contentKinds(of id: String) throws -> [ContentKind]
    func events(of id: String) throws -> [MessageEvent]

    func certificate(_ key: CertificateKey) throws -> CertificateRecord?
    /// By number as typed: all that fold to the same key.
    func certificates(number: String) throws -> [CertificateRecord]
    /// In the order in which they were recorded.
    func facts(of certificate: Int64) throws -> [String]

    /// Messages that have waited for their certificates until `now`, the longest first.
    func overdue(now: String, limit: Int) throws -> [StoredMessage]
    /// How much waits, by direction and partner.
    func workDepth() throws -> [WorkDepth]
    func refusals(limit: Int) throws -> [RefusalNote]
    /// Which certificates accepted messages of partners were signed with, and when last.
    func signersSeen() throws -> [SignerSeen]
}

/// What can be written, in one transaction.
public protocol StoreTransaction: StoreReading, ArchiveWriting, LogWriting {
    /// Writes a message and, unless it is refused, claims its id.
    func insert(_ message: NewMessage) throws -> Insertion
    func update(_ message: Int64, _ change: MessageChange, at now: String) throws
    /// One more entry of the append-only log of what happened to a message.
    func note(_ message: Int64, _ state: TransportState, _ detail: String?, at now: String) throws

    /// Writes a certificate that nobody has heard of; nobody else changes it until the transaction ends.
    ///
    /// - Returns: its position; `nil` where it is known, and nothing was written.
    func insert(_ certificate: CertificateRecord) throws -> Int64?
    /// The certificate, made where there is none yet; nobody else changes it until the transaction ends.
    func lockCertificate(_ key: CertificateKey, at now: String) throws -> CertificateRecord
    func update(_ certificate: CertificateRecord) throws
    func addFact(_ fact: String, of certificate: Int64, by message: Int64) throws

    func queue(_ work: NewWork) throws
    /// Takes due work that does not wait for its certificate, under a lease, so that no other worker does the same; never out of the
    /// order of a lane.
    ///
    /// - Parameter partners: whose work is left where it is.
    func takeWork(
        _ direction: Direction, now: String, lease: Lease, limit: Int, except partners: Set<String>
    ) throws -> [StoredMessage]
    func renewLease(_ lease: Lease, of message: Int64) throws
    /// Work that an owner had taken and gives back, or all owners whose names start so.
    func dropLeases(of owner: String) throws
    /// Ends the lease. With a time, it waits for its certificate no longer.
    ///
    /// - Parameters:
    ///   - due: `nil` leaves it to a person; what comes behind it in its lane waits.
    ///   - owner: who must hold its lease; `nil` where that does not matter.
    /// - Returns: whether it was done.
    func reschedule(_ message: Int64, due: String?, heldBy owner: String?) throws -> Bool
    func endWork(_ message: Int64) throws
    /// The highest place in a lane of what does not wait for its certificate; `nil` where nothing is to be done there.
    func lastPlace(_ direction: Direction, lane: Int64) throws -> Int64?
    /// Messages of a lane that wait for their certificate, in their order; nobody else gives them up until the transaction ends.
    func awaiting(_ direction: Direction, lane: Int64) throws -> [Int64]
    /// Lets one that waited for its certificate go on, behind what is in the lane already.
    func endWaiting(_ message: Int64, place: Int64, due: String) throws

    /// Old entries make room for new ones.
    func noteRefusal(_ refusal: RefusalNote) throws
    func checkWritable() throws
}

/// What came of writing a message.
public enum Insertion: Sendable, Hashable {
    /// At this position in the log.
    case added(Int64)
    /// This very call had done so before, and its answer was lost on the way from the database: all that it wrote is there.
    case repeated
    /// Another message claimed the id.
    case taken
}
