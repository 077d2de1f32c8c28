"""Every way of signing that partners' stacks have, by a foreign hand: accepted where xmlsec accepts it, refused where it must be."""

import contextlib
import datetime
import itertools
import json
import random
import unittest

# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from zeep.wsse import signature as zeep_signature

import foreign_signer as foreign
import gateway
from foreign_signer import DS, PROFILE, Shape, element, issuer_serial, key_identifier, reference
from messages.issuer_names import ISSUER, OTHER_NAMES, SPELLINGS
from xmlsec1 import SOAP, WSSE, WSU

UNREAD, UNKNOWN, NOT_ALLOWED = (308, "token-reference"), (501, "signer-unknown"), (402, "algorithm-not-allowed")

# What may differ between two correct messages; every two values of two rows of this table meet in a message.
VARIATIONS = {
    "algorithm": list(foreign.ALGORITHMS),
    "digest": ["sha256", "sha384", "sha512"],
    "token": list(foreign.TOKENS),
    "version": ["1.1", "1.2"],
    "prefixes": list(foreign.PREFIXES),
    "order": list(itertools.permutations(["Token", "Timestamp", "Signature"])),
    "prefix_list": [None, "", "soap wsse", "#default soap", "S _ wsse wsu"],
    "id_style": list(foreign.ID_STYLES),
    "transform": ["exclusive", "enveloped"],
    "layout": ["tight", "indented", "CR LF in base64", "ids everywhere"],
}


def pairwise(table, random):
    """Rows such that every two values of different columns stand together in one of them."""
    columns = list(table)

    def pairs(row):
        return set(itertools.combinations([(column, row[column]) for column in columns], 2))

    missing = {
        ((one, a), (other, b))
        for one, other in itertools.combinations(columns, 2) for a, b in itertools.product(table[one], table[other])
    }
    while missing:
        start = min(missing, key=repr)
        candidates = [{column: random.choice(table[column]) for column in columns} | dict(start) for _ in range(30)]
        best = max(candidates, key=lambda row: len(pairs(row) & missing))
        missing -= pairs(best)
        yield best


class ForeignSigners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        pki = cls.world.pki
        cls.signers = {kind: foreign.Signer(pki, f"foreign-{kind}", kind, ISSUER) for kind in ("rsa", *foreign.CURVES)}
        cls.twins = [foreign.Signer(pki, "twin-1", "p256")]
        cls.twins.append(foreign.Signer(pki, "twin-2", issuer=cls.twins[0].certificate.issuer, key=cls.twins[0].key,
                                        serial=cls.twins[0].certificate.serial_number))
        cls.bare = foreign.Signer(pki, "bare", key_identifier=False)
        cls.stranger = foreign.Signer(pki, "stranger")
        certificates = [f"../../pki/{signer.path.name}" for signer in (*cls.signers.values(), *cls.twins, cls.bare)]
        cls.world.start("vietnam", partner={"certificates": certificates})
        cls.rules = gateway.run("explain")[1].decode().splitlines()
        cls.line = foreign.Line(cls.world)
        cls.addClassCleanup(cls.line.close)
        cls.content = foreign.content_of(gateway.example())
        cls.rsa = cls.signers["rsa"]

    def signer(self, algorithm):
        return self.signers[foreign.ALGORITHMS[algorithm][0]]

    def draft(self, shape=Shape(), signer=None, **options):
        return foreign.Draft(signer or self.signer(shape.algorithm), foreign.with_own_id(self.content), shape, **options)

    def message(self, **shape):
        return self.draft(Shape(**shape)).signed()

    def assertAnswer(self, expected, message, version="1.2"):
        found = self.line.post(message, version)
        if found != expected:
            self.fail(f"{found}, not {expected}: {self.world.log_text('vietnam').splitlines()[-1]}")

    def assertAccepted(self, message, version="1.2"):
        self.assertAnswer((200, None), message, version)

    def assertRefused(self, rule, message, version="1.2"):
        self.assertAnswer((500, rule), message, version)
        self.assertIn(f"{rule[0]} {rule[1]}", self.rules)

    # Accepted

    def test_every_two_variations_together_are_accepted_by_xmlsec_and_by_us(self):
        for row in pairwise(VARIATIONS, random.Random(1)):
            with self.subTest(**row):
                message = self.message(**row)
                if not row["algorithm"].startswith("pss"):
                    self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(message), self.signer(row["algorithm"])))
                self.assertAccepted(message, row["version"])

    def test_the_command_verifies_every_algorithm_with_both_engines_where_both_have_it(self):
        trust = self.world.folder / "trust-foreign"
        trust.mkdir()
        for kind, signer in self.signers.items():
            (trust / f"{kind}.pem").write_bytes(signer.pem)
        now = datetime.datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
        for algorithm, (kind, _, _) in foreign.ALGORITHMS.items():
            with self.subTest(algorithm=algorithm):
                arguments = ["verify", "-", "--trust", trust, "--at", now, "--format", "json"]
                status, output, errors = gateway.run(*arguments, input=self.message(algorithm=algorithm))
                self.assertEqual(status, 0, output.decode() + errors)
                report = json.loads(output)
                engine = "not able" if algorithm.startswith("pss") else "agrees"
                self.assertEqual((report["verdict"], report["secondEngine"], report["signer"]["partner"]), ("good", engine, kind))

    def test_rsa_pss_parameters_are_read_as_java_writes_them(self):
        for digest in ("sha256", "sha384", "sha512"):
            with self.subTest(digest=digest):
                draft = self.draft(Shape(algorithm=f"pss-params-{digest}"))
                draft.pss_parameters = foreign.pss_parameters_of_java(digest)
                self.assertAccepted(draft.signed())

    def test_zeep_s_own_signature_classes_are_accepted(self):
        key = self.world.pki / "zeep.key"
        key.write_bytes(self.rsa.key_pem)
        for kind, version in itertools.product(["Signature", "BinarySignature"], gateway.CONTENT_TYPES):
            with self.subTest(kind=kind, version=version):
                draft = self.draft(Shape(version=version))
                draft.security.remove(draft.signature)
                draft.security.remove(draft.security.find(f"{{{WSSE}}}BinarySecurityToken"))
                hand = getattr(zeep_signature, kind)(
                    str(key), str(self.rsa.path), signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256
                )
                hand.apply(draft.envelope, {})
                self.assertAccepted(etree.tostring(draft.envelope), version)

    def test_issuer_and_serial_number_are_found_in_every_spelling(self):
        for toolkit, spelling in SPELLINGS.items():
            for where, wrap in {"reference": lambda data: reference(data), "KeyInfo": lambda data: data}.items():
                with self.subTest(toolkit=toolkit, where=where):
                    draft = self.draft()
                    draft.key_reference = lambda signer: wrap(element("ds:X509Data", issuer_serial(signer, spelling)))
                    self.assertAccepted(draft.signed())

    def test_more_parts_may_be_signed_and_in_any_order(self):
        for parts in itertools.permutations(["body-1", "time-1", "token-1"]):
            with self.subTest(parts=parts):
                self.assertAccepted(self.draft().signed(parts))

    def test_what_canonicalization_levels_out_after_signing_is_accepted_by_xmlsec_and_by_us(self):
        message = self.message()
        for what, old, new in [
            ("comment in a value", b">812.500<", b">812<!-- kg -->.500<"), ("CDATA", b">812.500<", b"><![CDATA[812.500]]><"),
            ("CDATA in part", b">812.500<", b">812.<![CDATA[500]]><"), ("character reference", b">812.500<", b">8&#x31;2.500<"),
            ("comment between elements", b"<Sender>", b"<!-- from --><Sender>"), ("white space in a tag", b"</Sender>", b"</Sender\n >"),
            ("single quotes", b'Id="body-1"', b"Id='body-1'"), ("other spelling of an id", b'Id="body-1"', b'Id="&#98;ody-1"'),
            ("a namespace that is not used", b"<Sender>", b'<Sender xmlns:more="urn:example:more">'),
            ("the same namespace again", b"<Sender>", b'<Sender xmlns="urn:coconect:eco:1">'),
            ("CR LF between tags of Security", b"</wsse:Security>", b"\r\n</wsse:Security>"),
            ("byte order mark", b"<soap:Envelope ", b"\xef\xbb\xbf<soap:Envelope "),
        ]:
            with self.subTest(what=what):
                self.assertEqual(message.count(old), 1, old)
                changed = message.replace(old, new)
                self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(changed), self.rsa))
                self.assertAccepted(changed)

    def test_the_signer_is_the_last_of_a_path(self):
        for what, path, expected in [
            ("its issuer before it", [self.stranger.der, self.rsa.der], (200, None)),
            ("the signer first", [self.rsa.der, self.stranger.der], (500, UNKNOWN)),
            ("eleven", [self.rsa.der] * 11, (500, UNREAD)),
            ("none", [], (500, UNREAD)),
            ("something else in it", [self.rsa.der, b"\x05\x00"], (500, UNREAD)),
        ]:
            with self.subTest(what=what):
                envelope = etree.fromstring(self.message(token="PKIPath"))
                envelope.find(f".//{{{WSSE}}}BinarySecurityToken").text = foreign.text(foreign.pki_path(*path))
                self.assertAnswer(expected, etree.tostring(envelope))

    def test_a_certificate_without_key_identifier_is_found_by_that_of_its_key(self):
        for token in ("key identifier", "X509SKI"):
            self.assertAccepted(self.draft(Shape(token=token), signer=self.bare).signed())

    # Refused

    def test_other_names_and_numbers_are_no_known_signer(self):
        serial = self.rsa.certificate.serial_number
        names = [(what, name, serial) for what, name in OTHER_NAMES.items()]
        numbers = [(what, None, number) for what, number in {
            "another number": serial + 1, "hexadecimal": f"{serial:x}", "with 0x": f"0x{serial:x}", "negative": -serial,
        }.items()]
        for what, name, number in names + numbers:
            with self.subTest(what=what):
                draft = self.draft()
                draft.key_reference = lambda signer: reference(element("ds:X509Data", issuer_serial(signer, name, number)))
                self.assertRefused(UNKNOWN, draft.signed())

    def test_utf_16_needs_a_byte_order_mark(self):
        """XML 1.0, section 4.3.3; libxml2, and so xmlsec, cannot read it without."""
        message = self.message().decode()
        self.assertAccepted(message.encode("utf-16"))
        for encoding in ("utf-16-le", "utf-16-be"):
            with self.subTest(encoding=encoding):
                with self.assertRaises(etree.XMLSyntaxError):
                    etree.fromstring(message.encode(encoding))
                self.assertRefused((103, "encoding"), message.encode(encoding))

    def test_a_changed_digit_and_a_changed_signature_are_refused_in_every_algorithm(self):
        for algorithm in foreign.ALGORITHMS:
            with self.subTest(algorithm=algorithm):
                message = self.message(algorithm=algorithm)
                self.assertEqual(message.count(b">812.500<"), 1)
                changed = message.replace(b">812.500<", b">812.501<")
                self.assertFalse(foreign.xmlsec_accepts(etree.fromstring(changed), self.signer(algorithm)))
                self.assertRefused((410, "digest-wrong"), changed)
                start = message.index(b"SignatureValue>") + 30
                letter = b"B" if message[start:start + 1] == b"A" else b"A"
                self.assertRefused((408, "signature-wrong"), message[:start] + letter + message[start + 1:])

    def test_what_is_not_in_the_allow_list_is_refused_by_name(self):
        weak = {
            "rsa-sha1": DS + "rsa-sha1", "dsa": DS + "dsa-sha1", "hmac": foreign.MORE + "hmac-sha256", "md5": foreign.MORE + "rsa-md5",
            "ripemd": foreign.MORE + "rsa-ripemd160", "sha224": foreign.MORE + "rsa-sha224", "ecdsa-sha1": foreign.MORE + "ecdsa-sha1",
            "pss-sha1": foreign.PSS + "sha1-rsa-MGF1", "nothing": "",
        }
        message = self.message()
        for what, uri in weak.items():
            with self.subTest(what=what):
                changed = message.replace(foreign.ALGORITHMS["rsa-sha256"][1].encode(), uri.encode())
                self.assertRefused(NOT_ALLOWED, changed)
        with self.subTest(what="inclusive canonicalization"):
            inclusive = b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
            self.assertRefused(NOT_ALLOWED, message.replace(foreign.EXCLUSIVE.encode(), inclusive))

    def test_rsa_pss_with_other_parameters_is_refused(self):
        for what, change in {
            "salt of 20": lambda params: params.find("{*}SaltLength").__setattr__("text", "20"),
            "another digest in MGF1": lambda params: params[1][0].set("Algorithm", foreign.DIGESTS["sha512"]),
            "trailer 2": lambda params: etree.SubElement(params, f"{{{foreign.PSS}}}TrailerField").__setattr__("text", "2"),
            "SHA-1": lambda params: params[0].set("Algorithm", foreign.DIGESTS["sha1"]),
        }.items():
            with self.subTest(what=what):
                draft = self.draft(Shape(algorithm="pss-params-sha256"))
                change(draft.pss_parameters)
                self.assertRefused(NOT_ALLOWED, draft.signed())

    def test_a_key_of_another_kind_does_not_fit(self):
        for algorithm, token in [("rsa-sha256", self.signers["p256"]), ("p256-sha256", self.rsa), ("pss-sha256", self.signers["p384"])]:
            with self.subTest(algorithm=algorithm):
                draft = self.draft(Shape(algorithm=algorithm, token="KeyIdentifier X509v3"))
                draft.key_reference = lambda signer: foreign.TOKENS["KeyIdentifier X509v3"][1](token)
                self.assertRefused((407, "key-does-not-fit"), draft.signed())

    def test_an_ecdsa_value_in_der_is_refused(self):
        """XML Signature, section 6.4.3, has r and s side by side; xmlsec refuses DER too."""
        message = etree.fromstring(self.message(algorithm="p256-sha256"))
        value = message.find(f".//{{{DS}}}SignatureValue")
        raw = foreign.base64.b64decode(value.text)
        value.text = foreign.text(encode_dss_signature(*(int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))))
        self.assertFalse(foreign.xmlsec_accepts(message, self.signers["p256"]))
        self.assertRefused((408, "signature-wrong"), etree.tostring(message))

    def test_a_key_reference_that_is_not_read_is_refused_and_says_so(self):
        der, key = foreign.text(self.rsa.der), element("ds:KeyValue", element("ds:RSAKeyValue", element("ds:Modulus", "AQAB")))
        data = [element("ds:X509Certificate", der) for _ in range(2)]
        for what, children in {
            "nothing": [], "KeyValue": [key], "KeyName": [element("ds:KeyName", "korea")],
            "RetrievalMethod": [element("ds:RetrievalMethod", URI="#token-1", Type=DS + "X509Data")],
            "KeyValue beside the reference": [foreign.by_token(self.rsa), key],
            "two references": [foreign.by_token(self.rsa), foreign.by_token(self.rsa)],
            "empty reference": [reference()], "empty X509Data": [element("ds:X509Data")],
            "KeyName in the reference": [reference(element("ds:KeyName", "korea"))],
            "embedded": [reference(element("wsse:Embedded", element("wsse:BinarySecurityToken", der)))],
            "two certificates": [element("ds:X509Data", *data)],
            "subject alone": [element("ds:X509Data", element("ds:X509SubjectName", "CN=korea"))],
            "revocation list": [element("ds:X509Data", element("ds:X509CRL", der))],
            "no such token": [reference(element("wsse:Reference", URI="#token-2"))],
            "the Timestamp": [reference(element("wsse:Reference", URI="#time-1"))],
            "the Body": [reference(element("wsse:Reference", URI="#body-1"))],
            "outside": [reference(element("wsse:Reference", URI="https://localhost/token"))],
            "no URI": [reference(element("wsse:Reference"))],
            "a token of another header": [reference(element("wsse:Reference", URI="#token-9"))],
            "type of an assertion": [key_identifier(b"id", foreign.OASIS + "saml-token-profile-1.0#SAMLAssertionID")],
            "no type": [reference(element("wsse:KeyIdentifier", der))],
            "base64 that is none": [reference(element("wsse:KeyIdentifier", "=" + der, ValueType=PROFILE + "X509v3"))],
            "hexadecimal": [reference(element("wsse:KeyIdentifier", "ab", ValueType=foreign.THUMBPRINT, EncodingType="#HexBinary"))],
        }.items():
            with self.subTest(what=what):
                token = element("wsse:BinarySecurityToken", der, **{f"{{{WSU}}}Id": "token-9", "ValueType": PROFILE + "X509v3"})
                other = element("wsse:Security", token, **{f"{{{SOAP['1.2']}}}role": "urn:example:other"})
                envelope = etree.fromstring(self.draft(headers=[other]).signed())
                info = envelope.find(f".//{{{DS}}}KeyInfo")
                info[:] = children
                self.assertRefused(UNREAD, etree.tostring(envelope))

    def test_tokens_that_are_not_what_they_say_are_refused(self):
        for what, token, rule in [
            ("PKIPath without a sequence", "PKIPath", UNREAD), ("no KeyInfo", "KeyInfo", UNREAD),
            ("ValueType", "ValueType", UNREAD), ("EncodingType", "EncodingType", UNREAD),
            ("a stranger's certificate", "stranger", UNKNOWN), ("no certificate", "garbage", UNKNOWN),
            ("another partner key's certificate", "other", (407, "key-does-not-fit")),
        ]:
            with self.subTest(what=what):
                envelope = etree.fromstring(self.message())
                found = envelope.find(f".//{{{WSSE}}}BinarySecurityToken")
                if token == "KeyInfo":
                    info = envelope.find(f".//{{{DS}}}KeyInfo")
                    info.getparent().remove(info)
                elif token == "PKIPath":
                    found.set("ValueType", PROFILE + "X509PKIPathv1")
                elif token in found.attrib:
                    found.set(token, "urn:example:other")
                else:
                    others = {"stranger": self.stranger.der, "garbage": b"garbage", "other": self.signers["p521"].der}
                    found.text = foreign.text(others[token])
                self.assertRefused(rule, etree.tostring(envelope))

    def test_names_that_fit_two_certificates_are_refused_as_ambiguous(self):
        one = self.twins[0]
        for token in ("key identifier", "X509SKI", "IssuerSerial", "IssuerSerial in KeyInfo"):
            with self.subTest(token=token):
                draft = self.draft(Shape(algorithm="p256-sha256", token=token), signer=one)
                self.assertRefused((502, "signer-ambiguous"), draft.signed())
        for token in ("X509v3", "thumbprint", "X509Data as of zeep"):
            with self.subTest(token=token):
                self.assertAccepted(self.draft(Shape(algorithm="p256-sha256", token=token), signer=one).signed())

    def test_an_unknown_thumbprint_or_key_identifier_is_no_known_signer(self):
        for token in ("thumbprint", "key identifier", "X509SKI", "KeyIdentifier X509v3", "X509Data in KeyInfo"):
            with self.subTest(token=token):
                self.assertRefused(UNKNOWN, self.draft(Shape(token=token), signer=self.stranger).signed())


class Sha1(unittest.TestCase):
    """SHA-1 is a partner's exception with an end."""

    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.signer = foreign.Signer(self.world.pki, "foreign")
        self.content = foreign.content_of(gateway.example())

    def start(self, **security):
        partner = {"certificates": ["../../pki/foreign.pem"]} | ({"security": security} if security else {})
        self.world.start("vietnam", partner=partner)

    def answers(self):
        """What is answered to SHA-1 in the signature, in the digests, in both, and nowhere."""
        pairs = itertools.product(["rsa-sha1", "rsa-sha256"], ["sha1", "sha256"])
        messages = [
            foreign.message(self.signer, foreign.with_own_id(self.content), Shape(algorithm=algorithm, digest=digest))
            for algorithm, digest in pairs
        ]
        for message in messages:
            self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(message), self.signer))
        with contextlib.closing(foreign.Line(self.world)) as line:
            return [line.post(message) for message in messages]

    def warnings(self):
        lines = self.world.log_text("vietnam").splitlines()
        return [line for line in lines if "message accepted with a warning" in line and "sha1" in line]

    def test_it_is_accepted_with_a_warning_until_the_date_of_the_partner_s_file(self):
        self.start(sha1Until="2099-12-31")
        self.assertEqual(self.answers(), [(200, None)] * 4)
        self.assertEqual(len(self.warnings()), 3)

    def test_it_is_refused_without_a_date_and_after_it(self):
        for security in ({}, {"sha1Until": "2020-01-01"}):
            with self.subTest(security=security):
                self.start(**security)
                self.assertEqual(self.answers(), [(500, NOT_ALLOWED)] * 3 + [(200, None)])
                self.assertEqual(self.warnings(), [])
                self.world.stop("vietnam")


if __name__ == "__main__":
    unittest.main()
