internal import CPKCS11
internal import Synchronization

/// A private key in a PKCS#11 token: a smart card, an HSM, SoftHSM. The key stays in it; what is to be signed goes there.
///
/// Calls block, so they belong on a work pool. A session that was lost, by a token taken out or a module restarted, is opened again once
/// for a signature.
public final class TokenKey: Signer {
    public let kind: KeyKind
    public let address: TokenAddress
    private let pin: String
    private let session: Mutex<Session>

    private struct Session {
        var token: coconect_token
        var isOpen = false
    }

    /// - Parameters:
    ///   - key: the public key of the certificate; the token must hold its private half, which a signature proves.
    ///   - pin: of the token's user. It is kept to open a lost session again, and never printed.
    public init(_ address: TokenAddress, pin: String, publicKey key: PublicKey) throws(TokenError) {
        guard let functions = coconect_token_module(address.module) else { throw .noModule(address.module) }
        self.address = address
        self.pin = pin
        kind = key.kind
        session = Mutex(Session(token: coconect_token(functions: functions, session: 0, key: 0)))
        let probe = Array("coconect-soap".utf8)
        let signature = try sign(probe, by: key.kind.algorithm)
        guard probe.withUnsafeBytes({ key.verifies(signature, of: $0, by: key.kind.algorithm) }) else {
            throw .keyOfAnotherCertificate(address)
        }
    }

    public func sign(_ message: [UInt8], by algorithm: SignatureAlgorithm) throws(TokenError) -> [UInt8] {
        guard kind.fits(algorithm) else {
            throw .refused(address, operation: "signing by \(algorithm.title)", code: UInt(CKR_KEY_TYPE_INCONSISTENT))
        }
        let digest = Digest(algorithm.digest, of: message).bytes
        return try session.withLock { (session) throws(TokenError) in
            try open(&session)
            do throws(TokenError) {
                return try signature(of: digest, by: algorithm, &session)
            } catch {
                guard case .refused(_, _, let code) = error, TokenKey.lost.contains(code) else { throw error }
                close(&session)
                try open(&session)
                return try signature(of: digest, by: algorithm, &session)
            }
        }
    }

    public func problem() -> String? {
        session.withLock { session in
            do throws(TokenError) {
                try open(&session)
                let code = coconect_token_state(&session.token)
                guard code != UInt(CKR_OK) else { return nil }
                close(&session)
                try open(&session)
                return nil
            } catch {
                return error.description
            }
        }
    }

    /// What a module answers when its session is gone (PKCS#11, section 5.1).
    private static let lost: Set<UInt> = [
        UInt(CKR_SESSION_HANDLE_INVALID), UInt(CKR_SESSION_CLOSED), UInt(CKR_DEVICE_REMOVED), UInt(CKR_DEVICE_ERROR),
        UInt(CKR_TOKEN_NOT_PRESENT),
        UInt(CKR_USER_NOT_LOGGED_IN), UInt(CKR_OBJECT_HANDLE_INVALID), UInt(CKR_KEY_HANDLE_INVALID), UInt(CKR_CRYPTOKI_NOT_INITIALIZED),
    ]

    private func open(_ session: inout Session) throws(TokenError) {
        guard !session.isOpen else { return }
        // The module may have been finalized behind our back.
        guard let functions = coconect_token_module(address.module) else { throw .noModule(address.module) }
        session.token.functions = functions
        let code = coconect_token_open(&session.token, address.token, pin, address.object)
        guard code == UInt(CKR_OK) else { throw .refused(address, operation: "opening a session", code: code) }
        session.isOpen = true
    }

    private func close(_ session: inout Session) {
        coconect_token_close(&session.token)
        session.isOpen = false
    }

    private func signature(of digest: [UInt8], by algorithm: SignatureAlgorithm, _ session: inout Session) throws(TokenError) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 1024)
        var count = UInt(signature.count)
        let mechanism: UInt
        var input = digest
        switch algorithm.scheme {
        case .rsa:
            mechanism = UInt(CKM_RSA_PKCS)
            input = algorithm.digest.digestInfoPrefix + digest
        case .rsaPSS: mechanism = UInt(CKM_RSA_PKCS_PSS)
        case .ecdsa: mechanism = UInt(CKM_ECDSA)
        }
        let (hash, mask) = algorithm.digest.tokenMechanisms
        let code = coconect_token_sign(
            &session.token, mechanism, hash, mask, UInt(digest.count), input, UInt(input.count), &signature, &count)
        guard code == UInt(CKR_OK) else { throw .refused(address, operation: "signing by \(algorithm.title)", code: code) }
        return Array(signature.prefix(Int(count)))
    }
}

extension DigestAlgorithm {
    /// The DER in front of a digest in PKCS#1 v1.5 (RFC 8017, section 9.2, note 1).
    fileprivate var digestInfoPrefix: [UInt8] {
        let oid: [UInt8] =
            switch self {
            case .sha1: [0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00]
            case .sha256: [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00]
            case .sha384: [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00]
            case .sha512: [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00]
            }
        return [0x30, UInt8(oid.count + 2 + length)] + oid + [0x04, UInt8(length)]
    }

    fileprivate var tokenMechanisms: (hash: UInt, mask: UInt) {
        switch self {
        case .sha1: (UInt(CKM_SHA_1), UInt(CKG_MGF1_SHA1))
        case .sha256: (UInt(CKM_SHA256), UInt(CKG_MGF1_SHA256))
        case .sha384: (UInt(CKM_SHA384), UInt(CKG_MGF1_SHA384))
        case .sha512: (UInt(CKM_SHA512), UInt(CKG_MGF1_SHA512))
        }
    }
}
