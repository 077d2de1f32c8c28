// The floor the gateway is measured against: the same work with stock libxmlsec1 calls.
//   verify    parse the signed envelope, register every wsu:Id, verify its signature with one certificate's key
//   sign      parse an envelope that holds a signature template, register every wsu:Id, sign it, serialise it
//   exchange  both
//   parse     libxml2 alone: bytes to tree, and the tree freed
// It prints one line of JSON with the median CPU time of an iteration. Nothing is checked beyond the signature itself.
// The keys are loaded once and lent to each context: xmlSecKeyDuplicate would cost about 115 us a message.
// Exit: 1 a message could not be verified or signed, 2 wrong use (arguments, unreadable files, no key in a file).
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>
#include <openssl/pem.h>
#include <xmlsec/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>

#define WSS "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
static const xmlChar wsse[] = WSS "secext-1.0.xsd", wsu[] = WSS "utility-1.0.xsd";

enum { exitFailed = 1, exitUsage = 2, minBatches = 9, maxBatches = 31 };

typedef struct {
    const char *path;
    xmlChar *bytes;
    int size;
} Message;

typedef struct {
    Message request, template, plain;
    xmlSecKeyPtr publicKey, privateKey;
} Work;

static _Noreturn void die(int code, const char *path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "floor: %s: ", path);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(code);
}

static _Noreturn void usage(void) {
    fprintf(stderr, "usage: floor verify REQUEST.xml CERT.pem N\n"
                    "       floor sign TEMPLATE.xml KEY.pem N\n"
                    "       floor exchange REQUEST.xml CERT.pem TEMPLATE.xml KEY.pem N\n"
                    "       floor parse DOCUMENT.xml N\n"
                    "N is the number of iterations, at least %d\n", minBatches);
    exit(exitUsage);
}

static Message readMessage(const char *path) {
    xmlSecBuffer buffer;
    int failed = xmlSecBufferInitialize(&buffer, 0) < 0 || xmlSecBufferReadFile(&buffer, path) < 0;
    if (failed) die(exitUsage, path, "cannot be read: %s", strerror(errno));
    xmlSecSize size = xmlSecBufferGetSize(&buffer);
    if (size == 0 || size > INT_MAX) die(exitUsage, path, "is empty or too large for one message");
    return (Message){path, xmlSecBufferGetData(&buffer), (int)size};  // kept until the end, as the keys are
}

// A key as a bare EVP_PKEY: a certificate kept inside an xmlsec key would be parsed again at each use.
static xmlSecKeyPtr readKey(const char *path, int fromCertificate) {
    BIO *file = BIO_new_file(path, "r");
    if (!file) die(exitUsage, path, "cannot open: %s", strerror(errno));
    EVP_PKEY *pkey;
    if (fromCertificate) {
        X509 *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
        if (!certificate) die(exitUsage, path, "holds no PEM certificate");
        pkey = X509_get_pubkey(certificate);
        X509_free(certificate);
        if (!pkey) die(exitUsage, path, "the certificate's public key cannot be read");
    } else {
        pkey = PEM_read_bio_PrivateKey(file, NULL, NULL, "");  // an empty passphrase rather than a prompt
        if (!pkey) die(exitUsage, path, "holds no unencrypted PEM private key");
    }
    BIO_free(file);
    xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(pkey);
    xmlSecKeyPtr key = xmlSecKeyCreate();
    if (!data || !key || xmlSecKeySetValue(key, data) < 0) die(exitUsage, path, "xmlsec cannot use this kind of key");
    return key;
}

static void registerIds(xmlDocPtr doc, xmlNodePtr parent, const char *path) {
    for (xmlNodePtr node = parent->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        xmlAttrPtr id = xmlHasNsProp(node, BAD_CAST "Id", wsu);
        if (id) {
            xmlChar *value = xmlNodeListGetString(doc, id->children, 1);
            if (!value || !xmlAddID(NULL, doc, value, id)) {
                die(exitFailed, path, "the wsu:Id \"%s\" is empty or not unique", value ? (char *)value : "");
            }
            xmlFree(value);
        }
        registerIds(doc, node, path);
    }
}

// The document with its ids registered; the signature is Envelope/Header/wsse:Security/ds:Signature.
static xmlDocPtr parse(const Message *message, xmlNodePtr *signature) {
    const char *bytes = (const char *)message->bytes;
    xmlDocPtr doc = xmlReadMemory(bytes, message->size, message->path, NULL, XML_PARSE_NONET);
    if (!doc) die(exitFailed, message->path, "is not well-formed XML");
    registerIds(doc, (xmlNodePtr)doc, message->path);
    xmlNodePtr root = xmlDocGetRootElement(doc);
    xmlNodePtr header = root->ns ? xmlSecFindChild(root, BAD_CAST "Header", root->ns->href) : NULL;
    xmlNodePtr security = header ? xmlSecFindChild(header, BAD_CAST "Security", wsse) : NULL;
    *signature = security ? xmlSecFindChild(security, xmlSecNodeSignature, xmlSecDSigNs) : NULL;
    if (!*signature) die(exitFailed, message->path, "has no ds:Signature in Header/wsse:Security");
    return doc;
}

static void process(const Message *message, xmlSecKeyPtr key, xmlNodePtr signature, const char *verb,
                    int (*run)(xmlSecDSigCtxPtr, xmlNodePtr)) {
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (!context) die(exitFailed, message->path, "no signature context");
    context->signKey = key;  // lent, with it KeyInfo is not read
    if (run(context, signature) < 0) die(exitFailed, message->path, "the signature could not be %s", verb);
    if (context->status != xmlSecDSigStatusSucceeded) die(exitFailed, message->path, "the signature is not valid");
    context->signKey = NULL;  // taken back: the context would destroy it
    xmlSecDSigCtxDestroy(context);
}

static void verify(const Message *message, xmlSecKeyPtr key) {
    xmlNodePtr signature;
    xmlDocPtr doc = parse(message, &signature);
    process(message, key, signature, "verified", xmlSecDSigCtxVerify);
    xmlFreeDoc(doc);
}

static Message sign(const Message *message, xmlSecKeyPtr key) {
    xmlNodePtr signature;
    xmlDocPtr doc = parse(message, &signature);
    process(message, key, signature, "made", xmlSecDSigCtxSign);
    Message out = {.path = message->path};
    xmlDocDumpMemory(doc, &out.bytes, &out.size);
    if (!out.bytes) die(exitFailed, message->path, "the signed message could not be serialised");
    xmlFreeDoc(doc);
    return out;
}

static void iterate(const Work *work, int checkOutput) {
    if (work->plain.bytes) {
        xmlDocPtr doc = xmlReadMemory((const char *)work->plain.bytes, work->plain.size, work->plain.path, NULL, XML_PARSE_NONET);
        if (!doc) die(exitFailed, work->plain.path, "is not well-formed XML");
        xmlFreeDoc(doc);
    }
    if (work->publicKey) verify(&work->request, work->publicKey);
    if (work->privateKey) {
        Message signedMessage = sign(&work->template, work->privateKey);
        if (checkOutput) verify(&signedMessage, work->privateKey);
        xmlFree(signedMessage.bytes);
    }
}

static double cpuMicroseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double medianCost(const Work *work, long iterations) {
    double cost[maxBatches];
    long batches = iterations < maxBatches ? iterations : maxBatches;
    iterate(work, 1);  // not timed: warms up, and shows that what is signed verifies
    for (long batch = 0; batch < batches; batch++) {
        long count = iterations / batches + (batch < iterations % batches);
        double start = cpuMicroseconds();
        for (long i = 0; i < count; i++) iterate(work, 0);
        cost[batch] = (cpuMicroseconds() - start) / (double)count;
    }
    qsort(cost, (size_t)batches, sizeof cost[0], ascending);
    return (cost[(batches - 1) / 2] + cost[batches / 2]) / 2;
}

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "";
    int both = strcmp(kind, "exchange") == 0, verifies = both || strcmp(kind, "verify") == 0;
    int signs = both || strcmp(kind, "sign") == 0, parses = strcmp(kind, "parse") == 0;
    if (argc != (both ? 7 : parses ? 4 : 5) || (!verifies && !signs && !parses)) usage();
    char *end;
    errno = 0;
    long iterations = strtol(argv[argc - 1], &end, 10);
    if (errno || *end || iterations < minBatches) usage();

    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecOpenSSLInit() < 0) die(exitFailed, "libxmlsec1", "cannot be initialised");
    static Work work;
    if (parses) work.plain = readMessage(argv[2]);
    if (verifies) work.request = readMessage(argv[2]), work.publicKey = readKey(argv[3], 1);
    if (signs) work.template = readMessage(argv[argc - 3]), work.privateKey = readKey(argv[argc - 2], 0);
    printf("{\"work\":\"%s\",\"iterations\":%ld,\"cpu_us\":%.1f}\n", kind, iterations, medianCost(&work, iterations));
    return 0;
}
