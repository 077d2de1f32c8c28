public import Stores

extension CertificateRecord {
    mutating func adopt(_ life: CertificateLife, _ treatment: TreatmentLife) {
        state = life.state.name
        version = life.edition?.version
        validUntil = life.edition?.validUntil
        self.treatment = treatment.summary
    }

    /// Whether the record says what its facts say, in whichever order they came.
    ///
    /// - Parameter facts: as the store keeps them.
    /// - Throws: where a text is no fact of this program.
    public func follows(from facts: [String]) throws -> Bool {
        let facts = try facts.map(CertificateFact.init(text:))
        var (derived, own) = (self, self)
        derived.adopt(CertificateLife(facts), TreatmentLife(facts))
        // As earlier versions wrote it until the first feedback.
        if own.treatment == "none" { own.treatment = Treatment.none.rawValue }
        return derived == own
    }
}
