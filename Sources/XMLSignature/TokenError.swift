internal import CPKCS11

/// Where a key lies: the module's library, the token's label, the key's label.
public struct TokenAddress: Hashable, Sendable {
    public let module: String
    public let token: String
    public let object: String

    public init(module: String, token: String, object: String) {
        self.module = module
        self.token = token
        self.object = object
    }
}

public enum TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    case noModule(String)
    case refused(TokenAddress, operation: String, code: UInt)
    case keyOfAnotherCertificate(TokenAddress)

    public var description: String {
        switch self {
        case .noModule(let path): "\(path) is no PKCS#11 module, or could not be initialized"
        case .refused(let address, let operation, let code):
            "the token '\(address.token)' refused \(operation) with the key '\(address.object)': \(TokenError.meaning(of: code))"
        case .keyOfAnotherCertificate(let address):
            "the key '\(address.object)' of the token '\(address.token)' does not belong to the certificate"
        }
    }

    private static func meaning(of code: UInt) -> String {
        let known: [UInt: String] = [
            UInt(CKR_PIN_INCORRECT): "the PIN is wrong", UInt(CKR_PIN_LOCKED): "the PIN is locked",
            UInt(CKR_TOKEN_NOT_PRESENT): "there is no token with this label",
            UInt(CKR_KEY_HANDLE_INVALID): "there is no private key with this label, or more than one",
            UInt(CKR_DEVICE_REMOVED): "the token was taken out",
            UInt(CKR_MECHANISM_INVALID): "the token does not know the mechanism",
            UInt(CKR_KEY_TYPE_INCONSISTENT): "the key is of another kind",
            UInt(CKR_PIN_LEN_RANGE): "the PIN is too short or too long",
        ]
        return (known[code].map { $0 + ", " } ?? "") + "CKR 0x" + String(code, radix: 16)
    }
}
