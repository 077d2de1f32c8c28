// The only door to OpenSSL: digests, keys, signatures and the parts of X.509 that verification reads.
#pragma once
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
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
