"""xmlsec1 and xmllint as foreign judges: they accept what we sign and send, and we accept what xmlsec1 signs."""

import itertools
import shutil
import subprocess
import unittest

from lxml import etree

import gateway
import xmlsec1

KEYS = {"korea-signing": xmlsec1.RSA_SHA256, "korea-signing-p256": xmlsec1.ECDSA_SHA256}
SCHEMA = gateway.ROOT / "wsdl/coconect-eco-1.xsd"


class Xmlsec1Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")
        cls.trust = cls.world.folder / "trust"
        cls.trust.mkdir()
        for key in KEYS:
            shutil.copy(cls.world.pki / f"{key}.pem", cls.trust)

    # What we sign

    def test_xmlsec1_accepts_every_kind_of_request_that_sign_makes(self):
        for key, version, to in itertools.product(KEYS, ["1.1", "1.2"], [None, self.world.soap_url("vietnam") + "/send-co"]):
            with self.subTest(key=key, version=version, to=to):
                options = {"to": to} if to else {}
                request = self.world.signed(gateway.example(), key=key, version=version, **options)
                covered = xmlsec1.verify(request, self.world.pki / f"{key}.pem")
                self.assertEqual(covered, ["Body", "Timestamp"] + (["To", "Action", "MessageID", "ReplyTo"] if to else []))

    def test_xmlsec1_refuses_a_request_with_one_changed_digit(self):
        request = self.world.signed(gateway.example()).replace(b">812.500<", b">812.501<")
        with self.assertRaisesRegex(AssertionError, "data and digest do not match"):
            xmlsec1.verify(request, self.world.pki / "korea-signing.pem")

    def test_xmlsec1_accepts_our_receipts_and_faults(self):
        for version, content_type in gateway.CONTENT_TYPES.items():
            request = self.world.signed(gateway.example(), version=version)
            tampered = request.replace(b">812.500<", b">812.501<")
            for body, status, child in [(request, 200, "SendCOResponse"), (tampered, 500, "Fault")]:
                with self.subTest(version=version, answer=child):
                    found, _, response = self.world.post("vietnam", body, content_type=content_type)
                    self.assertEqual(found, status)
                    self.assertEqual(xmlsec1.verify(response, self.world.pki / "vietnam-signing.pem"), ["Body", "Timestamp"])
                    self.assertEqual(etree.QName(etree.fromstring(response).find("{*}Body")[0]).localname, child)

    # What xmlsec1 signs

    def test_verify_and_the_gateway_accept_what_xmlsec1_signs(self):
        for (key, method), version, prefixes in itertools.product(
            KEYS.items(), ["1.1", "1.2"], [None, "wsse s", "#default s x wsu", ""]
        ):
            with self.subTest(key=key, version=version, prefixes=prefixes):
                options = {"key": key, "version": version, "method": method, "prefixes": prefixes}
                message = self.world.signed_by_xmlsec1(gateway.example(), **options)
                status, report = self.world.verify(message, self.trust)
                self.assertEqual((status, report["verdict"], report["secondEngine"]), (0, "good", "agrees"), report)
                self.assertEqual((report["signer"]["partner"], report["signatureAlgorithm"]), (key, method))
                status, _, response = self.world.post("vietnam", message, content_type=gateway.CONTENT_TYPES[version])
                self.assertEqual(status, 200, response)

    def test_verify_says_no_after_one_changed_digit(self):
        for key, method in KEYS.items():
            with self.subTest(key=key):
                message = self.world.signed_by_xmlsec1(gateway.example(), key=key, method=method)
                self.assertEqual(message.count(b">812.500<"), 1)
                status, report = self.world.verify(message.replace(b">812.500<", b">812.501<"), self.trust)
                self.assertEqual((report["verdict"], report["code"], report["integrity"]), ("bad", "digest-wrong", "broken"))
                self.assertEqual(status, 1)

    def test_verify_says_no_to_sha1(self):
        for what, options in {"digest": {"digest": xmlsec1.SHA1}, "signature": {"method": xmlsec1.RSA_SHA1}}.items():
            with self.subTest(sha1_in=what):
                status, report = self.world.verify(self.world.signed_by_xmlsec1(gateway.example(), **options), self.trust)
                self.assertEqual((report["verdict"], report["code"]), ("bad", "algorithm-not-allowed"))
                self.assertIn("sha1", report["reason"])
                self.assertEqual(status, 1)

    # The schema

    def lint(self, document):
        done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", SCHEMA, "-"], input=document, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_xmllint_accepts_what_convert_writes(self):
        status, document, errors = gateway.run("convert", "--to", "xml", gateway.EXAMPLE)
        self.assertEqual(status, 0, errors)
        self.lint(document)

    def test_xmllint_refuses_what_the_schema_does_not_have(self):
        document = gateway.run("convert", "--to", "xml", gateway.EXAMPLE)[1]
        with self.assertRaisesRegex(AssertionError, "KRX"):
            self.lint(document.replace(b"<Country>KR<", b"<Country>KRX<"))

    def test_xmllint_accepts_the_receipt(self):
        _, _, response = self.world.post("vietnam", self.world.signed(gateway.example()))
        self.lint(etree.tostring(etree.fromstring(response).find(".//{urn:coconect:eco:1}SendCOResponse"), with_tail=False))

    def test_xmllint_accepts_the_refusal_in_a_fault_with_and_without_problems(self):
        tampered = self.world.signed(gateway.example()).replace(b">812.500<", b">812.501<")
        invalid = self.world.signed_by_xmlsec1(gateway.example(), change=(b">USD<", b">usd<"))
        for message, problems in [(tampered, 0), (invalid, invalid.count(b">usd<"))]:
            _, _, response = self.world.post("vietnam", message)
            refusal = etree.fromstring(response).find(".//{urn:coconect:eco:1}Refusal")
            with self.subTest(code=refusal.findtext("{*}Code")):
                self.assertEqual(len(refusal.findall("{*}Problem")), problems)
                self.lint(etree.tostring(refusal, with_tail=False))


if __name__ == "__main__":
    unittest.main()
