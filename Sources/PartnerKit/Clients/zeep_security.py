"""WS-Security for zeep: signs Body and Timestamp, and verifies that the gateway signed those of the answer."""

import base64
import datetime
import re
import ssl

import xmlsec
from lxml import etree
from zeep.wsse import signature, utils

NAMESPACES = {
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
WSU_ID = etree.QName(NAMESPACES["wsu"], "Id")
EXCLUSIVE = re.compile(re.escape("http://www.w3.org/2001/10/xml-exc-c14n#"))
DIGESTS = re.compile("http://www.w3.org/2001/04/(xmlenc#sha256|xmldsig-more#sha384|xmlenc#sha512)")
SIGNATURES = re.compile("http://www.w3.org/2001/04/xmldsig-more#(rsa|ecdsa)-sha(256|384|512)")
CLOCK_TOLERANCE = datetime.timedelta(minutes=1)

# The object identifier of elliptic curves' keys (RFC 5480), as a certificate holds it.
EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")


class Untrusted(Exception):
    """An answer cannot be taken for the gateway's word."""


class Security(signature.BinarySignature):
    """`sent_digest` is the digest of the Body that was signed last; its receipt must give it back."""

    def __init__(self, key, certificate, gateway_certificates):
        is_ec = EC_PUBLIC_KEY in ssl.PEM_cert_to_DER_cert(certificate.read_text())
        method = xmlsec.Transform.ECDSA_SHA256 if is_ec else xmlsec.Transform.RSA_SHA256
        # Both are SHA-1 unless told otherwise, which the gateway refuses.
        super().__init__(str(key), str(certificate), signature_method=method, digest_method=xmlsec.Transform.SHA256)
        pem = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", gateway_certificates.read_text(), re.DOTALL)
        self.gateway_certificates = {ssl.PEM_cert_to_DER_cert(certificate): certificate for certificate in pem}
        self.sent_digest = None

    def apply(self, envelope, headers):
        """zeep signs a Timestamp where there is one, and makes none itself."""
        now = datetime.datetime.now(datetime.timezone.utc)
        timestamp = etree.SubElement(utils.get_security_header(envelope), etree.QName(NAMESPACES["wsu"], "Timestamp"))
        for name, moment in [("Created", now), ("Expires", now + datetime.timedelta(minutes=5))]:
            etree.SubElement(timestamp, etree.QName(NAMESPACES["wsu"], name)).text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        super().apply(envelope, headers)
        body = one(envelope, "*[local-name()='Body']")
        self.sent_digest = base64.b64decode(one(envelope, f"//ds:Reference[@URI='#{body.get(WSU_ID)}']/ds:DigestValue").text)
        return envelope, headers

    def verify(self, envelope):
        """zeep's own verification would be content with any signed part; what is read is Body, so Body must be signed."""
        demand(envelope.getroottree().docinfo.doctype == "", "the answer has a DOCTYPE")
        header = one(envelope, "*[local-name()='Header']/wsse:Security")
        signed = one(header, "ds:Signature")
        token = base64.b64decode(one(header, "wsse:BinarySecurityToken").text)
        demand(token in self.gateway_certificates, "the answer is signed by another certificate")
        demand_algorithms(signed)

        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.gateway_certificates[token], xmlsec.KeyFormat.CERT_PEM)
        for part in one(envelope, "*[local-name()='Body']"), one(header, "wsu:Timestamp"):
            name, identifier = etree.QName(part).localname, part.get(WSU_ID)
            uris = signed.xpath("ds:SignedInfo/ds:Reference/@URI", namespaces=NAMESPACES)
            demand(identifier and uris.count(f"#{identifier}") == 1, f"{name} of the answer is not signed")
            demand(len(envelope.xpath("//@*[local-name()='Id'][.=$id]", id=identifier)) == 1, f"two parts have the id of {name}")
            # xmlsec finds by their ids the elements that are told to it, and no others.
            context.register_id(part, "Id", NAMESPACES["wsu"])
        try:
            context.verify(signed)
        except xmlsec.Error as error:
            raise Untrusted("the signature of the answer is wrong") from error
        demand_fresh(one(header, "wsu:Timestamp"))
        return envelope


def demand(condition, otherwise):
    if not condition:
        raise Untrusted(otherwise)


def one(element, xpath):
    """The only one there is: a second of the same name, or one in another place, is somebody's attempt."""
    found = element.xpath(xpath, namespaces=NAMESPACES)
    demand(len(found) == 1, f"the answer has {len(found)} of {xpath}")
    return found[0]


def demand_algorithms(signed):
    """xmlsec would compute whatever a Signature names."""
    kinds = {"CanonicalizationMethod": EXCLUSIVE, "Transform": EXCLUSIVE, "DigestMethod": DIGESTS, "SignatureMethod": SIGNATURES}
    for kind, allowed in kinds.items():
        for method in signed.iter(f"{{{NAMESPACES['ds']}}}{kind}"):
            demand(allowed.fullmatch(method.get("Algorithm", "")), f"the answer has another {kind}")


def demand_fresh(timestamp):
    now = datetime.datetime.now(datetime.timezone.utc)
    created, expires = (
        datetime.datetime.fromisoformat(one(timestamp, f"wsu:{name}").text.replace("Z", "+00:00")) for name in ("Created", "Expires")
    )
    demand(created - CLOCK_TOLERANCE < now < expires + CLOCK_TOLERANCE, f"the answer is from {created}, or the clock is wrong")
