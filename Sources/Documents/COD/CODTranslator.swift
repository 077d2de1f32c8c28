public import Datasets
internal import XML
internal import XMLSignature

/// Translates a verified COD to the common dataset, every field accounted for: it stands in the dataset, or the account says why not.
/// Nothing is invented: what the dataset needs and a COD does not say, such as the currency, must be given.
public struct CODTranslator: Sendable {
    private let catalog: Catalog
    private let settings: Settings

    /// What a COD does not say.
    public struct Settings: Sendable {
        /// The administration that sends the certificate, and the one that receives it, by name; their countries are in the document.
        public var senderAgency: String
        public var receiverAgency: String
        /// ISO 4217; the amounts of a COD have none.
        public var currency: String?
        /// Codes of UN/ECE Recommendation 20 by the words of the document, in capital letters.
        public var units: [String: String]
        /// Whether the document itself travels with its translation, byte for byte.
        public var carriesOriginal: Bool

        public init(
            senderAgency: String, receiverAgency: String, currency: String? = nil, units: [String: String] = [:],
            carriesOriginal: Bool = true
        ) {
            self.senderAgency = senderAgency
            self.receiverAgency = receiverAgency
            self.currency = currency
            self.units = units
            self.carriesOriginal = carriesOriginal
        }
    }

    public init(catalog: Catalog, settings: Settings) {
        self.catalog = catalog
        self.settings = settings
    }

    /// - Parameter bytes: the document itself.
    public func translate(
        _ cod: VerifiedCOD, bytes: [UInt8]
    ) throws(CODTranslationError) -> (dataset: Dataset, account: CODAccount) {
        var translation = CODTranslation(CODFields(cod), settings)
        try translation.run()
        if settings.carriesOriginal { translation.attach(bytes) }
        let left = translation.fields.left
        guard left.isEmpty else { throw .notAccounted(left) }
        guard let json = try? translation.draft.json() else { preconditionFailure("texts, numbers and booleans have a JSON form") }
        do throws(DatasetError) {
            let dataset = try catalog.dataset(json: json, as: "SendCO")
            return (dataset, CODAccount(fields: translation.fields.entries, derived: translation.derived, remarks: cod.verdict.remarks))
        } catch {
            throw .dataset(error)
        }
    }
}
