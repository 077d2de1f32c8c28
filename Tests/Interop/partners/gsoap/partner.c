/* A partner that gSOAP made from the WSDLs: it reads a message into the generated structs, sends it signed with the wsse
   plugin, verifies the answer and prints the receipt; or the refusal, with exit status 1.

   partner OPERATION ENDPOINT SOAP-VERSION < message.xml, in a folder with signing.key and signing.pem (ours), partner.pem
   (what the gateway signs with), tls.pem (our certificate and key) and tls-ca.pem. */

#include <string.h>
#include "SendCOPortSOAP12.nsmap"
#include "security.h"

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

static int refused(void)
{
  struct SOAP_ENV__Detail *detail = NULL;
  if (soap->fault)
    detail = soap->version == 2 ? soap->fault->SOAP_ENV__Detail : soap->fault->detail;
  check(!detail || !detail->eco__Refusal, "neither a receipt nor a refusal came back");
  check(verify(soap), "the answer is not believed");
  printf("%s\n%s\n", detail->eco__Refusal->Code, soap_fault_string(soap));
  return 1;
}

static int accepted(struct eco__ReceiptType *receipt)
{
  check(verify(soap), "the answer is not believed");
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
    trust_the_partner_alone(soap); /* only now, for the message itself is read unsigned */ \
    check(sign(soap), "signing"); \
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
  soap = new_secure_context();
  check(count != 4, "three arguments are needed");
  soap_set_version(soap, (short)atoi(arguments[3]));
  check(soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, "tls.pem", NULL, "tls-ca.pem", NULL, NULL), "TLS");
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    if (!strcmp(operations[i].name, arguments[1]))
      return operations[i].call(arguments[2]);
  check(1, "unknown operation");
}
