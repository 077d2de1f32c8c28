"""Messages and requests spelled as partners' stacks spell them. Written as text, because a serializer would level out what a stack is
known by, and signed over that text: canonicalized by lxml, signed by `cryptography`."""

import collections
import dataclasses
import datetime
import hashlib
import http.client
import socket

import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from foreign_signer import BASE64, DIGESTS, ENVELOPED, NAMESPACES, PROFILE, text
from xmlsec1 import DS, EXCLUSIVE, RSA_SHA1, RSA_SHA256, SOAP, WSA, WSSE, WSU

ACTION = "urn:coconect:eco:1:SendCO"
ANONYMOUS = WSA + "/anonymous"
ANONYMOUS_2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
WCF_CAUSALITY = (
    '<VsDebuggerCausalityData xmlns="http://schemas.microsoft.com/vstudio/diagnostics/servicemodelsink">uIDPo</VsDebuggerCausalityData>'
)
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
ROLE = {"1.1": "actor", "1.2": "role"}


def named(prefix, local):
    return f"{prefix}:{local}" if prefix else local


def declared(prefixes, known=()):
    """Declarations of namespaces by their prefixes, without those that are known."""
    return "".join(
        f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"'
        for prefix, uri in prefixes.items() if (prefix, uri) not in dict(known).items()
    )


def seconds(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.123Z")


def lines(ending, width=76):
    """A spelling of base64 in lines."""
    return lambda base64: ending.join(base64[start:start + width] for start in range(0, len(base64), width))


@dataclasses.dataclass(frozen=True)
class Header:
    """A header of WS-Addressing; in its content `wsa:` stands for the message's own prefix."""

    local: str
    content: str
    must: str = ""


@dataclasses.dataclass(frozen=True)
class Message:
    """How a stack writes a message. Prefixes may be "" for the default namespace."""

    version: str = "1.2"
    encoding: str = "utf-8"
    start: str = ""
    end: str = ""
    soap: str = "soap"
    wsse: str = "wsse"
    wsu: str = "wsu"
    ds: str = "ds"
    wsa: str = "wsa"
    # Namespaces that Envelope declares beside SOAP's; all others are declared where they are used.
    envelope: dict = dataclasses.field(default_factory=dict)
    # The prefix of Id attributes, "" for plain ones; how an id is made of its part's name; ids that are made otherwise.
    id: str = "wsu"
    ids: str = "id-{}"
    own_ids: dict = dataclasses.field(default_factory=dict)
    # Headers in their order, as `Header` or as text; "Security" is where that stands.
    headers: tuple = ("Security",)
    must: str = "1"
    role: str | None = None
    order: tuple = ("Token", "Timestamp", "Signature")
    parts: tuple = ("Body", "Timestamp")
    # PrefixLists by part, with "SignedInfo" for CanonicalizationMethod and "" for all that are not named.
    prefix_lists: dict = dataclasses.field(default_factory=dict)
    transforms: tuple = (EXCLUSIVE,)
    canonicalization: str = EXCLUSIVE
    method: str = RSA_SHA256
    digests: dict = dataclasses.field(default_factory=dict)
    key: str = "Token"
    labels: str | None = None
    base64: object = str
    # White space between headers, and between the elements of Signature.
    gap: str = ""
    signature_gap: str = ""
    clock: object = seconds
    lifetime: int | None = 300

    def signed(self, signer, content):
        """The bytes of the message around the Body's child, and the DigestValue of its Body."""
        written = self._envelope(signer, content.decode())
        # lxml forgets #default, xmlsec cannot be told how to spell base64.
        has_default = any("#default" in prefixes for prefixes in self.prefix_lists.values())
        written = self._filled_by_xmlsec(written, signer) if has_default else self._filled(written, signer)
        uri = "#" + self._id("Body")
        digest = self._parsed(written).xpath("string(//ds:Reference[@URI=$uri]/ds:DigestValue)", uri=uri, namespaces=NAMESPACES)
        return written.encode(self.encoding), "".join(digest.split())

    def _filled(self, written, signer):
        for part in self.parts:
            (found,) = self._parsed(written).xpath("//*[@*[local-name()='Id']=$id]", id=self._id(part))
            digest = hashlib.new(self._digest(part), self._canonical(found, part, self.transforms[-1])).digest()
            written = written.replace(f"({part})", self.base64(text(digest)))
        info = self._parsed(written).find(f".//{{{DS}}}SignedInfo")
        hash = hashes.SHA1() if self.method == RSA_SHA1 else hashes.SHA256()
        value = signer.key.sign(self._canonical(info, "SignedInfo", self.canonicalization), padding.PKCS1v15(), hash)
        return written.replace("(value)", self.base64(text(value)))

    def _filled_by_xmlsec(self, written, signer):
        places = [f"({part})" for part in self.parts] + ["(value)"]
        empty = written
        for place in places:
            empty = empty.replace(place, "")
        document = self._parsed(empty)
        xmlsec.tree.add_ids(document, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(signer.key_pem, xmlsec.KeyFormat.PEM)
        context.sign(document.find(f".//{{{DS}}}Signature"))
        for place, found in zip(places, document.iter(f"{{{DS}}}DigestValue", f"{{{DS}}}SignatureValue"), strict=True):
            written = written.replace(place, found.text)
        return written

    def _parsed(self, written):
        return etree.fromstring(written.encode(self.encoding))

    def _canonical(self, element, part, method):
        # Parsed anew because lxml would not see prefixes that parents declare.
        alone = etree.fromstring(etree.tostring(element, encoding="utf-8", with_tail=False))
        is_exclusive, prefixes = method == EXCLUSIVE, (self._prefixes(part) or "").split()
        return etree.tostring(alone, method="c14n", exclusive=is_exclusive, inclusive_ns_prefixes=prefixes, with_comments=False)

    def _prefixes(self, part):
        return self.prefix_lists.get(part, self.prefix_lists.get(""))

    def _digest(self, part):
        return self.digests.get(part, "sha256")

    def _id(self, part):
        return self.own_ids.get(part, self.ids.format(part))

    def _identified(self, part):
        return f' {named(self.id, "Id")}="{self._id(part)}"' if part in self.parts else ""

    @property
    def _scope(self):
        """What Envelope declares. A default namespace does not reach attributes, so that they have a prefix of their own then."""
        more = {} if self.soap else {"env": SOAP[self.version]}
        return {self.soap: SOAP[self.version], **more, **self.envelope}

    @property
    def _id_scope(self):
        return {self.id: WSU} if self.id else {}

    def attributes(self, must="", role=None):
        """mustUnderstand and the role of a header."""
        prefix = self.soap or "env"
        found = f' {prefix}:mustUnderstand="{must}"' if must else ""
        return found + (f' {prefix}:{ROLE[self.version]}="{role}"' if role is not None else "")

    def _envelope(self, signer, content):
        headers = self.gap.join(["", *(self._header(header, signer) for header in self.headers), ""])
        envelope, header, body = (named(self.soap, local) for local in ("Envelope", "Header", "Body"))
        body_start = f"<{body}{declared(self._id_scope, self._scope)}{self._identified('Body')}>"
        return (
            f"{self.start}<{envelope}{declared(self._scope)}>{self.gap}<{header}>{headers}</{header}>{self.gap}"
            f"{body_start}{content}</{body}>{self.gap}</{envelope}>{self.end}"
        )

    def _header(self, header, signer):
        if header == "Security":
            return self._security(signer)
        if isinstance(header, str):
            return header
        name, scope = named(self.wsa, header.local), {self.wsa: WSA, **self._id_scope}
        content = header.content.replace("wsa:", named(self.wsa, ""))
        return f"<{name}{declared(scope, self._scope)}{self.attributes(header.must)}{self._identified(header.local)}>{content}</{name}>"

    def _security(self, signer):
        name = named(self.wsse, "Security")
        scope = {self.wsse: WSSE, (self.id or "wsu"): WSU}
        makers = {"Token": self._token, "Timestamp": self._timestamp, "Signature": self._signature}
        children = self.gap.join(makers[part](signer) if part in makers else part for part in self.order)
        return f"<{name}{declared(scope, self._scope)}{self.attributes(self.must, self.role)}>{self.gap}{children}{self.gap}</{name}>"

    def _token(self, signer):
        name = named(self.wsse, "BinarySecurityToken")
        attributes = f'EncodingType="{BASE64}" ValueType="{PROFILE}X509v3" {self.id or "wsu"}:Id="{self._id("Token")}"'
        return f"<{name} {attributes}>{self.base64(text(signer.der))}</{name}>"

    def _timestamp(self, _):
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        name = named(self.wsu, "Timestamp")
        moments = {"Created": now} | ({} if self.lifetime is None else {"Expires": now + datetime.timedelta(seconds=self.lifetime)})
        content = self.gap.join(
            f"<{named(self.wsu, local)}>{self.clock(moment)}</{named(self.wsu, local)}>" for local, moment in moments.items()
        )
        scope = {**self._scope, (self.id or "wsu"): WSU}
        return f"<{name}{declared({self.wsu: WSU}, scope)}{self._identified('Timestamp')}>{content}</{name}>"

    def _signature(self, signer):
        def made(local, attributes, *children):
            name = named(self.ds, local)
            inside = "".join(self.signature_gap + child for child in children) + self.signature_gap if children else ""
            return f"<{name}{attributes}>{inside}</{name}>"

        def value(local, content):
            return f"<{named(self.ds, local)}>{content}</{named(self.ds, local)}>"

        def algorithm(local, uri, part=None):
            prefixes = self._prefixes(part) if uri == EXCLUSIVE else None
            found = [] if prefixes is None else [
                f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"></ec:InclusiveNamespaces>'
            ]
            return made(local, f' Algorithm="{uri}"', *found)

        references = [
            made(
                "Reference", f' URI="#{self._id(part)}"',
                made("Transforms", "", *(algorithm("Transform", uri, part) for uri in self.transforms)),
                algorithm("DigestMethod", DIGESTS[self._digest(part)]), value("DigestValue", f"({part})"),
            )
            for part in self.parts
        ]
        method = algorithm("CanonicalizationMethod", self.canonicalization, "SignedInfo")
        info = made("SignedInfo", "", method, algorithm("SignatureMethod", self.method), *references)
        key = made("KeyInfo", self._label("KI"), self._key_reference(signer))
        return made("Signature", declared({self.ds: DS}, self._scope) + self._label("SIG"), info, value("SignatureValue", "(value)"), key)

    def _label(self, kind):
        return f' Id="{self.labels.format(kind)}"' if self.labels else ""

    def _key_reference(self, signer):
        """The BinarySecurityToken, IssuerSerial as WSS4J writes it, or zeep's X509Data with both."""
        reference, data = named(self.wsse, "SecurityTokenReference"), named(self.ds, "X509Data")
        label = f' wsu:Id="{self.labels.format("STR")}"' if self.labels else ""
        serial, issuer, number = (named(self.ds, local) for local in ("X509IssuerSerial", "X509IssuerName", "X509SerialNumber"))
        issued = (
            f"<{serial}><{issuer}>{signer.issuer}</{issuer}>"
            f"<{number}>{signer.certificate.serial_number}</{number}></{serial}>"
        )
        certificate = named(self.ds, "X509Certificate")
        content = {
            "Token": f'<{named(self.wsse, "Reference")} URI="#{self._id("Token")}" ValueType="{PROFILE}X509v3"/>',
            "IssuerSerial": f"<{data}>{issued}</{data}>",
            "X509Data": f"<{data}>{issued}<{certificate}>{self.base64(text(signer.der))}</{certificate}></{data}>",
        }[self.key]
        # Where Signature has no prefix either, its namespace stands in the way.
        return f"<{reference}{'' if self.wsse else declared({'': WSSE})}{label}>{content}</{reference}>"


def endpoint(local, address=ANONYMOUS, more="", must=""):
    """A header that is an endpoint reference."""
    return Header(local, f"<wsa:Address>{address}</wsa:Address>{more}", must)


def addressing(url, *more, must=""):
    """The headers that a toolkit with WS-Addressing sends."""
    return (Header("To", url, must), Header("Action", ACTION, must), endpoint("ReplyTo", must=must), *more)


def head(*fields, http="1.1", target="/send-co"):
    """A request's head; the fields as lines."""
    return "\r\n".join([f"POST {target} HTTP/{http}", "Host: localhost", *fields, "", ""]).encode()


def content_type(version, parameters="; charset=utf-8"):
    return f"Content-Type: {MEDIA_TYPES[version]}{parameters}"


def length(body):
    return f"Content-Length: {len(body)}"


def chunks(body, *sizes, extension="", trailer="", spelling="{:x}"):
    """A body in chunks of those sizes, over and over."""
    made, start, count = [], 0, 0
    while start < len(body):
        chunk = body[start:start + sizes[count % len(sizes)]]
        made.append(spelling.format(len(chunk)).encode() + extension.encode() + b"\r\n" + chunk + b"\r\n")
        start, count = start + len(chunk), count + 1
    return b"".join(made) + f"0{extension}\r\n{trailer}\r\n".encode()


Answer = collections.namedtuple("Answer", "status headers body")


class Wire:
    """A connection to Viet Nam's gateway on which a test writes every byte itself."""

    def __init__(self, world):
        plain = socket.create_connection(("localhost", world.ports["vietnam"]["soap"]), 6)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # An end without a good-bye of TLS is an error, as it is for many clients.
        self.socket = world.client_context("korea").wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def interim(self):
        """The status of an answer that goes before the real one, `None` where none comes."""
        try:
            status = self._status()
        except TimeoutError:
            return None
        assert not http.client.parse_headers(self.file).keys()
        return status

    def answer(self):
        status = self._status()
        while status == 100:
            http.client.parse_headers(self.file)
            status = self._status()
        headers = http.client.parse_headers(self.file)
        return Answer(status, headers, self.file.read(int(headers["Content-Length"])))

    def has_ended(self):
        try:
            return self.file.read(1) == b""
        except TimeoutError:
            return False

    def _status(self):
        line = self.file.readline()
        assert line.startswith(b"HTTP/1."), line
        return int(line.split()[1])


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
