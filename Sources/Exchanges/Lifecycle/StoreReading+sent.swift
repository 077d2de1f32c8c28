internal import Stores

/// What we ourselves have said of a certificate, whether or not it was acknowledged.
extension StoreReading {
    /// Whether we handed the certificate out: it may be there though its receipt was lost, unless the partner rejected it.
    func isSent(_ key: CertificateKey) throws -> Bool {
        guard let certificate = try certificate(key) else { return false }
        return try certificate.state != CertificateLife.State.none.name || sent(.sendCO, about: key).contains { $0.state != .rejected }
    }

    /// Whether the partner rejected it each time. What a person gave up may have gone another way, such as on paper.
    func isRejected(_ key: CertificateKey) throws -> Bool {
        guard let certificate = try certificate(key), certificate.state == CertificateLife.State.none.name else { return false }
        let messages = try sent(.sendCO, about: key)
        return !messages.isEmpty && messages.allSatisfy { $0.state == .rejected }
    }

    /// Our own messages of an operation about a certificate.
    func sent(_ operation: Operation, about key: CertificateKey) throws -> [StoredMessage] {
        var query = MessageQuery(limit: 1000)
        query.direction = .outbound
        query.partner = key.partner
        query.operation = operation.rawValue
        query.certificateNumber = key.number
        return try messages(query).filter { $0.certificateNumber == key.number }
    }
}
