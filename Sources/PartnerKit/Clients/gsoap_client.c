/* Sends a message to the gateway with what gSOAP makes of the WSDLs, and believes nothing but what the gateway signed.

   client OPERATION < message.xml, with the settings of kit.properties in the environment, as run.sh puts them there.

   Prints "receipt ID TIME" and exits with 0; or, where the gateway refuses, "fault CODE RULE CORRELATION-ID", the reason and each
   problem, with 1; or, where there is no answer to believe, "untrusted WHY", with 2. */

#include <string.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include "SendCOPortSOAP12.nsmap"
#include "wsseapi.h"

static struct soap *soap;

static void demand(int condition, const char *otherwise)
{
  if (condition)
    return;
  printf("untrusted %s", otherwise);
  if (soap->error) {
    printf(": ");
    soap_set_fault(soap);
    for (const char *why = *soap_faultstring(soap); why && *why; why++)
      putchar(*why == '\n' ? ' ' : *why);
  }
  printf("\n");
  exit(2);
}

static const char *setting(const char *name)
{
  const char *value = getenv(name);
  demand(value != NULL, name);
  return value;
}

static FILE *opened(const char *path)
{
  FILE *file = fopen(path, "r");
  demand(file != NULL, path);
  return file;
}

/* ---- WS-Security */

static void sign(void)
{
  EVP_PKEY *key = PEM_read_PrivateKey(opened(setting("KIT_SIGNING_KEY")), NULL, NULL, NULL);
  X509 *certificate = PEM_read_X509(opened(setting("KIT_SIGNING_CERTIFICATE")), NULL, NULL, NULL);
  demand(key && certificate, "the signing key or its certificate cannot be read");
  demand(EVP_PKEY_base_id(key) == EVP_PKEY_RSA, "gSOAP signs with RSA keys only: its ECDSA is not XML Signature's");
  int failed = soap_wsse_add_Timestamp(soap, "Timestamp", 300)
    || soap_wsse_add_BinarySecurityTokenX509(soap, "Token", certificate)
    || soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#Token")
    || soap_wsse_sign_body(soap, SOAP_SMD_SIGN_RSA_SHA256, key, 0)
    || soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0);
  demand(!failed, "the message cannot be signed");
}

/* What the plugin takes for a valid certificate: one of the gateway's, by itself, without the path to its authority. */
static void trust(const char *path)
{
  struct soap_wsse_data *plugin = (struct soap_wsse_data *)soap_lookup_plugin(soap, soap_wsse_id);
  plugin->store = X509_STORE_new();
  X509_STORE_set_flags(plugin->store, X509_V_FLAG_PARTIAL_CHAIN);
  demand(X509_STORE_load_locations(plugin->store, path, NULL) == 1, path);
}

static int is_gateways(X509 *signer)
{
  FILE *file = opened(setting("KIT_GATEWAY_CERTIFICATES"));
  X509 *known;
  int found = 0;
  while (!found && (known = PEM_read_X509(file, NULL, NULL, NULL)))
    found = X509_cmp(signer, known) == 0;
  fclose(file);
  return found;
}

/* The plugin checked the signature while it read the answer; what is left is whose it is, what it covers, and when it was made. */
static void verify(void)
{
  /* First, because for an HMAC the plugin takes the key from the message itself. */
  struct ds__SignedInfoType *info = soap_wsse_SignedInfo(soap);
  const char *method = info && info->SignatureMethod ? info->SignatureMethod->Algorithm : NULL;
  demand(method && !strcmp(method, ds_rsa_sha256URI), "the answer is not signed by RSA with SHA-256");
  X509 *signer = soap_wsse_get_KeyInfo_SecurityTokenReferenceX509(soap);
  demand(signer && is_gateways(signer), "the answer is signed by another certificate");
  demand(soap_wsse_verify_body(soap) == SOAP_OK, "the answer");
  demand(soap_wsse_verify_element(soap, wsu_URI, "Timestamp") == 1, "Timestamp of the answer is not signed");
  _wsu__Timestamp *timestamp = soap_wsse_Timestamp(soap);
  time_t created;
  demand(timestamp && timestamp->Created && timestamp->Expires, "the answer has no times");
  demand(!soap_s2dateTime(soap, timestamp->Created, &created), "the answer has no time that can be read");
  demand(created < time(NULL) + 60 && soap_wsse_verify_Timestamp(soap) == SOAP_OK, "the answer is old, or the clock is wrong");
}

/* ---- The answer */

static int refused(void)
{
  struct SOAP_ENV__Detail *detail = NULL;
  if (soap->fault)
    detail = soap->version == 2 ? soap->fault->SOAP_ENV__Detail : soap->fault->detail;
  demand(detail && detail->eco__Refusal, "there is no receipt");
  soap->error = SOAP_OK; /* what is said from here on is said of the fault itself */
  verify();
  struct eco__RefusalType *refusal = detail->eco__Refusal;
  int rule = refusal->Rule ? (int)*refusal->Rule : 0;
  printf("fault %s %d %s\n%s\n", refusal->Code, rule, refusal->CorrelationID, soap_fault_string(soap));
  for (int i = 0; i < refusal->__sizeProblem; i++)
    printf("%s: %s\n", refusal->Problem[i].Place ? refusal->Problem[i].Place : "", refusal->Problem[i].Text);
  return 1;
}

static int accepted(struct eco__ReceiptType *receipt, const char *id, struct _wsse__Security *sent)
{
  verify();
  demand(receipt && !strcmp(receipt->FunctionalReferenceID, id), "the receipt is for another message");
  const char *digest = soap_s2base64(soap, receipt->DigestValue.__ptr, NULL, receipt->DigestValue.__size);
  struct ds__SignedInfoType *info = sent->ds__Signature->SignedInfo;
  int found = 0;
  for (int i = 0; i < info->__sizeReference; i++)
    if (!strcmp(info->Reference[i]->URI, "#Body"))
      found = !strcmp(info->Reference[i]->DigestValue, digest);
  demand(found, "the receipt is for other content");
  printf("receipt %s %s\n", id, receipt->ReceivedDateTime);
  return 0;
}

/* ---- The four operations. Your own program fills the struct from its data instead of reading it. */

#define OPERATION(prefix, operation) \
  static int prefix(const char *endpoint, char *id) \
  { \
    struct eco__##operation##Type *message = soap_new_eco__##operation##Type(soap, -1); \
    struct eco__##operation##ResponseType response; \
    demand(!soap_read_eco__##operation##Type(soap, message), "the dataset cannot be read"); \
    message->FunctionalReferenceID = id; \
    sign(); \
    struct _wsse__Security *sent = soap_wsse_Security(soap); \
    int failed = soap_call___##prefix##__##operation(soap, endpoint, NULL, message, &response); \
    return failed ? refused() : accepted(response.Receipt, id, sent); \
  }

OPERATION(co, SendCO)
OPERATION(amendment, SendAmendmentNotification)
OPERATION(cancelation, SendCancelationStatus)
OPERATION(feedback, SendFeedback)

static const struct { const char *name; int (*send)(const char *endpoint, char *id); } operations[] = {
  {"send-co", co}, {"send-amendment-notification", amendment}, {"send-cancelation-status", cancelation}, {"send-feedback", feedback}
};

int main(int count, char **arguments)
{
  soap_ssl_init();
  /* The plugin needs canonical XML to sign. */
  soap = soap_new1(SOAP_XML_CANONICAL | SOAP_XML_STRICT | SOAP_C_UTFSTRING);
  soap_register_plugin(soap, soap_wsse);
  soap_set_version(soap, strcmp(setting("KIT_SOAP_VERSION"), "1.1") ? 2 : 1);
  soap->connect_timeout = soap->send_timeout = soap->recv_timeout = 60;
  int failed = soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, NULL, NULL, setting("KIT_TLS_ANCHORS"), NULL, NULL)
    || SSL_CTX_use_certificate_chain_file(soap->ctx, setting("KIT_TLS_CERTIFICATE")) != 1
    || SSL_CTX_use_PrivateKey_file(soap->ctx, setting("KIT_TLS_KEY"), SSL_FILETYPE_PEM) != 1;
  demand(!failed, "TLS cannot be set up");
  trust(setting("KIT_GATEWAY_CERTIFICATES"));

  unsigned char random[16];
  RAND_bytes(random, sizeof random);
  char id[2 * sizeof random + 1], endpoint[1024];
  for (size_t i = 0; i < sizeof random; i++)
    snprintf(id + 2 * i, 3, "%02x", random[i]);
  for (size_t i = 0; count == 2 && i < sizeof operations / sizeof *operations; i++)
    if (!strcmp(operations[i].name, arguments[1])) {
      snprintf(endpoint, sizeof endpoint, "%s/%s", setting("KIT_ENDPOINT"), arguments[1]);
      return operations[i].send(endpoint, id);
    }
  demand(0, "the operation is not one of the four");
}
