// The only door to OpenSSL: digests, keys, signatures and the parts of X.509 that verification reads.
#pragma once
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Macros that Swift cannot import.
static inline int coconect_key_bits(const EVP_PKEY *key) { return EVP_PKEY_get_bits(key); }
static inline int coconect_key_is_rsa(const EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }
static inline int coconect_key_is_ec(const EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC; }
static inline BIO *coconect_memory_bio(const void *bytes, int count) { return BIO_new_mem_buf(bytes, count); }

// A name as RFC 4514 text, characters outside ASCII kept.
static inline int coconect_print_name(BIO *output, const X509_NAME *name) {
    return X509_NAME_print_ex(output, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
}

// Macros and stacks, which Swift cannot import.
static inline int coconect_name_count(const X509_NAME *name) { return X509_NAME_entry_count(name); }

// The object identifier of an entry, dotted, and its value as UTF-8 (freed with CRYPTO_free).
static inline int coconect_name_entry(const X509_NAME *name, int index, char *oid, int size, unsigned char **value) {
    X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, index);
    if (entry == NULL || OBJ_obj2txt(oid, size, X509_NAME_ENTRY_get_object(entry), 1) <= 0) return -1;
    return ASN1_STRING_to_UTF8(value, X509_NAME_ENTRY_get_data(entry));
}

// At the place of a missing list: the trust anchor needs none, for nobody above it could revoke it.
static int coconect_path_callback(int ok, X509_STORE_CTX *context) {
    if (!ok && X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL) {
        STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
        if (X509_STORE_CTX_get_error_depth(context) == sk_X509_num(chain) - 1) return 1;
    }
    return ok;
}

// Validates the path from a certificate to one of the anchors (RFC 5280, section 6), and nothing else: no store of the system.
// `moment` is in seconds since 1970; with `check_time` 0 neither validity nor lists are looked at. With lists every certificate
// below the anchor needs a good one. Answers a code X509_V_…, X509_V_OK where the path holds; -1 where there was no memory.
static inline int coconect_verify_path(X509 *leaf, X509 **anchors, int anchor_count, X509 **others, int other_count,
                                       X509_CRL **lists, int list_count, int check_time, long long moment, int *depth) {
    int verdict = -1;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    if (store != NULL && context != NULL && untrusted != NULL) {
        for (int i = 0; i < anchor_count; i++) X509_STORE_add_cert(store, anchors[i]);
        for (int i = 0; i < list_count; i++) X509_STORE_add_crl(store, lists[i]);
        for (int i = 0; i < other_count; i++) sk_X509_push(untrusted, others[i]);
        if (X509_STORE_CTX_init(context, store, leaf, untrusted) == 1) {
            X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
            unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_X509_STRICT;
            if (list_count > 0) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
            if (!check_time) flags |= X509_V_FLAG_NO_CHECK_TIME;
            X509_VERIFY_PARAM_set_flags(parameters, flags);
            // 112 bits: RSA 2048, no SHA-1 in the path.
            X509_VERIFY_PARAM_set_auth_level(parameters, 2);
            X509_VERIFY_PARAM_set_depth(parameters, 6);
            if (check_time) X509_VERIFY_PARAM_set_time(parameters, (time_t)moment);
            X509_STORE_CTX_set_verify_cb(context, coconect_path_callback);
            verdict = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
            if (depth != NULL) *depth = X509_STORE_CTX_get_error_depth(context);
        }
    }
    sk_X509_free(untrusted);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return verdict;
}

// Whether an OCSP response is signed by the issuer or by a responder that it named (RFC 6960, section 4.2.2.2).
static inline int coconect_ocsp_verify(OCSP_BASICRESP *response, X509 *issuer, X509 *anchor_too) {
    int verdict = 0;
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *certificates = sk_X509_new_null();
    if (store != NULL && certificates != NULL) {
        X509_STORE_add_cert(store, issuer);
        if (anchor_too != NULL) X509_STORE_add_cert(store, anchor_too);
        sk_X509_push(certificates, issuer);
        X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
        verdict = OCSP_basic_verify(response, certificates, store, 0) == 1;
    }
    sk_X509_free(certificates);
    X509_STORE_free(store);
    return verdict;
}

// A TimeStampReq (RFC 3161, section 2.4.1) for a SHA-256 digest, with a nonce and the wish for the authority's certificate.
// Answers its length, the bytes in `*request` (freed with CRYPTO_free); 0 where there was no memory.
static inline int coconect_timestamp_request(const unsigned char *digest, int size, unsigned long long nonce, unsigned char **request) {
    int length = 0;
    TS_REQ *made = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    if (made != NULL && imprint != NULL && algorithm != NULL && number != NULL) {
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
        if (ASN1_INTEGER_set_uint64(number, nonce) == 1 && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
            TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)digest, size) == 1 && TS_REQ_set_version(made, 1) == 1 &&
            TS_REQ_set_msg_imprint(made, imprint) == 1 && TS_REQ_set_nonce(made, number) == 1 && TS_REQ_set_cert_req(made, 1) == 1)
            length = i2d_TS_REQ(made, request);
    }
    ASN1_INTEGER_free(number);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    TS_REQ_free(made);
    return length > 0 ? length : 0;
}

// Verifies a TimeStampResp over data (RFC 3161, section 2.4.2), its signer's path to one of the anchors as of the time that it names.
// With a request its nonce must be the request's. Answers 1 where it holds; otherwise `reason` has why.
static inline int coconect_timestamp_verify(TS_RESP *response, const unsigned char *request, long request_size, const void *data,
                                            int data_size, X509 **anchors, int anchor_count, long long moment) {
    int verdict = 0;
    TS_REQ *asked = request == NULL ? NULL : d2i_TS_REQ(NULL, &request, request_size);
    TS_VERIFY_CTX *context = asked == NULL ? TS_VERIFY_CTX_new() : TS_REQ_to_TS_VERIFY_CTX(asked, NULL);
    X509_STORE *store = X509_STORE_new();
    if (context != NULL && store != NULL) {
        for (int i = 0; i < anchor_count; i++) X509_STORE_add_cert(store, anchors[i]);
        X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
        X509_VERIFY_PARAM_set_time(parameters, (time_t)moment);
        // The context owns the store and the data.
        TS_VERIFY_CTX_set_store(context, store);
        store = NULL;
        TS_VERIFY_CTX_set_data(context, BIO_new_mem_buf(data, data_size));
        TS_VERIFY_CTX_add_flags(context, TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE);
        verdict = TS_RESP_verify_response(context, response) == 1;
    }
    X509_STORE_free(store);
    TS_VERIFY_CTX_free(context);
    TS_REQ_free(asked);
    return verdict;
}
