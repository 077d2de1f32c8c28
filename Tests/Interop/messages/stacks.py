"""What partners' stacks send, each as a whole: its message and its HTTP."""

import dataclasses

from foreign_signer import ENVELOPED
from messages.http_wire import chunks, content_type, head, length
from messages.message_layout import ACTION, ANONYMOUS_2004, WCF_CAUSALITY, Header, Message, addressing, endpoint, lines, milliseconds
from xmlsec1 import DS, EXCLUSIVE, SOAP, WSA, WSSE, WSU


@dataclasses.dataclass(frozen=True)
class Stack:
    """What a stack sends: its message and its HTTP."""

    message: Message
    fields: tuple
    chunk: int | None = None

    @property
    def expects_continue(self):
        return "Expect: 100-continue" in self.fields

    def request(self, body):
        """Head and body."""
        if self.chunk:
            return head(*self.fields, "Transfer-Encoding: chunked"), chunks(body, self.chunk)
        return head(*self.fields, length(body)), body


def stacks(version, url):
    """The stacks by name."""
    spelled = f'SOAPAction: "{ACTION}"'
    unique = Header("MessageID", "urn:uuid:3b241101-e2bb-4255-8caf-4136c566a962")
    all_signed = ("Body", "Timestamp", "To", "Action", "ReplyTo", "MessageID")
    is_11 = version == "1.1"

    def fields(parameters_11, parameters_12, *more, action_in_12=False):
        parameters = (parameters_11 if is_11 else parameters_12).format(ACTION)
        return (content_type(version, parameters), *([spelled] if is_11 or action_in_12 else []), *more)

    def message(**spelling):
        return Message(version=version, **spelling)

    wss4j = {
        "headers": (*addressing(url, unique), "Security"), "order": ("Token", "Signature", "Timestamp"), "labels": "{}-7f2c",
        "parts": ("Timestamp", "Body", "To", "Action", "ReplyTo", "MessageID"), "clock": milliseconds,
    }
    wss4j_lists = {"": "soap", "Body": "", "Timestamp": "wsse soap", "SignedInfo": "soap"}
    security_first = ("Security", *addressing(url, unique))
    java = "; charset=UTF-8"
    of_cxf = fields(java, '; action="{}"; charset=UTF-8', "Accept: */*", "User-Agent: Apache-CXF/3.6.2", "Cache-Control: no-cache")
    zeep = {
        "start": "<?xml version='1.0' encoding='utf-8'?>\n", "soap": "soap-env", "ds": "", "must": "", "signature_gap": "\n",
        "order": ("Signature", "Token", "Timestamp"), "ids": "id-{}", "base64": lines("\n", 64),
    }
    of_zeep = fields("; charset=utf-8", '; charset=utf-8; action="{}"', "User-Agent: Zeep/4.2.1", "Accept-Encoding: gzip, deflate")
    return {
        "gSOAP": Stack(
            message(
                soap="SOAP-ENV", wsa="wsa5", envelope={"wsa5": WSA, "wsse": WSSE, "wsu": WSU, "ds": DS}, headers=security_first, ids="{}",
                own_ids={"Timestamp": "TS", "Token": "X509"}, must="1" if is_11 else "true", order=("Timestamp", "Token", "Signature"),
                parts=("Timestamp", "Token", "Body", "To", "Action", "ReplyTo", "MessageID"),
            ),
            fields("; charset=utf-8", '; charset=utf-8; action="{}"', "User-Agent: gSOAP/2.8", "Connection: close", action_in_12=True),
        ),
        "zeep": Stack(message(**zeep), of_zeep),
        "zeep's plain Signature": Stack(message(**zeep | {"key": "X509Data", "order": ("Signature", "Timestamp")}), of_zeep),
        "CXF": Stack(message(**wss4j, prefix_lists=wss4j_lists), of_cxf, 4096),
        "CXF with IssuerSerial": Stack(message(**wss4j, prefix_lists=wss4j_lists, key="IssuerSerial"), of_cxf, 4096),
        "CXF streaming": Stack(
            message(**wss4j | {"ds": "dsig", "parts": ("To", "Action", "ReplyTo", "MessageID", "Timestamp", "Body")}), of_cxf, 4000
        ),
        "JAX-WS RI": Stack(
            message(
                **wss4j | {"headers": (*addressing(url, endpoint("FaultTo"), unique), "Security")}, soap="S", wsa="",
                start="<?xml version='1.0' encoding='UTF-8'?>", envelope={"SOAP-ENV": SOAP[version]},
                prefix_lists={"": "#default S SOAP-ENV", "SignedInfo": "S SOAP-ENV"},
            ),
            fields("; charset=utf-8", ';charset=utf-8;action="{}"', "Accept: text/xml, multipart/related", "User-Agent: Metro/2.4"),
        ),
        "SAAJ 11": Stack(
            message(**wss4j, start='<?xml version="1.0" encoding="utf-8" standalone="no"?>', soap="SOAP-ENV", base64=lines("&#13;\n")),
            fields("; charset=utf-8", "; charset=utf-8", "Accept: text/xml, text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
        ),
        ".NET": Stack(
            message(
                start='<?xml version="1.0" encoding="utf-8"?>', wsu="u", id="u", ds="", headers=wss4j["headers"],
                order=("Timestamp", "Token", "Signature"), parts=all_signed, clock=milliseconds,
                envelope={"xsi": "http://www.w3.org/2001/XMLSchema-instance", "xsd": "http://www.w3.org/2001/XMLSchema"},
            ),
            fields("; charset=utf-8", '; charset=utf-8; action="{}"', "Expect: 100-continue"),
        ),
        "WCF": Stack(
            message(
                soap="s", wsa="a", wsse="o", wsu="u", id="u", ds="", envelope={"a": WSA, "u": WSU}, ids="uuid-2ee0e5d1-{}",
                own_ids={"Body": "_1", "Action": "_2", "MessageID": "_3", "ReplyTo": "_4", "To": "_5"}, clock=milliseconds,
                headers=(
                    Header("Action", ACTION, "1"), unique, endpoint("ReplyTo"), WCF_CAUSALITY, Header("To", url, "1"), "Security",
                ),
                order=("Timestamp", "Token", "Signature"), parts=("Body", "Action", "MessageID", "ReplyTo", "To", "Timestamp"),
            ),
            fields("; charset=utf-8", '; charset=utf-8; action="{}"', "Expect: 100-continue", "Accept-Encoding: gzip, deflate"),
        ),
        "wse-php": Stack(
            message(
                start='<?xml version="1.0" encoding="UTF-8"?>\n', end="\n", soap="SOAP-ENV" if is_11 else "env", signature_gap="\n",
                headers=(
                    Header("Action", ACTION), Header("To", url), Header("MessageID", "uuid:3b241101-e2bb-4255-8caf-4136c566a962"),
                    endpoint("ReplyTo", ANONYMOUS_2004), "Security",
                ),
                order=("Token", "Signature", "Timestamp"), parts=("Timestamp", "Action", "To", "MessageID", "ReplyTo", "Body"),
                ids="pfx6b7c-{}",
            ),
            fields("; charset=utf-8", '; charset=utf-8; action="{}"', "Connection: Keep-Alive", "User-Agent: PHP-SOAP/8.2.7"),
        ),
        "node-soap": Stack(
            message(
                start='<?xml version="1.0" encoding="utf-8"?>', wsu="", id="", ds="", ids="_{}", own_ids={"Token": "x509-0e1f"}, gap="\n  ",
                transforms=(ENVELOPED, EXCLUSIVE), lifetime=600, order=("Token", "Timestamp", "Signature"), parts=all_signed,
                headers=(*addressing(url, unique), "Security"), envelope={"xsi": "http://www.w3.org/2001/XMLSchema-instance", "wsa": WSA},
            ),
            fields("; charset=utf-8", '; charset=utf-8; action="{}"', "Accept: */*", "Connection: close", action_in_12=True),
        ),
    }
