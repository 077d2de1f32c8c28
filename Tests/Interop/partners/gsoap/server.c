/* A partner's end that gSOAP made from the WSDLs: it verifies each request with the wsse plugin and answers with a signed receipt,
   or with a signed fault where the message says "refuse".

   server 127.0.0.1:PORT, in a folder with signing.key and signing.pem (ours), and partner.pem (what the gateway signs with). */

#include <string.h>
#include "SendCOPortSOAP12.nsmap"
#include "security.h"

static char *now(struct soap *soap) { return soap_strdup(soap, soap_dateTime2s(soap, time(NULL))); }

static int is(const char *name, const char *local)
{
  const char *colon = strchr(name, ':');
  return !strcmp(colon ? colon + 1 : name, local);
}

/* The Reference to Body, which was found signed: its digest is what a receipt gives back. */
static struct ds__ReferenceType *body_reference(struct soap *soap)
{
  struct ds__ReferenceType **reference = soap->header->wsse__Security->ds__Signature->SignedInfo->Reference;
  struct soap_dom_element *body = soap->dom->elts;
  while (!is(body->name, "Body"))
    body = body->next;
  struct soap_dom_attribute *id = body->atts;
  while (!is(id->name, "Id"))
    id = id->next;
  while (strcmp((*reference)->URI + 1, id->text))
    reference++;
  return *reference;
}

static struct SOAP_ENV__Detail **detail(struct soap *soap)
{
  return soap->version == 2 ? &soap->fault->SOAP_ENV__Detail : &soap->fault->detail;
}

static int refuse(struct soap *soap)
{
  struct eco__RefusalType *refusal = soap_new_eco__RefusalType(soap, -1);
  refusal->Code = "dataset";
  refusal->CorrelationID = "gsoap";
  refusal->ServerDateTime = now(soap);
  soap_sender_fault(soap, "Not this one.", NULL);
  *detail(soap) = soap_new_SOAP_ENV__Detail(soap, -1);
  (*detail(soap))->eco__Refusal = refusal;
  return SOAP_FAULT;
}

static int answer(struct soap *soap, char *id, int remarks, char **remark, struct eco__ReceiptType **receipt)
{
  if (verify(soap))
    return soap->error;
  for (int i = 0; i < remarks; i++)
    if (!strcmp(remark[i], "refuse"))
      return refuse(soap);
  struct ds__ReferenceType *body = body_reference(soap);
  *receipt = soap_new_eco__ReceiptType(soap, -1);
  (*receipt)->FunctionalReferenceID = id;
  (*receipt)->ReceivedDateTime = now(soap);
  (*receipt)->DigestMethod = body->DigestMethod->Algorithm;
  (*receipt)->DigestValue.__ptr = (unsigned char *)soap_base642s(soap, body->DigestValue, NULL, 0, &(*receipt)->DigestValue.__size);
  return sign(soap);
}

/* The generators make a function for each of the two versions of SOAP, and call the first for both. */
#define FUNCTION(function, operation) \
  int function(struct soap *soap, struct eco__##operation##Type *request, struct eco__##operation##ResponseType *response) \
  { \
    return answer(soap, request->FunctionalReferenceID, request->__sizeRemark, request->Remark, &response->Receipt); \
  }
#define OPERATION(prefix, operation) FUNCTION(__##prefix##__##operation, operation) FUNCTION(__##prefix##__##operation##_, operation)

OPERATION(co, SendCO)
OPERATION(amendment, SendAmendmentNotification)
OPERATION(cancelation, SendCancelationStatus)
OPERATION(feedback, SendFeedback)

/* The generators want it where WS-Addressing is known: a fault that somebody sends here as a message. */
int SOAP_ENV__Fault(struct soap *soap, char *code, char *string, char *actor, struct SOAP_ENV__Detail *detail,
  struct SOAP_ENV__Code *code12, struct SOAP_ENV__Reason *reason, char *node, char *role, struct SOAP_ENV__Detail *detail12)
{
  return SOAP_NO_METHOD;
}

/* In place of soap_serve, which sends its faults unsigned. */
static void serve(struct soap *soap)
{
  trust_the_partner_alone(soap);
  if (soap_begin_serve(soap) || !soap_serve_request(soap) || soap->error >= SOAP_STOP)
    return;
  soap_print_fault(soap, stderr);
  if (!*detail(soap) || !(*detail(soap))->eco__Refusal) {
    /* The plugin's own faults have a code of WS-Security's, and of such a fault gSOAP signs other bytes than it sends. */
    const char *reason = soap_fault_string(soap);
    soap->fault = NULL;
    soap_sender_fault(soap, reason, NULL);
  }
  sign(soap);
  soap->error = SOAP_FAULT; /* with any other a header is not sent */
  soap_send_fault(soap);
}

int main(int count, char **arguments)
{
  struct soap *soap = new_secure_context();
  soap->bind_flags = SO_REUSEADDR;
  const char *port = count == 2 ? strrchr(arguments[1], ':') : NULL;
  if (!port || !soap_valid_socket(soap_bind(soap, "127.0.0.1", atoi(port + 1), 100))) {
    soap_print_fault(soap, stderr);
    return 2;
  }
  while (soap_valid_socket(soap_accept(soap))) {
    serve(soap);
    soap_destroy(soap);
    soap_end(soap);
  }
  return 2;
}
