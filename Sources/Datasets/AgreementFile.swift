internal import Yams

/// An agreement as its file has it: what it demands of the menu's elements, and its own.
struct AgreementFile: Decodable {
    /// Its code; in capital letters, digits and hyphens, for it becomes the name of an element.
    private(set) var agreement: String
    let version: Int
    private(set) var title: String
    /// Titles of other agreements that have the same rules, by their codes.
    let also: [String: String]?
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
        for code in allCodes where !AgreementFile.isCode(code) {
            throw MenuError("the code '\(code)' is not of at the most 17 capital letters, digits and hyphens")
        }
        if also?[agreement] != nil { throw MenuError("also has the agreement's own code \(agreement)") }
        let known = Set(procedures.amendments).subtracting(["1", "4", "5"])
        guard known.isEmpty else { throw MenuError("procedures.amendments has \(known.sorted()), known are 1, 4 and 5") }
    }
}

extension AgreementFile {
    private static func isCode(_ code: String) -> Bool {
        code.first?.isUppercase == true && code.utf8.count <= 17
            && code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D }
    }

    /// Of the agreement, and of those that have the same rules.
    var allCodes: [String] { [agreement] + (also ?? [:]).keys.sorted() }

    /// Its rules as those of one of its codes.
    func named(_ code: String) -> AgreementFile {
        guard let other = also?[code] else { return self }
        var file = self
        (file.agreement, file.title) = (code, other)
        return file
    }
}

extension MenuError {
    func inFile(_ name: String) -> MenuError { MenuError("\(name): \(description)") }
}
