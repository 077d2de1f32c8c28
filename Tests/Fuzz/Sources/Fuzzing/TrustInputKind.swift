/// What the bytes of an input of `trust` are read as: the letter before them.
public enum TrustInputKind: Character, CaseIterable, Sendable {
    case certificate = "C"
    /// X509PKIPathv1.
    case path = "P"
    case list = "L"
    case answer = "A"

    public init?(letter: UInt8) {
        self.init(rawValue: Character(UnicodeScalar(letter)))
    }

    public func input(_ bytes: [UInt8]) -> [UInt8] { Array(String(rawValue).utf8) + bytes }
}
