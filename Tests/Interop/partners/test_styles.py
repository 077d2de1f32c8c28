"""How each partner is written to and answered, as its file says: judged by lxml, xmlsec1 and `cryptography`."""

import base64
import dataclasses
import datetime
import hashlib
import itertools
import re
import unittest
import uuid

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA384
from lxml import etree

import foreign_signer as foreign
import gateway
import xmlsec1
from foreign_signer import BASE64, DIGESTS, DS, MORE, PROFILE, PSS, THUMBPRINT
from partners.partner_server import PartnerFiles, Requests, version_of
from xmlsec1 import SOAP, WSA, WSSE, WSU

ACTION = "urn:coconect:eco:1:SendCO"
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")
REFERENCES = {
    ("Reference", PROFILE + "X509v3"): "binary-security-token", ("Reference", PROFILE + "X509PKIPathv1"): "pki-path",
    ("KeyIdentifier", PROFILE + "X509SubjectKeyIdentifier"): "ski", ("KeyIdentifier", THUMBPRINT): "thumbprint",
    ("KeyIdentifier", PROFILE + "X509v3"): "key-identifier", ("X509IssuerSerial", None): "issuer-serial",
    ("X509Certificate", None): "x509-data",
}
TIMESTAMP_FIRST = ("Timestamp", "BinarySecurityToken", "Signature")
OWN = {"body": "Body", "timestamp": "Timestamp", "token": "BinarySecurityToken", "confirmation": "SignatureConfirmation"}


@dataclasses.dataclass
class Look:
    """How a message is signed; as it is where a partner's file says nothing."""

    version: str = "1.2"
    headers: tuple = ("To", "Action", "MessageID", "ReplyTo", "Security")
    order: tuple = ("BinarySecurityToken", "Timestamp", "Signature")
    signed: frozenset = frozenset(["body", "timestamp", "addressing"])
    must: str | None = "1"
    # Of its Timestamp; an empty list where it has none.
    digits: int | list = 3
    lifetime: int | list = 300
    algorithm: str = MORE + "rsa-sha256"
    digest: str = "sha256"
    token: str = "binary-security-token"


def seen(message, certificate):
    """The look of a message whose signature is whole and names this certificate: every Reference found again, every digest and the
    value of the signature computed by others."""
    envelope = etree.fromstring(message)
    version = version_of(envelope)
    header = envelope.find(f"{{{SOAP[version]}}}Header")
    security = header.find(f"{{{WSSE}}}Security")
    signature = security.find(f"{{{DS}}}Signature")
    signed = [covered(envelope, reference) for reference in signature.iter(f"{{{DS}}}Reference")]
    methods = {method.get("Algorithm") for method in signature.iter(f"{{{DS}}}DigestMethod") if method.getparent().tag != PSS}
    (digest,) = [name for name, uri in DIGESTS.items() if {uri} == methods]
    algorithm = signature.find(f".//{{{DS}}}SignatureMethod").get("Algorithm")
    check_value(message, signature, algorithm, certificate)
    times = [TIME.fullmatch(text) for text in security.xpath("wsu:Timestamp/*/text()", namespaces={"wsu": WSU})]
    created, expires = [datetime.datetime.fromisoformat(time[1]) for time in times] or [None, None]
    return Look(
        version=version, headers=tuple(etree.QName(block).localname for block in header),
        order=tuple(etree.QName(child).localname for child in security), signed=frozenset(words(header, signed)),
        must=security.get(f"{{{SOAP[version]}}}mustUnderstand"), digits=times and len(times[0][2] or ""),
        lifetime=times and (expires - created).seconds, algorithm=algorithm, digest=digest,
        token=named(signature, security, certificate),
    )


def covered(envelope, reference):
    """The one element that a Reference names, of which it has the digest."""
    (part,) = envelope.xpath("//*[@wsu:Id=$id]", id=reference.get("URI")[1:], namespaces={"wsu": WSU})
    (digest,) = [name for name, uri in DIGESTS.items() if uri == reference.find(f"{{{DS}}}DigestMethod").get("Algorithm")]
    assert hashlib.new(digest, foreign.canonical(part)).digest() == base64.b64decode(reference.findtext(f"{{{DS}}}DigestValue")), part
    return part


def words(header, signed):
    """The parts in the words of a partner's file; of WS-Addressing's headers all are signed or none."""
    addressing = {block for block in header if etree.QName(block).namespace == WSA}
    if addressing and addressing <= set(signed):
        yield "addressing"
    own = {local: word for word, local in OWN.items()}
    for part in set(signed) - addressing:
        yield own[etree.QName(part).localname]
    assert not addressing & set(signed) or addressing <= set(signed), signed


def check_value(message, signature, algorithm, certificate):
    if not algorithm.startswith(PSS):
        xmlsec1.verify(message, certificate)
        return
    # xmlsec1 1.2 lacks RSA-PSS.
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    value = base64.b64decode(signature.findtext(f"{{{DS}}}SignatureValue"))
    info = foreign.canonical(signature.find(f"{{{DS}}}SignedInfo"))
    key.verify(value, info, padding.PSS(padding.MGF1(SHA384()), SHA384.digest_size), SHA384())


def named(signature, security, certificate):
    """How KeyInfo names the certificate, which must be this one."""
    pem = x509.load_pem_x509_certificate(certificate.read_bytes())
    der = pem.public_bytes(foreign.serialization.Encoding.DER)
    reference = signature.find(f"{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference")[0]
    if etree.QName(reference).localname == "X509Data":
        reference = reference[0]
    kind = REFERENCES[etree.QName(reference).localname, reference.get("ValueType")]
    value = base64.b64decode(reference.text or "") if kind not in ("issuer-serial",) else None
    if reference.get("URI"):
        (token,) = security.xpath("*[@wsu:Id=$id]", id=reference.get("URI")[1:], namespaces={"wsu": WSU})
        assert (token.get("ValueType"), token.get("EncodingType")) == (reference.get("ValueType"), BASE64)
        value = base64.b64decode(token.text)
    wanted = {
        "pki-path": foreign.pki_path(der), "thumbprint": pem.fingerprint(SHA1()), "issuer-serial": None,
        "ski": x509.SubjectKeyIdentifier.from_public_key(pem.public_key()).digest,
    }.get(kind, der)
    assert value == wanted, kind
    if kind == "issuer-serial":
        found = [reference.findtext(f"{{{DS}}}X509{name}") for name in ("IssuerName", "SerialNumber")]
        assert found == [pem.issuer.rfc4514_string(), str(pem.serial_number)], found
    return kind


V11, NO_ADDRESSING = {"version": "1.1"}, {"headers": ("Security",), "signed": frozenset(["body", "timestamp"])}
# What a partner's file may say of both directions, and how what we write then looks.
SIGNING = {
    "algorithm rsa-sha512": ({"algorithm": "rsa-sha512"}, {"algorithm": MORE + "rsa-sha512"}),
    "algorithm rsa-pss-sha384": ({"algorithm": "rsa-pss-sha384"}, {"algorithm": PSS + "sha384-rsa-MGF1"}),
    "digest sha384": ({"digest": "sha384"}, {"digest": "sha384"}),
    "digest sha512": ({"digest": "sha512"}, {"digest": "sha512"}),
    "token pki-path": ({"token": "pki-path"}, {"token": "pki-path"}),
    **{
        f"token {token}": ({"token": token}, {"token": token, "order": ("Timestamp", "Signature")})
        for token in ("issuer-serial", "ski", "thumbprint", "key-identifier", "x509-data")
    },
    "Signature first": (
        {"securityHeader": ["signature", "token", "timestamp"]}, {"order": ("Signature", "BinarySecurityToken", "Timestamp")}),
    "no Timestamp": (
        {"securityHeader": ["token", "signature"]},
        {"order": ("BinarySecurityToken", "Signature"), "signed": frozenset(["body", "addressing"]), "digits": [], "lifetime": []}),
    "mustUnderstand off": ({"mustUnderstand": "off"}, {"must": None}),
    "Body alone signed": ({"signedParts": ["body"]}, {"signed": frozenset(["body"])}),
    "the token signed too": (
        {"signedParts": ["token", "body", "timestamp", "addressing"]},
        {"signed": frozenset(["body", "timestamp", "addressing", "token"])}),
    "times without fraction": ({"timestamp": {"fractionDigits": 0}}, {"digits": 0}),
    "times with nine digits": ({"timestamp": {"fractionDigits": 9, "lifetime": 60}}, {"digits": 9, "lifetime": 60}),
}
TOOLKITS = {
    "cxf": V11, "wcf": {"order": TIMESTAMP_FIRST}, "gsoap": {"digits": 0}, "php": V11 | NO_ADDRESSING | {"must": None, "digits": 0},
    "zeep": V11 | NO_ADDRESSING, "node-soap": V11 | NO_ADDRESSING | {"must": None}, "axis2": {"order": TIMESTAMP_FIRST},
}


class RequestTest(Requests, unittest.TestCase):
    # By what is said: the keys of the partner's file, the look, and what HTTP says beside it.
    styles = {
        "nothing": ({}, {}, {}),
        **{toolkit: ({"toolkit": toolkit}, look, {}) for toolkit, look in TOOLKITS.items()},
        "a key before its toolkit": (
            {"toolkit": "php", "endpoint": {"soapVersion": "1.2", "addressing": "on", "mustUnderstand": "on"}}, {"digits": 0}, {}),
        **{name: ({"endpoint": keys}, look, {}) for name, (keys, look) in SIGNING.items()},
        "SOAP 1.1": ({"endpoint": {"soapVersion": "1.1"}}, V11, {}),
        "no addressing": ({"endpoint": {"addressing": "off"}}, NO_ADDRESSING, {}),
        "Security first": ({"endpoint": {"securityPlace": "first"}}, {"headers": ("Security", "To", "Action", "MessageID", "ReplyTo")}, {}),
        "a path of its own": ({"endpoint": {"paths": {"send-co": "/services/CO.svc"}}}, {}, {"path": "/services/CO.svc"}),
        **{
            f"{spelling} action in SOAP {version}": (
                {"endpoint": {"soapVersion": version, "soapAction": spelling}}, {"version": version}, {"action": action})
            for version in SOAP for spelling, action in {"unquoted": ACTION, "empty": '""', "absent": None}.items()
        },
    }

    def call(self, name, **options):
        """One message to a partner that answers as it should; what came to it."""
        report = self.sent(name, **options)
        self.assertEqual(report["verdict"], "accepted", report)
        return self.server.calls[-1]

    def check(self, call, look, path="/send-co", action=f'"{ACTION}"', certificate="korea-signing.pem"):
        expected = Look(**look)
        self.assertEqual(seen(call.body, self.world.pki / certificate), expected)
        self.assertEqual(call.path, path)
        kind = gateway.CONTENT_TYPES[expected.version]
        spelled = f"; action={action}" if expected.version == "1.2" and action is not None else ""
        self.assertEqual(call.headers["Content-Type"], kind + spelled)
        self.assertEqual(call.headers["SOAPAction"], action if expected.version == "1.1" else None)
        header = etree.fromstring(call.body).find("{*}Header")
        if "To" in expected.headers:
            self.assertEqual(header.findtext(f"{{{WSA}}}To"), self.server.url + path)
            self.assertEqual(header.findtext(f"{{{WSA}}}Action"), ACTION)

    def test_each_partner_is_written_to_as_its_file_says(self):
        names = {what: re.sub("[^a-z0-9]+", "-", what.lower()) for what in self.styles}
        for what, (keys, _, _) in self.styles.items():
            self.files.add(names[what], **(keys | {"endpoint": {"url": self.server.url} | keys.get("endpoint", {})}))
        for what, (_, look, http) in self.styles.items():
            with self.subTest(what):
                self.check(self.call(names[what]), look, **http)

    def test_a_key_on_a_curve_signs_with_what_it_can(self):
        identity = {"certificate": "../pki/korea-signing-p256.pem", "key": "../pki/korea-signing-p256.key"}
        config = self.world.configure("vietnam", identity=identity, partner={"certificates": ["../../pki/vietnam-signing.pem"]})
        files = PartnerFiles(self.world, "vietnam")
        for name, keys, algorithm in [
            ("curve", {}, "ecdsa-sha256"), ("curve-512", {"algorithm": "ecdsa-sha512"}, "ecdsa-sha512"),
        ]:
            with self.subTest(algorithm):
                files.add(name, endpoint={"url": self.server.url} | keys)
                call = self.call(name, files=files, config=config)
                self.check(call, {"algorithm": MORE + algorithm}, certificate="korea-signing-p256.pem")


class ConfirmationTest(Requests, unittest.TestCase):
    """A partner that repeats the value of our signature."""

    def test_a_receipt_counts_only_with_the_right_confirmation_where_there_is_one_or_one_is_demanded(self):
        for name, demanded in [("demands", "on"), ("leaves-it", "off")]:
            self.files.add(name, endpoint={"url": self.server.url, "signatureConfirmation": demanded})
        other = "is not signed, or is for another request's signature"
        for name, confirmation, reason in [
            ("demands", "right", None), ("demands", "wrong", other), ("demands", "unsigned", other),
            ("demands", "absent", "no SignatureConfirmation, which endpoint.signatureConfirmation demands"),
            ("demands", "empty", other), ("leaves-it", "right", None), ("leaves-it", "wrong", other), ("leaves-it", "unsigned", other),
            ("leaves-it", "empty", other), ("leaves-it", "absent", None),
        ]:
            with self.subTest(name, confirmation=confirmation):
                report = self.sent(name, confirmation=confirmation)
                self.assertEqual(report["verdict"], "unanswered" if reason else "accepted", report)
                self.assertIn(reason or "", report.get("reason", ""))


# As SIGNING, of answers alone; and which of them are signed, confirmed, and the status of a fault.
ANSWERS = {
    "nothing": ({}, {}, {}),
    **{
        toolkit: ({"toolkit": toolkit}, {key: value for key, value in look.items() if key in ("order", "digits", "must")}, {})
        for toolkit, look in TOOLKITS.items()
    },
    **{name: ({"answers": keys}, look, {}) for name, (keys, look) in SIGNING.items()},
    "a key before its toolkit": ({"toolkit": "wcf", "answers": {"securityHeader": ["token", "timestamp", "signature"]}}, {}, {}),
    "Security first": ({"answers": {"securityPlace": "first"}}, {"headers": ("Security", "Action", "RelatesTo")}, {}),
    "receipts unsigned": ({"answers": {"receipts": "unsigned"}}, {}, {"unsigned": ["receipt"]}),
    "faults unsigned": ({"answers": {"faults": "unsigned"}}, {}, {"unsigned": ["fault"]}),
    "faults with 200": ({"answers": {"faultStatus": 200}}, {}, {"status": 200}),
    "faults with 400": ({"answers": {"faultStatus": 400, "faults": "unsigned"}}, {}, {"status": 400, "unsigned": ["fault"]}),
    "confirmed": (
        {"answers": {"signatureConfirmation": "on", "digest": "sha512"}},
        {"order": ("BinarySecurityToken", "Timestamp", "SignatureConfirmation", "Signature"), "digest": "sha512",
         "signed": frozenset(["body", "timestamp", "addressing", "confirmation"])}, {"confirmed": True}),
    "confirmed, Body alone signed beside": (
        {"toolkit": "axis2", "answers": {"signatureConfirmation": "on", "signedParts": ["body"]}},
        {"order": ("Timestamp", "SignatureConfirmation", "BinarySecurityToken", "Signature"),
         "signed": frozenset(["body", "confirmation"])}, {"confirmed": True}),
}


class AnswerTest(unittest.TestCase):
    """Partners of many kinds call Viet Nam, each signing with a key of its own."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.configure("vietnam")
        cls.files = PartnerFiles(cls.world, "vietnam")
        cls.names = {what: re.sub("[^a-z0-9]+", "-", what.lower()) for what in ANSWERS}
        for what, (keys, _, _) in ANSWERS.items():
            cls.files.add(cls.names[what], **keys)
        cls.world.start("vietnam")
        cls.contents = {
            "receipt": foreign.content_of(cls.files.of("anybody")),
            "fault": foreign.content_of(cls.files.of("anybody", receiver={"country": "JP", "agency": "Japan Customs"})),
        }

    def signed(self, name, content, version):
        """A partner's message with signed headers of WS-Addressing."""
        content = foreign.with_own_id(content).replace(b"Customs of anybody", f"Customs of {name}".encode())
        headers = []
        for number, (local, text) in enumerate({"Action": ACTION, "MessageID": f"urn:uuid:{uuid.uuid4()}"}.items()):
            headers.append(etree.Element(f"{{{WSA}}}{local}", {f"{{{WSU}}}Id": f"header-{number}"}, {"wsa": WSA}))
            headers[-1].text = text
        draft = foreign.Draft(self.files.signers[name], content, foreign.Shape("p256-sha256", version=version), headers)
        return draft.signed(("body-1", "time-1", "header-0", "header-1"))

    def check(self, answer, request, look, confirmed):
        self.assertEqual(seen(answer, self.world.pki / "vietnam-signing.pem"), look)
        values = etree.fromstring(answer).xpath("//*[local-name()='SignatureConfirmation']/@Value")
        own = etree.fromstring(request).xpath("//ds:SignatureValue/text()", namespaces={"ds": DS})
        self.assertEqual([base64.b64decode(value) for value in values], [base64.b64decode(value) for value in own if confirmed])

    def test_each_partner_is_answered_as_its_file_says(self):
        for (what, (_, look, http)), version in zip(ANSWERS.items(), itertools.cycle(SOAP)):
            look = dataclasses.replace(Look(version=version, headers=("Action", "RelatesTo", "Security")), **look)
            for kind, local, status in [("receipt", "SendCOResponse", 200), ("fault", "Fault", http.get("status", 500))]:
                with self.subTest(what, answer=kind):
                    request = self.signed(self.names[what], self.contents[kind], version)
                    found, headers, answer = self.world.post("vietnam", request, content_type=gateway.CONTENT_TYPES[version])
                    envelope = etree.fromstring(answer)
                    self.assertEqual(etree.QName(envelope.find("{*}Body")[0]).localname, local, answer)
                    self.assertEqual((found, headers["Content-Type"]), (status, gateway.CONTENT_TYPES[version]))
                    if kind in http.get("unsigned", []):
                        # What they relate to is told all the same (WS-Addressing 1.0 core, section 3.4).
                        blocks = [etree.QName(block).localname for block in envelope.iterfind("{*}Header/*")]
                        self.assertEqual(blocks, ["Action", "RelatesTo"])
                    else:
                        self.check(answer, request, look, http.get("confirmed"))

    def test_a_signature_that_does_not_hold_is_not_confirmed(self):
        """Or whoever cannot sign would get a word of ours about a signature; and who it is from is not known."""
        request = self.signed(self.names["confirmed"], self.contents["receipt"], "1.2")
        _, _, answer = self.world.post("vietnam", request.replace(b">812.500<", b">812.501<"))
        self.check(answer, request, Look(**NO_ADDRESSING), confirmed=False)


if __name__ == "__main__":
    unittest.main()
