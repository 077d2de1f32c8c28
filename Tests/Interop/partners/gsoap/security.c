#include <stdlib.h>
#include <string.h>
#include <openssl/pem.h>
#include "soapH.h"
#include "security.h"

static EVP_PKEY *key;
static X509 *own, *partner;

static FILE *opened(const char *path)
{
  FILE *file = fopen(path, "r");
  if (file)
    return file;
  perror(path);
  exit(2);
}

static X509 *certificate(const char *path) { return PEM_read_X509(opened(path), NULL, NULL, NULL); }

struct soap *new_secure_context(void)
{
  /* Without SOAP_XML_CANONICAL a signature names no canonicalization. */
  struct soap *soap = soap_new1(SOAP_XML_CANONICAL | SOAP_XML_STRICT | SOAP_C_UTFSTRING);
  soap_ssl_init();
  soap_register_plugin(soap, soap_wsse);
  key = PEM_read_PrivateKey(opened("signing.key"), NULL, NULL, NULL);
  own = certificate("signing.pem");
  partner = certificate("partner.pem");
  return soap;
}

void trust_the_partner_alone(struct soap *soap)
{
  /* TLS has read its own by now. */
  soap->cafile = "partner.pem";
  soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0);
}

int sign(struct soap *soap)
{
  /* The plugin has ECDSA too, but writes its values in DER, which XML Signature does not have. */
  int algorithm = EVP_PKEY_id(key) == EVP_PKEY_EC ? SOAP_SMD_SIGN_ECDSA_SHA256 : SOAP_SMD_SIGN_RSA_SHA256;
  /* A server still has the header of the request, and would send it back. */
  soap_wsse_delete_Security(soap);
  soap->header = NULL;
  return soap_wsse_add_Timestamp(soap, "Timestamp", 300)
    || soap_wsse_add_BinarySecurityTokenX509(soap, "Token", own)
    || soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#Token")
    || soap_wsse_sign_body(soap, algorithm, key, 0);
}

/* The plugin checked the signature while it read; what is left is how it was made, whose it is and what it covers. */
int verify(struct soap *soap)
{
  /* First, because for an HMAC the plugin takes the key from the message itself. */
  struct ds__SignedInfoType *info = soap_wsse_SignedInfo(soap);
  const char *method = info && info->SignatureMethod ? info->SignatureMethod->Algorithm : NULL;
  if (!method || strcmp(method, ds_rsa_sha256URI))
    return soap_wsse_sender_fault(soap, "The message is not signed by RSA with SHA-256", NULL);
  X509 *signer = soap_wsse_get_KeyInfo_SecurityTokenReferenceX509(soap);
  if (!signer || X509_cmp(signer, partner))
    return soap_wsse_sender_fault(soap, "The message is not signed by the partner", NULL);
  /* In place of soap_wsse_verify_body: a server's DOM names SOAP 1.2 in messages of 1.1 too, and there that finds no Body. */
  if (soap_wsse_verify_element(soap, soap->dom->nstr, "Body") != 1)
    return soap_wsse_sender_fault(soap, "Body is not signed", NULL);
  if (soap_wsse_verify_element(soap, wsu_URI, "Timestamp") != 1)
    return soap_wsse_sender_fault(soap, "Timestamp is not signed", NULL);
  return soap_wsse_verify_Timestamp(soap);
}
