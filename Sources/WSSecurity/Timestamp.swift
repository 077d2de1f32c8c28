public import XML

/// A wsu:Timestamp (WSS 1.1, section 10).
public struct Timestamp: Hashable, Sendable {
    public let created: XMLDateTime
    public let expires: XMLDateTime?

    init(reading element: XMLElement) throws(SecurityRefusal) {
        func moment(_ local: String) throws(SecurityRefusal) -> XMLDateTime? {
            let found = element.children(named: .utility(local))
            guard let first = found.first else { return nil }
            guard found.count == 1, let moment = XMLDateTime(first.text.trimmedXML) else {
                throw .timestampMalformed("\(local) '\(first.text.trimmedXML)' is no time, or stands twice")
            }
            return moment
        }
        guard let created = try moment("Created") else { throw .timestampMalformed("Created is missing") }
        self.created = created
        expires = try moment("Expires")
    }

    /// Separate limits for the future (clocks) and for age (Expires, and at the most `maximumAge`).
    func check(at now: XMLDateTime, policy: SecurityPolicy) throws(SecurityRefusal) {
        guard created <= now.adding(seconds: Int64(policy.clockTolerance)) else {
            throw .created(future: created, now: now, tolerance: policy.clockTolerance)
        }
        let latest = created.adding(seconds: Int64(policy.maximumAge))
        let end = min(expires ?? latest, latest)
        guard now <= end else { throw .expired(at: end, now: now) }
    }
}
