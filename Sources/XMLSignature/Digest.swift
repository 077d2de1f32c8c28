internal import COpenSSL
internal import XML

/// A message digest, computed by OpenSSL.
public struct Digest: Hashable, Sendable {
    public let algorithm: DigestAlgorithm
    public let bytes: [UInt8]

    public init(_ algorithm: DigestAlgorithm = .sha256, of message: UnsafeRawBufferPointer) {
        self.algorithm = algorithm
        bytes = [UInt8](unsafeUninitializedCapacity: algorithm.length) { digest, count in
            let status = EVP_Digest(message.baseAddress, message.count, digest.baseAddress, nil, algorithm.implementation, nil)
            precondition(status == 1, "OpenSSL always has SHA-1 and SHA-2")
            count = algorithm.length
        }
    }

    public init(_ algorithm: DigestAlgorithm = .sha256, of message: [UInt8]) {
        self = message.withUnsafeBytes { Digest(algorithm, of: $0) }
    }

    /// A digest that was computed elsewhere.
    public init(_ algorithm: DigestAlgorithm = .sha256, value: [UInt8]) {
        self.algorithm = algorithm
        bytes = value
    }

    public var base64: String { Base64.encode(bytes) }
    public var hex: String { bytes.hex }
}

extension [UInt8] {
    /// - Returns: `nil` for a text that is not lower-case hexadecimal.
    public init?(hex: String) { self.init(hexadecimal: Array(hex.utf8)[...]) }

    /// - Parameter digits: lower-case hexadecimal as ASCII.
    public init?(hexadecimal digits: ArraySlice<UInt8>) {
        self = []
        reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { return nil }
    }

    /// Lower-case hexadecimal.
    public var hex: String {
        String(unsafeUninitializedCapacity: count * 2) { text in
            for (index, byte) in enumerated() {
                text[index * 2] = [UInt8].hexDigit(byte >> 4)
                text[index * 2 + 1] = [UInt8].hexDigit(byte & 0xF)
            }
            return count * 2
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// Implementations fetched once: OpenSSL 3 searches its providers at every use of `EVP_sha256()`.
private struct FetchedDigest: @unchecked Sendable {  // an EVP_MD is immutable and reference-counted atomically
    let pointer: OpaquePointer?

    private init(_ name: String) { pointer = EVP_MD_fetch(nil, name, nil) }

    static let sha1 = FetchedDigest("SHA1")
    static let sha256 = FetchedDigest("SHA256")
    static let sha384 = FetchedDigest("SHA384")
    static let sha512 = FetchedDigest("SHA512")
}

extension DigestAlgorithm {
    var implementation: OpaquePointer? {
        switch self {
        case .sha1: FetchedDigest.sha1.pointer
        case .sha256: FetchedDigest.sha256.pointer
        case .sha384: FetchedDigest.sha384.pointer
        case .sha512: FetchedDigest.sha512.pointer
        }
    }
}
