// The only door to libxmlsec1, the second verification engine.
#pragma once
// SwiftPM drops the -D flags of `pkg-config --cflags xmlsec1-openssl`, so each is said again here; `.ci/run` compares
// the two. Without XMLSEC_NO_SIZE_T this builds, lays xmlSecDSigCtx out too large, and reads its verdict (`status`)
// from the wrong place: a bad signature can then read as good.
#define XMLSEC_NO_SIZE_T 1
#define XMLSEC_OPENSSL3_ENGINES 1
#define XMLSEC_NO_GOST 1
#define XMLSEC_NO_GOST2012 1
#define XMLSEC_NO_CRYPTO_DYNAMIC_LOADING 1
#define XMLSEC_CRYPTO_OPENSSL 1
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <libxslt/security.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
_Static_assert(sizeof(xmlSecSize) == sizeof(unsigned int), "xmlSecDSigCtx would be laid out differently from the library's");

#include <pthread.h>

static inline unsigned long coconect_thread(void) { return (unsigned long)pthread_self(); }

// No XSLT, no files, no network; only the transforms that our own policy knows can reach the library at all.
static inline int coconect_xmlsec_start(void) {
    xsltSecurityPrefsPtr prefs = xsltNewSecurityPrefs();
    if (prefs == NULL) return -1;
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_READ_FILE, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_WRITE_FILE, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_CREATE_DIRECTORY, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_READ_NETWORK, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_WRITE_NETWORK, xsltSecurityForbid);
    xsltSetDefaultSecurityPrefs(prefs);
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1) return -1;
    if (xmlSecOpenSSLAppInit(NULL) < 0 || xmlSecOpenSSLInit() < 0) return -1;
    xmlSecIOCleanupCallbacks();
    return 0;
}

// Makes the attribute an ID of its document, unless it is one already.
static inline void coconect_xmlsec_register_id(void *element, const char *name, const char *namespace_uri) {
    xmlNodePtr node = (xmlNodePtr)element;
    xmlAttrPtr attribute = namespace_uri[0] == 0 ? xmlHasNsProp(node, BAD_CAST name, NULL)
                                                 : xmlHasNsProp(node, BAD_CAST name, BAD_CAST namespace_uri);
    if (attribute == NULL) return;
    xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
    if (value == NULL) return;
    if (xmlGetID(node->doc, value) == NULL) xmlAddID(NULL, node->doc, value, attribute);
    xmlFree(value);
}

// 1: the signature is good under this key; 0: it is not; -1: the library could not tell. `whole` allows the empty URI, the document.
static inline int coconect_xmlsec_verify(void *signature, void *key, int whole) {
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (context == NULL) return -1;
    int verdict = -1;
    EVP_PKEY *evp = (EVP_PKEY *)key;
    EVP_PKEY_up_ref(evp);
    xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(evp);
    if (data == NULL) {
        EVP_PKEY_free(evp);
    } else if ((context->signKey = xmlSecKeyCreate()) == NULL || xmlSecKeySetValue(context->signKey, data) < 0) {
        xmlSecKeyDataDestroy(data);
    } else {
        context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument | (whole ? xmlSecTransformUriTypeEmpty : 0);
        // 0 means "processed", not "good": only the status says that.
        if (xmlSecDSigCtxVerify(context, (xmlNodePtr)signature) >= 0)
            verdict = context->status == xmlSecDSigStatusSucceeded ? 1 : 0;
    }
    xmlSecDSigCtxDestroy(context);
    return verdict;
}
