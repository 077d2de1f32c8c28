"""Messages spelled as partners' stacks spell them. Written as text, because a serializer would level out what a stack is
known by, and signed over that text: canonicalized by lxml, signed by `cryptography`."""

import dataclasses
import datetime
import hashlib

# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from foreign_signer import BASE64, DIGESTS, NAMESPACES, PROFILE, text
from xmlsec1 import DS, EXCLUSIVE, RSA_SHA1, RSA_SHA256, SOAP, WSA, WSSE, WSU

ACTION = "urn:coconect:eco:1:SendCO"
ANONYMOUS = WSA + "/anonymous"
ANONYMOUS_2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
WCF_CAUSALITY = (
    '<VsDebuggerCausalityData xmlns="http://schemas.microsoft.com/vstudio/diagnostics/servicemodelsink">uIDPo</VsDebuggerCausalityData>'
)
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
