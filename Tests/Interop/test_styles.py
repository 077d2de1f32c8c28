"""How each partner is written to and answered, as its file says: judged by lxml, xmlsec1, `cryptography` and Python's ssl."""

import base64
import copy
import dataclasses
import datetime
import hashlib
import itertools
import json
import os
import re
import signal
import ssl
import unittest
import uuid

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA384
from lxml import etree

import foreign_signer as foreign
import gateway
import xmlsec1
from foreign_signer import BASE64, DIGESTS, DS, ECO, MORE, PROFILE, PSS, THUMBPRINT
from partner_server import WSSE11, PartnerFiles, PartnerServer, Words, receipt, version_of
from xmlsec1 import SOAP, WSA, WSSE, WSU

# A style may sign these too, and xmlsec1 must be told which attributes are ids.
xmlsec1.IDS += [f"{WSSE}:BinarySecurityToken", f"{WSSE11}:SignatureConfirmation", f"{WSA}:RelatesTo"]

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


def answered(call, signer, **options):
    """The partner's receipt: status, Content-Type and bytes."""
    envelope = etree.fromstring(call.body)
    return 200, gateway.CONTENT_TYPES[version_of(envelope)], receipt(envelope, signer, **options)


class Requests:
    """Korea writes to partners of many kinds; a server of the test takes what comes for all of them."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.server = PartnerServer(cls.world, "vietnam-tls")
        gateway.serve(cls.server, cls.addClassCleanup)
        cls.config = cls.world.configure("korea")
        cls.files = PartnerFiles(cls.world, "korea")

    def sent(self, name, dataset=None, files=None, config=None, **options):
        """One message to a partner, which answers with a receipt; what `send` reports."""
        files = files or self.files
        self.server.answer = lambda call: answered(call, files.signers[name], **options)
        dataset = json.dumps(dataset or files.to(name)).encode()
        arguments = ["send", "-", "--partner", name, "--config", config or self.config, "--format", "json"]
        _, output, errors = gateway.run(*arguments, input=dataset)
        return json.loads(output or "null") or errors


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


# A partner's own words for some of the menu's; below GoodsItem only one of the two that are called Description.
NAMES = {
    "namespace": "http://customs.la.example/eco", "elementForm": "qualified",
    "messages": {"SendCO": "SubmitCertificate", "SendCOResponse": "SubmitCertificateResult"},
    "elements": {
        "FunctionalReferenceID": "MessageNumber", "AgreementCode": "Treaty", "GoodsItem": "Line", "GoodsItem.Description": "Goods",
        "Message.ID": "CertificateNumber", "Receipt": "Stamp", "Receipt.DigestValue": "Digest",
    },
    "actions": {"send-co": "http://customs.la.example/eco/Submit"},
}
XS = "{http://www.w3.org/2001/XMLSchema}"
# The classes of which the menu has the elements at the top.
MESSAGES = ["SendCO", "SendAmendmentNotification", "SendCancelationStatus", "SendFeedback"]


def renamed_schema(names):
    """The published schema in a partner's words."""
    text = (gateway.ROOT / "wsdl/coconect-eco-1.xsd").read_text()
    if "namespace" in names:
        text = text.replace("urn:coconect:eco:1", names["namespace"])
    schema = etree.fromstring(text.encode())
    schema.set("elementFormDefault", names.get("elementForm", "qualified"))
    messages, elements = names.get("messages", {}), names.get("elements", {})
    for element in schema.iter(XS + "element"):
        own, kind = element.get("name"), next(element.iterancestors(XS + "complexType"), None)
        if kind is None:
            element.set("name", messages.get(own, own))
            continue
        parent = kind.get("name").removesuffix("Type")
        parent = "Message" if parent in MESSAGES else parent
        element.set("name", elements.get(f"{parent}.{own}", elements.get(own, own)))
    return etree.XMLSchema(schema)


class NamesTest(Requests, unittest.TestCase):
    """A partner whose own WSDL only renames."""

    forms = {
        "qualified": NAMES, "unqualified": NAMES | {"elementForm": "unqualified"}, "elements-alone": {"elements": NAMES["elements"]},
        "namespace-alone": {"namespace": NAMES["namespace"]},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for form, names in cls.forms.items():
            (cls.config.parent / f"{form}-names.yaml").write_text(yaml.safe_dump(names))
            cls.files.add(form, names=f"../{form}-names.yaml", endpoint={"url": cls.server.url, "soapVersion": "1.1"})
        cls.world.start("korea")
        # Or the file of the world's own partner alone would be left.
        assert sorted(path.stem for path in cls.files.folder.iterdir()) == sorted([*cls.forms, "vietnam"])

    @staticmethod
    def words(names):
        """As the server of the test uses them; of names with a class only those of a receipt's."""
        own = {key.split(".")[-1]: name for key, name in names.get("elements", {}).items() if key != "GoodsItem.Description"}
        return Words(names.get("namespace", "urn:coconect:eco:1"), names.get("elementForm", "qualified"), own | names.get("messages", {}))

    def test_a_request_is_valid_by_the_partners_schema_and_its_answer_in_its_words_is_taken(self):
        for form, names in self.forms.items():
            with self.subTest(form):
                report = self.sent(form, words=self.words(names))
                self.assertEqual(report["verdict"], "accepted", report)
                call = self.server.calls[-1]
                content = etree.fromstring(etree.tostring(etree.fromstring(call.body).find("{*}Body")[0]))
                renamed_schema(names).assertValid(content)
                namespace = names.get("namespace", "urn:coconect:eco:1")
                action = names.get("actions", {}).get("send-co", f"{namespace}:SendCO")
                self.assertEqual(call.headers["SOAPAction"], f'"{action}"')
                self.assertEqual(xmlsec1.verify(call.body, self.world.pki / "korea-signing.pem")[:2], ["Body", "Timestamp"])

    def test_an_answer_in_other_words_is_not_taken(self):
        words = self.words(NAMES)
        for what, other in {
            "the menu's": Words(), "unqualified": dataclasses.replace(words, form="unqualified"),
            "another namespace": dataclasses.replace(words, namespace="urn:coconect:eco:1"),
            "one name not renamed": dataclasses.replace(words, names={key: name for key, name in words.names.items() if name != "Digest"}),
        }.items():
            with self.subTest(what):
                report = self.sent("qualified", words=words, answered_in=other)
                self.assertEqual(report["verdict"], "unanswered", report)
                self.assertIn("the answer is not a SubmitCertificateResult: ", report["reason"])

    def test_its_request_is_answered_in_its_words_and_is_the_same_json_inside(self):
        for form, names in self.forms.items():
            with self.subTest(form):
                dataset = self.files.of(form)
                content = self.in_words(foreign.content_of(dataset), names)
                request = foreign.message(self.files.signers[form], content, foreign.Shape("p256-sha256", version="1.1"))
                action = names.get("actions", {}).get("send-co")
                headers = {"SOAPAction": f'"{action}"'} if action else {}
                status, _, answer = self.world.post(
                    "korea", request, content_type=gateway.CONTENT_TYPES["1.1"], headers=headers, sender="vietnam")
                self.assertEqual(status, 200, answer)
                receipt = etree.fromstring(etree.tostring(etree.fromstring(answer).find("{*}Body")[0]))
                renamed_schema(names).assertValid(receipt)
                self.assertEqual(receipt.xpath("string(//*[local-name()=$id])", id=self.words(names).of("FunctionalReferenceID")),
                                 dataset["functionalReferenceId"])
                (message,) = self.world.messages("korea", dataset["functionalReferenceId"])
                self.assertEqual(json.loads(self.world.kept("korea", message["id"], "dataset.json")), dataset)

    def test_it_may_use_the_words_of_the_menu_too_but_never_both(self):
        written = foreign.content_of(self.files.of("qualified"))
        for changes, outcome in [((), "SendCOResponse"), ((b"AgreementCode>", b"Treaty>"), "dataset")]:
            with self.subTest(outcome):
                content = foreign.with_own_id(written.replace(*changes) if changes else written)
                request = foreign.message(self.files.signers["qualified"], content, foreign.Shape("p256-sha256"))
                _, _, answer = self.world.post("korea", request, sender="vietnam")
                envelope = etree.fromstring(answer)
                found = envelope.findtext(f".//{ECO}Refusal/{ECO}Code") or etree.QName(envelope.find("{*}Body")[0]).localname
                self.assertEqual(found, outcome, answer)

    def in_words(self, content, names):
        """What the menu's words are in the partner's; valid by its schema."""
        root, elements = etree.fromstring(content), names.get("elements", {})
        namespace, is_qualified = names.get("namespace", "urn:coconect:eco:1"), names.get("elementForm") != "unqualified"
        renamed = {}
        for element in root.iter():
            own = etree.QName(element).localname
            parent = "Message" if element.getparent() is root else etree.QName(element.getparent()).localname if element is not root else ""
            name = elements.get(f"{parent}.{own}", elements.get(own, own)) if parent else names.get("messages", {}).get(own, own)
            renamed[element] = f"{{{namespace}}}{name}" if is_qualified or not parent else name
        for element, tag in renamed.items():
            element.tag = tag
        etree.cleanup_namespaces(root)
        renamed_schema(names).assertValid(root)
        return etree.tostring(root)


class TLSTest(Requests, unittest.TestCase):
    """Partners whose connections are not as all others'."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Another authority, and from it a server and a client of ours.
        for arguments in [
            ["other-ca", "--purpose", "authority", "--subject", "Another authority"],
            *(
                [name, "--purpose", "tls", "--issuer", cls.world.pki / "other-ca", "--subject", name, "--host", "localhost"]
                for name in ("other-server", "other-client")
            ),
        ]:
            status, _, errors = gateway.run("identity", "new", *arguments, "--out", cls.world.pki)
            assert status == 0, errors
        cls.other = cls.partner("other-server", "tls-ca")
        cls.closed = cls.partner("other-server", "other-ca")
        cls.old = cls.partner("vietnam-tls", "tls-ca", ssl.TLSVersion.TLSv1_2)
        cls.anchors = {"anchors": "../../pki/other-ca.pem"}
        cls.own = {"certificate": "../../pki/other-client.pem", "key": "../../pki/other-client.key"} | cls.anchors

    @classmethod
    def partner(cls, certificate, authority, newest=None):
        server = PartnerServer(cls.world, certificate, authority, newest)
        gateway.serve(server, cls.addClassCleanup)
        return server

    def outcome(self, server, **tls):
        """What `send` says to a partner at this server with these keys."""
        self.files.add("partner", endpoint={"url": server.url} | ({"tls": tls} if tls else {}))
        server.answer = lambda call: answered(call, self.files.signers["partner"])
        return self.sent("partner")

    def test_one_partner_has_another_authority_or_another_certificate_of_ours(self):
        for what, server, tls in [
            ("as all others", self.server, {}), ("anchors", self.other, self.anchors), ("all", self.closed, self.own),
        ]:
            with self.subTest(what):
                report = self.outcome(server, **tls)
                self.assertIsInstance(report, dict, report)
                self.assertEqual(report["verdict"], "accepted", report)

    def test_the_authority_of_one_is_nobody_elses(self):
        for what, server, tls in [("ours alone", self.other, {}), ("its own alone", self.server, self.anchors)]:
            with self.subTest(what):
                self.assertRegex(self.outcome(server, **tls), r"(?i)no answer: .*certificate.*\n  where: https://localhost")

    def test_without_the_certificate_that_the_server_wants_nothing_is_said(self):
        self.assertIn("no answer: ", self.outcome(self.closed, **self.anchors))

    def test_a_server_without_tls_1_3_is_not_spoken_to_where_1_3_is_the_least(self):
        self.assertEqual(self.outcome(self.old)["verdict"], "accepted")
        self.assertEqual(self.outcome(self.server, minimumVersion="1.3")["verdict"], "accepted")
        self.assertRegex(self.outcome(self.old, minimumVersion="1.3"), "does not speak TLS 1.3")

    def test_what_fails_is_told_in_words_with_the_key_to_look_at(self):
        for server, tls, key in [
            (self.old, {"minimumVersion": "1.3"}, "endpoint.tls.minimumVersion"), (self.server, self.anchors, "endpoint.tls.anchors"),
            (self.closed, self.anchors, "endpoint.tls.certificate"), (self.other, {}, "partnerTLS"),
        ]:
            with self.subTest(key):
                told = self.outcome(server, **tls)
                self.assertIn(key, told)
                # Where in the sources of a library it failed is nothing to an operator.
                self.assertNotIn("/.build/", told)

    def test_a_reload_takes_another_authority(self):
        dataset = self.files.to("reloaded")
        self.files.add("reloaded", endpoint={"url": self.other.url})
        self.other.answer = lambda call: answered(call, self.files.signers["reloaded"])
        self.world.start("korea")
        self.addCleanup(self.world.stop, "korea")
        _, _, answer = self.world.api("korea", "POST", "/partners/reloaded/send-co", dataset, {"Prefer": "wait=3"})
        self.assertEqual(answer["message"]["state"], "queued", answer)
        self.files.add("reloaded", endpoint={"url": self.other.url, "tls": self.anchors})
        self.world.servers["korea"].send_signal(signal.SIGHUP)
        gateway.until(20, "reloaded", lambda: "[Server] reloaded" in self.world.log_text("korea"))
        state = lambda: self.world.messages("korea", dataset["functionalReferenceId"])[0]["state"]
        gateway.until(30, "acknowledged", lambda: state() == "acknowledged")


class MistakeTest(unittest.TestCase):
    """What a partner's file may have wrong: one error each, with the place and what to do."""

    # By what is wrong: keys, the line that the error points to, its text and its help.
    mistakes = {
        "unknown toolkit": ({"toolkit": "cfx"}, "toolkit: ", "toolkit is 'cfx'", "did you mean cxf?"),
        "order without signature": (
            {"endpoint": {"securityHeader": ["token", "timestamp"]}}, "- token", "no signature", "[token, timestamp, signature]"),
        "order with a child twice": (
            {"answers": {"securityHeader": ["token", "token", "signature"]}}, "- token", "twice", "[token, timestamp, signature]"),
        "order without the token that KeyInfo names": (
            {"endpoint": {"securityHeader": ["timestamp", "signature"]}}, "- timestamp", "token", "token"),
        "parts without body": ({"endpoint": {"signedParts": ["timestamp"]}}, "- timestamp", "leaves out body", "Body is always signed"),
        "unknown part": ({"answers": {"signedParts": ["bodi"]}}, "- bodi", "'bodi'", "did you mean body?"),
        "unknown algorithm": ({"endpoint": {"algorithm": "rsa-sha1"}}, "algorithm: ", "is 'rsa-sha1'", "rsa-sha256, "),
        "unknown digest": ({"answers": {"digest": "sha1"}}, "digest: ", "is 'sha1'", "sha256, sha384, sha512"),
        "algorithm of another key": (
            {"endpoint": {"algorithm": "ecdsa-sha256"}}, "algorithm: ", "ecdsa-sha256, but our key is RSA", "endpoint.algorithm"),
        "path without slash": ({"endpoint": {"paths": {"send-co": "services"}}}, "send-co: ", "is 'services'", "starts with a slash"),
        "path that is none": ({"endpoint": {"paths": {"send-co": "/a b"}}}, "send-co: ", "is '/a b'", "%20"),
        "status that is no answer": ({"answers": {"faultStatus": 302}}, "faultStatus: ", "is 302", "use 500, 200 or one from 400 on"),
        "only a key": ({"endpoint": {"tls": {"key": "x.key"}}}, "key: ", "has not all of certificate, key and anchors", "give all three"),
        "anchors that are not there": (
            {"endpoint": {"tls": {"anchors": "nothing.pem"}}}, "anchors: ", "nothing.pem", ""),
        "a key that is not the certificate's": (
            {"endpoint": {"tls": {
                "certificate": "../../pki/korea-tls.pem", "key": "../../pki/vietnam-tls.key", "anchors": "../../pki/tls-ca.pem"}}},
            "key: ", "is not the key of", "made together"),
        "unknown version of TLS": ({"endpoint": {"tls": {"minimumVersion": "1.1"}}}, "minimumVersion: ", "is '1.1'", "known: 1.2, 1.3"),
        "unknown key": ({"endpoint": {"soapAktion": "quoted"}}, "soapAktion: ", "unknown key", "did you mean endpoint.soapAction?"),
        "unknown operation": ({"endpoint": {"paths": {"send-c0": "/x"}}}, "send-c0: ", "unknown key", "endpoint.paths.send-co"),
    }
    # Likewise of a file of names.
    names = {
        "unknown element": ({"elements": {"ID": "Number", "AgreementCod": "Treaty"}}, "AgreementCod: ", "AgreementCod", "AgreementCode"),
        "unknown message": ({"messages": {"SendCo": "Submit"}}, "SendCo: ", "SendCo is no message", "did you mean SendCO?"),
        "unknown operation": ({"actions": {"send": "urn:x"}}, "send: ", "send", "send-co"),
        "not a name": ({"elements": {"ID": "a b"}}, "ID: ", "'a b' is not a name", ""),
        "two of one name": ({"elements": {"VersionID": "ID"}}, "VersionID: ", "two elements of the same name", ""),
        "unknown key": ({"element": {"ID": "Number"}}, "element:", "unknown key", "elements"),
        "unknown form": ({"elementForm": "unqualifed"}, "elementForm: ", "unqualifed", "qualified"),
    }

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.config = cls.world.configure("korea")
        cls.files = PartnerFiles(cls.world, "korea")

    def expect(self, file, line, text, help):
        """The one error of `check`, at this line of this file."""
        status, output, errors = gateway.run("check", "--config", self.config)
        found = re.findall(r"error: (.+)\n  where: (.+)\n(?:  help: (.+)\n)?", output.decode())
        self.assertEqual((status, len(found)), (1, 1), output.decode() + errors)
        told, where, advice = found[0]
        self.assertIn(text, told)
        self.assertIn(help, told + " " + advice)
        lines = file.read_text().splitlines()
        (number,) = [number for number, content in enumerate(lines, 1) if content.strip().startswith(line)][:1]
        path, _, at = where.rpartition(":")
        self.assertEqual((os.path.normpath(path), at), (str(file), str(number)), where)

    def test_each_mistake_of_a_partners_file_is_told_with_its_place_and_what_to_do(self):
        for what, (keys, line, text, help) in self.mistakes.items():
            with self.subTest(what):
                self.files.add("mistaken", **copy.deepcopy(keys))
                self.expect(self.files.folder / "mistaken.yaml", line, text, help)

    def test_each_mistake_of_a_file_of_names_is_told_with_its_place_and_what_to_do(self):
        file = self.config.parent / "names.yaml"
        self.files.add("mistaken", names="../names.yaml")
        for what, (names, line, text, help) in self.names.items():
            with self.subTest(what):
                file.write_text(yaml.safe_dump(names))
                self.expect(file, line, text, help)

    def test_a_file_of_names_that_is_not_there_is_told(self):
        self.files.add("mistaken", names="../nothing.yaml")
        self.expect(self.files.folder / "mistaken.yaml", "names: ", "nothing.yaml', which cannot be read", "")


if __name__ == "__main__":
    unittest.main()
