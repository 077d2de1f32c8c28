"""Messages by a foreign hand: built with lxml and signed by python3-xmlsec, or by `cryptography` where xmlsec lacks RSA-PSS."""

import base64
import dataclasses
import datetime
import hashlib
import http.client
import json
import re
import uuid

# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

import gateway
from xmlsec1 import DS, EXCLUSIVE, OASIS, SOAP, WSSE, WSU

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
PSS = "http://www.w3.org/2007/05/xmldsig-more#"
PROFILE = OASIS + "x509-token-profile-1.0#"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
BASE64 = OASIS + "soap-message-security-1.0#Base64Binary"
ENVELOPED = DS + "enveloped-signature"
ECO = "{urn:coconect:eco:1}"
NAMESPACES = {"wsse": WSSE, "wsu": WSU, "ds": DS}

DIGESTS = {
    "sha1": DS + "sha1", "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": MORE + "sha384", "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
# Name: kind of key, SignatureMethod, digest. With `params` RSAPSSParams are spelled out, `bare` leaves them to their defaults.
ALGORITHMS = {
    **{f"rsa-{digest}": ("rsa", MORE + f"rsa-{digest}", digest) for digest in ("sha256", "sha384", "sha512")},
    **{f"pss-{digest}": ("rsa", PSS + f"{digest}-rsa-MGF1", digest) for digest in ("sha256", "sha384", "sha512")},
    **{f"pss-params-{digest}": ("rsa", PSS + "rsa-pss", digest) for digest in ("sha256", "sha384", "sha512")},
    "pss-bare": ("rsa", PSS + "rsa-pss", "sha256"),
    **{
        f"{curve}-{digest}": (curve, MORE + f"ecdsa-{digest}", digest)
        for curve in ("p256", "p384", "p521") for digest in ("sha256", "sha384", "sha512")
    },
}
LEGACY = {"rsa-sha1": ("rsa", DS + "rsa-sha1", "sha1")}
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}

# The prefixes that each style declares on Envelope, and on the elements of each namespace.
PREFIXES = {
    "usual": {"envelope": {}, "soap": "soap", "wsse": "wsse", "wsu": "wsu", "ds": "ds", "id": "wsu"},
    "default": {"envelope": {"wsse": WSSE}, "soap": None, "wsse": None, "wsu": None, "ds": None, "id": "u"},
    "other": {
        "envelope": {"_": WSU, "o-x.1": WSSE, "dsig": DS, "unused": "urn:example:not-used", "wsse": "urn:example:misleading"},
        "soap": "S", "wsse": "o-x.1", "wsu": "_", "ds": "dsig", "id": "_", "content": b"e",
    },
}
ID_STYLES = {"wsu:Id": f"{{{WSU}}}Id", "Id": "Id", "xml:id": "{http://www.w3.org/XML/1998/namespace}id"}


@dataclasses.dataclass
class Shape:
    """How a message is written and signed."""

    algorithm: str = "rsa-sha256"
    digest: str = "sha256"
    token: str = "X509v3"
    version: str = "1.2"
    prefixes: str = "usual"
    order: tuple = ("Token", "Timestamp", "Signature")
    prefix_list: str | None = None
    id_style: str = "wsu:Id"
    transform: str = "exclusive"
    layout: str = "tight"


class Signer:
    """A key with its certificate, which an authority named `issuer` issued; `folder` gets the certificate as PEM."""

    def __init__(self, folder, name, kind="rsa", issuer=None, serial=None, key=None, key_identifier=True):
        self.key = key or (
            rsa.generate_private_key(65537, int(kind[3:] or 2048)) if kind.startswith("rsa") else ec.generate_private_key(CURVES[kind])
        )
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder(issuer or subject, subject, self.key.public_key(), serial or x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=9))
        if key_identifier:
            identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
            builder = builder.add_extension(identifier, critical=False)
        self.certificate = builder.sign(self.key, hashes.SHA256())
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self.pem)

    @property
    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def key_identifier(self):
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()).digest

    @property
    def issuer(self):
        return self.certificate.issuer.rfc4514_string()


def text(data):
    return base64.b64encode(data).decode()


def broken(base64):
    """In lines as Java breaks them, with a carriage return that XML writes as &#13;."""
    return "\r\n".join(re.findall(".{1,76}", "".join(base64.split())))


def pki_path(*certificates):
    """The DER of a sequence of certificates."""
    content = b"".join(certificates)
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def element(local, *children, **attributes):
    """`wsse:Name`, `wsu:Name` or `ds:Name` with text or elements inside."""
    prefix, name = local.split(":")
    made = etree.Element(f"{{{NAMESPACES[prefix]}}}{name}", attributes)
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def reference(*children):
    return element("wsse:SecurityTokenReference", *children)


def key_identifier(value, kind):
    return reference(element("wsse:KeyIdentifier", text(value), ValueType=kind, EncodingType=BASE64))


def issuer_serial(signer, issuer=None, serial=None):
    name = element("ds:X509IssuerName", issuer or signer.issuer)
    return element("ds:X509IssuerSerial", name, element("ds:X509SerialNumber", str(serial or signer.certificate.serial_number)))


def by_token(signer):
    return reference(element("wsse:Reference", URI="#token-1", ValueType=PROFILE + "X509v3"))


# How a message names its certificate: the BinarySecurityToken's content where there is one, and what stands in KeyInfo.
TOKENS = {
    "X509v3": (lambda signer: signer.der, by_token),
    "PKIPath": (
        lambda signer: pki_path(signer.der),
        lambda signer: reference(element("wsse:Reference", URI="#token-1", ValueType=PROFILE + "X509PKIPathv1")),
    ),
    "Reference without type": (lambda signer: signer.der, lambda signer: reference(element("wsse:Reference", URI="#token-1"))),
    "IssuerSerial": (None, lambda signer: reference(element("ds:X509Data", issuer_serial(signer)))),
    "key identifier": (None, lambda signer: key_identifier(signer.key_identifier, PROFILE + "X509SubjectKeyIdentifier")),
    "thumbprint": (None, lambda signer: key_identifier(hashlib.sha1(signer.der).digest(), THUMBPRINT)),
    "KeyIdentifier X509v3": (None, lambda signer: key_identifier(signer.der, PROFILE + "X509v3")),
    "X509Data as of zeep": (
        None,
        lambda signer: reference(element("ds:X509Data", issuer_serial(signer), element("ds:X509Certificate", text(signer.der)))),
    ),
    "X509SKI": (None, lambda signer: reference(element("ds:X509Data", element("ds:X509SKI", text(signer.key_identifier))))),
    "X509Data in KeyInfo": (None, lambda signer: element("ds:X509Data", element("ds:X509Certificate", text(signer.der)))),
    "IssuerSerial in KeyInfo": (None, lambda signer: element("ds:X509Data", issuer_serial(signer))),
}


def content_of(dataset):
    """The Body's child as our command writes it."""
    status, content, errors = gateway.run("convert", "--to", "xml", "-", input=json.dumps(dataset).encode())
    assert status == 0, errors
    return content.strip()


def with_own_id(content):
    return re.sub(rb"<FunctionalReferenceID>[^<]*", b"<FunctionalReferenceID>" + uuid.uuid4().hex.encode(), content)


def prefixed(content, prefix):
    """The same content with a prefix for its namespace."""
    return re.sub(rb"<(/?)(?=[A-Z])", rb"<\1%s:" % prefix, content).replace(b"xmlns=", b"xmlns:%s=" % prefix)


class Draft:
    """A message before its signature: a test may still change its parts."""

    def __init__(self, signer, content, shape, headers=()):
        self.signer, self.shape = signer, shape
        style = PREFIXES[shape.prefixes]
        soap = SOAP[shape.version]
        used = {style["soap"]: soap, **style["envelope"]}
        self.envelope = etree.Element(f"{{{soap}}}Envelope", nsmap=used)
        header = etree.SubElement(self.envelope, f"{{{soap}}}Header")
        for extra in headers:
            header.append(extra)
        utility = {} if style["id"] in used else {style["id"]: WSU}
        self.security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={style["wsse"]: WSSE, **utility})
        self.body = etree.SubElement(self.envelope, f"{{{soap}}}Body", nsmap=utility)
        self.body.append(etree.fromstring(prefixed(content, style["content"]) if "content" in style else content))
        make_token, self.key_reference = TOKENS[shape.token]
        self.pss_parameters = pss_parameters(ALGORITHMS[shape.algorithm][2]) if shape.algorithm.startswith("pss-params") else None
        for part in shape.order:
            if part == "Token" and make_token:
                token = etree.SubElement(self.security, f"{{{WSSE}}}BinarySecurityToken", EncodingType=BASE64)
                token.set("ValueType", PROFILE + ("X509PKIPathv1" if shape.token == "PKIPath" else "X509v3"))
                token.set(f"{{{WSU}}}Id", "token-1")
                token.text = text(make_token(signer))
            elif part == "Timestamp":
                self.timestamp = etree.SubElement(self.security, f"{{{WSU}}}Timestamp", nsmap={style["wsu"]: WSU})
                now = datetime.datetime.utcnow().replace(microsecond=0)
                for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
                    etree.SubElement(self.timestamp, f"{{{WSU}}}{name}").text = moment.isoformat() + "Z"
            elif part == "Signature":
                self.signature = etree.SubElement(self.security, f"{{{DS}}}Signature", nsmap={style["ds"]: DS})
        for signed, name in ((self.body, "body-1"), (self.timestamp, "time-1")):
            signed.set(ID_STYLES[shape.id_style], name)

    def signed(self, parts=("body-1", "time-1")):
        """The bytes of the message with a signature of those parts."""
        self._fill(parts)
        if self.shape.layout == "indented":
            etree.indent(self.security, space="\t")
        if self.shape.layout == "ids everywhere":
            for number, found in enumerate(self.signature.iter("{*}Signature", "{*}KeyInfo", "{*}SecurityTokenReference", "{*}X509Data")):
                found.set("Id" if etree.QName(found).namespace == DS else f"{{{WSU}}}Id", f"id-{number}")
        document = etree.fromstring(etree.tostring(self.envelope))
        xmlsec.tree.add_ids(document, ["Id"])
        sign = _sign_with_cryptography if self.shape.algorithm.startswith("pss") else _sign_with_xmlsec
        sign(document, self.signer, self.shape)
        if self.shape.layout == "CR LF in base64":
            for name in ("SignatureValue", "X509Certificate", "BinarySecurityToken"):
                for found in document.iter(f"{{*}}{name}"):
                    found.text = broken(found.text)
        return etree.tostring(document, xml_declaration=self.shape.version == "1.1", encoding="UTF-8")

    def _fill(self, parts):
        _, method, _ = (ALGORITHMS | LEGACY)[self.shape.algorithm]
        info = etree.SubElement(self.signature, f"{{{DS}}}SignedInfo")
        self._canonicalization(etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod"))
        signature_method = etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=method)
        if self.pss_parameters is not None:
            signature_method.append(self.pss_parameters)
        for part in parts:
            found = etree.SubElement(info, f"{{{DS}}}Reference", URI="#" + part)
            transforms = etree.SubElement(found, f"{{{DS}}}Transforms")
            if self.shape.transform == "enveloped":
                etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=ENVELOPED)
            self._canonicalization(etree.SubElement(transforms, f"{{{DS}}}Transform"))
            etree.SubElement(found, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[self.shape.digest])
            etree.SubElement(found, f"{{{DS}}}DigestValue")
        etree.SubElement(self.signature, f"{{{DS}}}SignatureValue")
        etree.SubElement(self.signature, f"{{{DS}}}KeyInfo").append(self.key_reference(self.signer))

    def _canonicalization(self, method):
        method.set("Algorithm", EXCLUSIVE)
        if self.shape.prefix_list is not None:
            attributes = {"PrefixList": self.shape.prefix_list}
            etree.SubElement(method, f"{{{EXCLUSIVE}}}InclusiveNamespaces", attributes, nsmap={"ec": EXCLUSIVE})


def message(signer, content, shape=Shape()):
    return Draft(signer, content, shape).signed()


def pss_parameters(digest):
    """RSAPSSParams with everything spelled out (RFC 9231, section 2.3.9)."""
    parameters = pss_parameters_of_java(digest)
    mask = etree.SubElement(parameters, f"{{{PSS}}}MaskGenerationFunction", Algorithm=PSS + "MGF1")
    mask.append(element("ds:DigestMethod", Algorithm=DIGESTS[digest]))
    etree.SubElement(parameters, f"{{{PSS}}}SaltLength").text = str(HASHES[digest].digest_size)
    return parameters


def pss_parameters_of_java(digest):
    """What JDK 17 writes of MGF1 with the same digest and a salt as long as it, unless that is SHA-256: then nothing."""
    parameters = etree.Element(f"{{{PSS}}}RSAPSSParams", nsmap={"pss": PSS})
    parameters.append(element("ds:DigestMethod", Algorithm=DIGESTS[digest]))
    return parameters


def canonical(part, prefix_list=None):
    """Exclusive C14N of an element in its place; parsed anew because lxml would not see prefixes that parents declare."""
    alone = etree.fromstring(etree.tostring(part, with_tail=False))
    prefixes = prefix_list.split() if prefix_list else None
    return etree.tostring(alone, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes, with_comments=False)


def _sign_with_xmlsec(document, signer, shape):
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(signer.key_pem, xmlsec.KeyFormat.PEM)
    context.sign(document.find(f".//{{{DS}}}Signature"))


def _sign_with_cryptography(document, signer, shape):
    signature = document.find(f".//{{{DS}}}Signature")
    for found in signature.iter(f"{{{DS}}}Reference"):
        (part,) = document.xpath("//*[@*[local-name()='Id' or local-name()='id']=$id]", id=found.get("URI")[1:])
        digest = hashlib.new(shape.digest, canonical(part, shape.prefix_list)).digest()
        found.find(f"{{{DS}}}DigestValue").text = broken(text(digest)) if shape.layout == "CR LF in base64" else text(digest)
    info = canonical(signature.find(f"{{{DS}}}SignedInfo"), shape.prefix_list)
    value = signer.key.sign(info, *_pss(ALGORITHMS[shape.algorithm][2]))
    signature.find(f"{{{DS}}}SignatureValue").text = text(value)


def _pss(digest):
    hash = HASHES[digest]
    return padding.PSS(padding.MGF1(hash), hash.digest_size), hash


def xmlsec_accepts(envelope, signer):
    """python3-xmlsec's verdict on the first Signature of a parsed message."""
    xmlsec.tree.add_ids(envelope, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(signer.pem, xmlsec.KeyFormat.CERT_PEM)
    try:
        context.verify(envelope.find(f".//{{{DS}}}Signature"))
    except xmlsec.Error:
        return False
    return True


class Line:
    """One connection to a gateway's SOAP listener, opened again where the gateway closed it."""

    def __init__(self, world, path="/send-co"):
        self.world, self.path = world, path
        self.context = world.client_context("korea")
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def post(self, body, version="1.2"):
        """Status, and the rule's number and code where it is a refusal."""
        for retry in (True, False):
            try:
                return self._post(body, version)
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if not retry:
                    raise

    def _post(self, body, version):
        if self.connection is None:
            port = self.world.ports["vietnam"]["soap"]
            self.connection = http.client.HTTPSConnection("localhost", port, timeout=60, context=self.context)
        self.connection.request("POST", self.path, body, {"Content-Type": gateway.CONTENT_TYPES[version]})
        response = self.connection.getresponse()
        answer = response.read()
        refusal = etree.fromstring(answer).find(f".//{ECO}Refusal")
        found = None if refusal is None else (int(refusal.findtext(f"{ECO}Rule")), refusal.findtext(f"{ECO}Code"))
        return response.status, found
