internal import COpenSSL

/// XML Signature writes an ECDSA signature as r and s side by side, each as long as the curve's order (section 6.4.3);
/// OpenSSL writes ASN.1.
extension EllipticCurve {
    /// XML Signature's spelling to OpenSSL's; `nil` where the length is wrong.
    func native(_ spelled: [UInt8]) -> [UInt8]? {
        let half = orderBytes
        guard spelled.count == 2 * half, let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        let (r, s) = spelled.withUnsafeBufferPointer { bytes in
            (BN_bin2bn(bytes.baseAddress, Int32(half), nil), BN_bin2bn(bytes.baseAddress.map { $0 + half }, Int32(half), nil))
        }
        guard ECDSA_SIG_set0(signature, r, s) == 1 else { return nil }
        var der = [UInt8](repeating: 0, count: Int(i2d_ECDSA_SIG(signature, nil)))
        der.withUnsafeMutableBufferPointer { bytes in
            var cursor = bytes.baseAddress
            _ = i2d_ECDSA_SIG(signature, &cursor)
        }
        return der
    }

    /// OpenSSL's spelling to XML Signature's.
    func spelled(_ native: [UInt8]) -> [UInt8]? {
        let half = orderBytes
        let parsed = native.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &cursor, bytes.count)
        }
        guard let parsed else { return nil }
        defer { ECDSA_SIG_free(parsed) }
        var spelled = [UInt8](repeating: 0, count: 2 * half)
        let written = spelled.withUnsafeMutableBufferPointer { bytes in
            BN_bn2binpad(ECDSA_SIG_get0_r(parsed), bytes.baseAddress, Int32(half)) == Int32(half)
                && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), bytes.baseAddress.map { $0 + half }, Int32(half)) == Int32(half)
        }
        return written ? spelled : nil
    }
}
