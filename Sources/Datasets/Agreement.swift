/// What an agreement is, apart from the menu that it narrows.
public struct Agreement: Sendable {
    /// As messages name it in `agreementCode`.
    public let code: String
    public let version: Int
    public let title: String
    /// Where its rules come from, and which are our inference.
    public let source: String
    /// Languages that its forms are written in, ISO 639-1; for people, nothing is checked by it.
    public let languages: [String]
    /// Months that a certificate is valid; `nil` where the agreement says nothing.
    public let validityMonths: Int?
    public let procedures: Procedures
    /// The agreement in whose file its rules stand, where that is another one.
    public let sameAs: String?
    /// Its own new elements, by JSON name.
    public let newElements: [String]

    /// How messages under the agreement are handled.
    public struct Procedures: Sendable, Decodable {
        /// Kinds of amendment that it allows: 4 correct, 5 replace, 1 cancel.
        public let amendments: [String]
        /// Hours that a message is held which came before the one it is about.
        public let holdHours: Int
        /// Tries of sending before a person is asked.
        public let tries: Int
    }

    /// The namespace of its own elements.
    public var namespace: String { Agreement.namespace(code, version) }

    static func namespace(_ code: String, _ version: Int) -> String { "urn:coconect:eco:agreement:\(code):\(version)" }

    init(_ file: AgreementFile, code: String) {
        sameAs = code == file.agreement ? nil : file.agreement
        let file = file.named(code)
        self.code = code
        version = file.version
        title = file.title
        source = file.source
        languages = file.languages
        validityMonths = file.validityMonths
        procedures = file.procedures
        newElements = (file.extensions ?? []).map(\.json)
    }
}
