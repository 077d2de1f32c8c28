/* WS-Security by gSOAP's wsse plugin, for both ends: what we sign with, and whom we believe. */

#include "wsseapi.h"

/* A context that signs with signing.key and signing.pem of this folder; only what partner.pem signs is believed. */
struct soap *new_secure_context(void);

/* From here on the signature of each message is checked while it is read. */
void trust_the_partner_alone(struct soap *soap);

/* Has the next message signed, Body and Timestamp; SOAP_OK or an error. */
int sign(struct soap *soap);

/* Whether the message that was read is the partner's, with Body and Timestamp signed; SOAP_OK or a fault. */
int verify(struct soap *soap);
