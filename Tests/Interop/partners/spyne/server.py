"""A partner's end with spyne: its types come from our schema; it verifies each request and answers with a signed receipt, or with a
signed fault where the message says "refuse".

server.py HOST:PORT SCHEMA, in a folder with signing.key, signing.pem and partner.pem."""

import datetime
import io
import sys
import wsgiref.simple_server

from spyne import Application, Fault, ServiceBase, rpc
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication
from spyne.util.xml import parse_schema_file

import security

ECO = "urn:coconect:eco:1"
address, schema = sys.argv[1:]
types = parse_schema_file(schema)[ECO].types
own = security.Security(".")


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def operation(name):
    """One method of the service, found by the name of Body's child."""
    response = types[name + "ResponseType"]

    def answer(context, message):
        environment = context.transport.req_env
        try:
            verified = own.verify(environment["partner.request"])
        except security.Untrusted as untrusted:
            raise Fault("Client", str(untrusted))
        environment["partner.relates-to"] = verified.message_id
        if "refuse" in (message.Remark or []):
            refusal = {"Code": "dataset", "CorrelationID": "spyne", "ServerDateTime": now().isoformat()}
            detail = {f"{{{ECO}}}Refusal": {f"{{{ECO}}}{key}": value for key, value in refusal.items()}}
            raise Fault("Client", "Not this one.", detail=detail)
        return response(Receipt=types["ReceiptType"](
            FunctionalReferenceID=message.FunctionalReferenceID, ReceivedDateTime=now(), DigestMethod=verified.digest_method,
            DigestValue=[verified.digest_value]))

    # By its name spyne tells methods apart. "bare": the message itself is the one argument.
    answer.__name__ = name
    style = {"_body_style": "bare", "_in_message_name": name, "_out_message_name": name + "Response"}
    return rpc(types[name + "Type"], _returns=response, **style)(answer)


class Operations(ServiceBase):
    SendCO = operation("SendCO")
    SendAmendmentNotification = operation("SendAmendmentNotification")
    SendCancelationStatus = operation("SendCancelationStatus")
    SendFeedback = operation("SendFeedback")


def application(protocol):
    return WsgiApplication(Application([Operations], ECO, in_protocol=protocol(), out_protocol=protocol()))


versions = {"text/xml": application(Soap11), "application/soap+xml": application(Soap12)}


def serve(environment, start_response):
    """Keeps the bytes of the request, which is what is signed, and signs what spyne answers."""
    request = environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"]))
    environment |= {"wsgi.input": io.BytesIO(request), "partner.request": request}
    started = []
    answer = versions[environment["CONTENT_TYPE"].split(";")[0]](environment, lambda *head: started.append(head))
    signed = own.sign(b"".join(answer), environment.get("partner.relates-to"))
    ((status, headers, *_),) = started
    start_response(status, [(name, value) for name, value in headers if name != "Content-Length"] + [("Content-Length", str(len(signed)))])
    return [signed]


host, port = address.split(":")
wsgiref.simple_server.make_server(host, int(port), serve).serve_forever()
