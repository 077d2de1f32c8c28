"""WS-Security with lxml and xmlsec alone: signs what a server writes, verifies what it reads."""

import base64
import collections
import datetime
import pathlib
import ssl

import xmlsec
from lxml import etree

OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = OASIS + "wssecurity-secext-1.0.xsd"
WSU = OASIS + "wssecurity-utility-1.0.xsd"
X509 = OASIS + "x509-token-profile-1.0#X509v3"
BASE64 = OASIS + "soap-message-security-1.0#Base64Binary"
WSA = "http://www.w3.org/2005/08/addressing"
DS = xmlsec.constants.DSigNs
TRANSFORMS = [xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformSha256]
SIGNATURE = xmlsec.constants.TransformRsaSha256

# Method and value as in Body's Reference, which a receipt gives back; the MessageID of WS-Addressing, where it is signed.
Verified = collections.namedtuple("Verified", "digest_method digest_value message_id")


class Untrusted(Exception):
    """A message cannot be taken for the partner's word."""


def demand(is_right, what):
    if not is_right:
        raise Untrusted(what)


def one(parent, namespace, name):
    found = parent.findall(f"{{{namespace}}}{name}")
    demand(len(found) == 1, f"{len(found)} elements {name}")
    return found[0]


def parse(message):
    document = etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True))
    demand(not document.getroottree().docinfo.doctype, "a DOCTYPE has no place in SOAP")
    return document


class Security:
    """A folder with signing.key and signing.pem (ours), and partner.pem (what the other side signs with)."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.own, self.partner = (ssl.PEM_cert_to_DER_cert((self.folder / name).read_text()) for name in ("signing.pem", "partner.pem"))

    def verify(self, message):
        """Raises Untrusted unless the partner signed Body and Timestamp, and Timestamp is not over."""
        envelope = parse(message)
        soap = etree.QName(envelope).namespace
        security = one(one(envelope, soap, "Header"), WSSE, "Security")
        token = one(security, WSSE, "BinarySecurityToken")
        demand(base64.b64decode(token.text) == self.partner, "the message is not signed by the partner")
        signature = one(security, DS, "Signature")
        xmlsec.tree.add_ids(envelope, ["Id"])
        context = xmlsec.SignatureContext()
        # All else, xmlsec's own transforms among it, is not for messages of a stranger's making.
        for transform in TRANSFORMS:
            context.enable_reference_transform(transform)
        for transform in [*TRANSFORMS, SIGNATURE]:
            context.enable_signature_transform(transform)
        context.key = xmlsec.Key.from_file(str(self.folder / "partner.pem"), xmlsec.constants.KeyDataFormatCertPem)
        try:
            context.verify(signature)
        except xmlsec.Error as problem:
            raise Untrusted(f"the signature is wrong: {problem}")

        # Only now, and each part in its own place: the same name anywhere else is somebody's attempt.
        references = {reference.get("URI"): reference for reference in one(signature, DS, "SignedInfo").findall(f"{{{DS}}}Reference")}
        body, timestamp = one(envelope, soap, "Body"), one(security, WSU, "Timestamp")
        for part in (body, timestamp):
            demand(self.uri(part) in references, f"{etree.QName(part).localname} is not signed")
        expires = datetime.datetime.fromisoformat(one(timestamp, WSU, "Expires").text.replace("Z", "+00:00"))
        demand(expires > datetime.datetime.now(datetime.timezone.utc), "Timestamp is over")
        reference = references[self.uri(body)]
        message_id = envelope.find(f"{{{soap}}}Header/{{{WSA}}}MessageID")
        return Verified(
            one(reference, DS, "DigestMethod").get("Algorithm"), base64.b64decode(one(reference, DS, "DigestValue").text),
            message_id.text if message_id is not None and self.uri(message_id) in references else None)

    @staticmethod
    def uri(part):
        return "#" + part.get(f"{{{WSU}}}Id", "")

    def sign(self, message, relates_to=None):
        """The message with a Security header over Body, Timestamp and, where the request has one that is signed, RelatesTo."""
        envelope = parse(message)
        soap = etree.QName(envelope).namespace
        header = envelope.find(f"{{{soap}}}Header")
        if header is None:
            header = etree.Element(f"{{{soap}}}Header")
            envelope.insert(0, header)
        parts = [one(envelope, soap, "Body")]
        if relates_to:
            parts.append(self.add(header, WSA, "RelatesTo", relates_to))
        security = self.add(header, WSSE, "Security")
        security.set(f"{{{soap}}}mustUnderstand", "1")
        token = self.add(security, WSSE, "BinarySecurityToken", base64.b64encode(self.own).decode(), EncodingType=BASE64, ValueType=X509)
        token.set(f"{{{WSU}}}Id", "Token")
        timestamp = self.add(security, WSU, "Timestamp")
        now = datetime.datetime.now(datetime.timezone.utc)
        for name, moment in [("Created", now), ("Expires", now + datetime.timedelta(minutes=5))]:
            self.add(timestamp, WSU, name, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        parts.append(timestamp)
        signature = xmlsec.template.create(envelope, xmlsec.constants.TransformExclC14N, SIGNATURE, ns="ds")
        for number, part in enumerate(parts):
            part.set(f"{{{WSU}}}Id", f"Part-{number}")
            reference = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri=f"#Part-{number}")
            xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        named = self.add(xmlsec.template.ensure_key_info(signature), WSSE, "SecurityTokenReference")
        self.add(named, WSSE, "Reference", URI="#Token", ValueType=X509)
        security.append(signature)
        xmlsec.tree.add_ids(envelope, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(self.folder / "signing.key"), xmlsec.constants.KeyDataFormatPem)
        context.sign(signature)
        return etree.tostring(envelope, encoding="utf-8", xml_declaration=True)

    @staticmethod
    def add(parent, namespace, name, text=None, **attributes):
        child = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
        child.text = text
        return child
