internal import Datasets

/// An administration as messages name it, in `sender` and `receiver`.
public struct Administration: Hashable, Sendable, Codable {
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let agency: String

    public init(country: String, agency: String) {
        self.country = country
        self.agency = agency
    }

    init?(_ dataset: Dataset, _ element: String) {
        guard let country = dataset.text(element, "country"), let agency = dataset.text(element, "agency") else { return nil }
        self.init(country: country, agency: agency)
    }
}

extension Administration {
    /// By bytes: canonical equivalence would let one spelling pass for another.
    public static func == (one: Administration, other: Administration) -> Bool {
        one.country.utf8.elementsEqual(other.country.utf8) && one.agency.utf8.elementsEqual(other.agency.utf8)
    }
}

extension Administration: CustomStringConvertible {
    public var description: String { "\(agency) (\(country))" }
}
