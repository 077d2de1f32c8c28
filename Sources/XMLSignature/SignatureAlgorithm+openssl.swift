internal import COpenSSL

extension SignatureAlgorithm {
    /// Sets the padding of RSASSA-PSS: MGF1 over the same digest, a salt as long as it (RFC 9231, section 2.3.10). Nothing for the others.
    func prepare(_ context: OpaquePointer?) -> Bool {
        guard scheme == .rsaPSS else { return true }
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0
    }
}
