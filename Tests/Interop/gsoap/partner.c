/* A partner that gSOAP made from the WSDLs: it reads a message into the generated structs, sends it signed with the wsse
   plugin, verifies the answer and prints the receipt; or the refusal, with exit status 1.

   partner OPERATION ENDPOINT SOAP-VERSION < message.xml, in a folder with signing.key and signing.pem (ours), partner.pem
   (what the gateway signs with), tls.pem (our certificate and key) and tls-ca.pem. */

#include <string.h>
#include <openssl/pem.h>
#include "SendCOPortSOAP12.nsmap"
#include "wsseapi.h"

static struct soap *soap;

static void check(int failed, const char *what)
{
  if (!failed)
    return;
  fprintf(stderr, "partner: %s\n", what);
  if (soap->error)
    soap_print_fault(soap, stderr);
  exit(2);
}

static FILE *opened(const char *path)
{
  FILE *file = fopen(path, "r");
  check(!file, path);
  return file;
}

static X509 *certificate(const char *path) { return PEM_read_X509(opened(path), NULL, NULL, NULL); }

static void sign(void)
{
  EVP_PKEY *key = PEM_read_PrivateKey(opened("signing.key"), NULL, NULL, NULL);
  check(soap_wsse_add_Timestamp(soap, "Timestamp", 300)
    || soap_wsse_add_BinarySecurityTokenX509(soap, "Token", certificate("signing.pem"))
    || soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#Token")
    || soap_wsse_sign_body(soap, EVP_PKEY_id(key) == EVP_PKEY_EC ? SOAP_SMD_SIGN_ECDSA_SHA256 : SOAP_SMD_SIGN_RSA_SHA256, key, 0)
    || soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0), "signing");
}

/* The plugin checked the signature while it read the answer; what is left is whose it is and what it covers. */
static void verify(void)
{
  X509 *signer = soap_wsse_get_KeyInfo_SecurityTokenReferenceX509(soap);
  check(!signer || X509_cmp(signer, certificate("partner.pem")), "the answer is not signed by the partner");
  check(soap_wsse_verify_body(soap), "Body of the answer is not signed");
  check(soap_wsse_verify_element(soap, wsu_URI, "Timestamp") != 1, "Timestamp of the answer is not signed");
  check(soap_wsse_verify_Timestamp(soap), "Timestamp of the answer is over");
}

static int refused(void)
{
  struct SOAP_ENV__Detail *detail = NULL;
  if (soap->fault)
    detail = soap->version == 2 ? soap->fault->SOAP_ENV__Detail : soap->fault->detail;
  check(!detail || !detail->eco__Refusal, "neither a receipt nor a refusal came back");
  verify();
  printf("%s\n%s\n", detail->eco__Refusal->Code, soap_fault_string(soap));
  return 1;
}

static int accepted(struct eco__ReceiptType *receipt)
{
  verify();
  printf("%s\n%s\n", receipt->FunctionalReferenceID,
    soap_s2base64(soap, receipt->DigestValue.__ptr, NULL, receipt->DigestValue.__size));
  return 0;
}

#define OPERATION(prefix, operation) \
  static int prefix(const char *endpoint) \
  { \
    struct eco__##operation##Type *request = soap_new_eco__##operation##Type(soap, -1); \
    struct eco__##operation##ResponseType response; \
    check(soap_read_eco__##operation##Type(soap, request), "the message cannot be read"); \
    sign(); \
    return soap_call___##prefix##__##operation(soap, endpoint, NULL, request, &response) ? refused() : accepted(response.Receipt); \
  }

OPERATION(co, SendCO)
OPERATION(amendment, SendAmendmentNotification)
OPERATION(cancelation, SendCancelationStatus)
OPERATION(feedback, SendFeedback)

static const struct { const char *name; int (*call)(const char *endpoint); } operations[] = {
  {"send-co", co}, {"send-amendment-notification", amendment}, {"send-cancelation-status", cancelation}, {"send-feedback", feedback}
};

int main(int count, char **arguments)
{
  soap_ssl_init();
  soap = soap_new1(SOAP_XML_CANONICAL | SOAP_XML_STRICT | SOAP_C_UTFSTRING);
  check(count != 4, "three arguments are needed");
  soap_register_plugin(soap, soap_wsse);
  soap_set_version(soap, (short)atoi(arguments[3]));
  check(soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, "tls.pem", NULL, "tls-ca.pem", NULL, NULL), "TLS");
  soap->cafile = "partner.pem"; /* TLS has read its own by now; from here on this is what the plugin trusts for signatures */
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    if (!strcmp(operations[i].name, arguments[1]))
      return operations[i].call(arguments[2]);
  check(1, "unknown operation");
}
