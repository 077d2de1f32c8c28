internal import Yams

/// An agreement as its file has it: what it demands of the menu's elements, and its own.
struct AgreementFile: Decodable {
    /// Its code; in capital letters, digits and hyphens, for it becomes the name of an element.
    let agreement: String
    let version: Int
    let title: String
    let source: String
    let languages: [String]
    let validityMonths: Int?
    let procedures: Agreement.Procedures
    /// Document types (UN/EDIFACT 1001) that it knows.
    let documentTypes: [String]
    /// M mandatory, O optional, N not used, by the path of JSON names in the certificate.
    let elements: [String: Use]
    /// The most entries of a list, by path.
    let limits: [String: Int]?
    /// The code list of an element, by path: one of the menu's or of its own.
    let codes: [String: String]?
    /// A narrower pattern for an element's text, by path.
    let patterns: [String: String]?
    let lists: [String: MenuFile.List]?
    let rules: [MenuFile.Rule]?
    /// New elements that only this agreement has, in the form of the menu.
    let extensions: [MenuFile.Element]?
    let classes: [String: [MenuFile.Element]]?

    enum Use: String, Decodable {
        case mandatory = "M"
        case optional = "O"
        case notUsed = "N"
    }

    /// Every path that the file says something of.
    var paths: Set<String> {
        Set(elements.keys).union((limits ?? [:]).keys).union((codes ?? [:]).keys).union((patterns ?? [:]).keys)
    }

    init(yaml: String) throws(MenuError) {
        do { self = try YAMLDecoder().decode(AgreementFile.self, from: yaml) } catch {
            throw MenuError("the file cannot be read: \(error)")
        }
        try UnknownKeys.refuse(in: yaml, readAs: self)
        let isCode =
            agreement.first?.isUppercase == true
            && agreement.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D }
        guard isCode, agreement.utf8.count <= 17 else {
            throw MenuError("the code '\(agreement)' is not of at the most 17 capital letters, digits and hyphens")
        }
        let known = Set(procedures.amendments).subtracting(["1", "4", "5"])
        guard known.isEmpty else { throw MenuError("procedures.amendments has \(known.sorted()), known are 1, 4 and 5") }
    }
}

extension MenuError {
    func inFile(_ name: String) -> MenuError { MenuError("\(name): \(description)") }
}
