internal import COpenSSL

/// Whether a signature algorithm rests on a digest for which collisions are made: nothing signed so is believed.
func isWeak(signature: Int32) -> Bool {
    var digest: Int32 = 0
    guard OBJ_find_sigid_algs(signature, &digest, nil) == 1 else { return true }
    return [NID_md2, NID_md4, NID_md5, NID_sha1, NID_ripemd160].contains(digest)
}
