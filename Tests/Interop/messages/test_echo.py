"""POST /echo: what a partner is told about its own message. The report is judged by its XSD, its signature by xmlsec1."""

import datetime
import json
import unittest

from lxml import etree

import foreign_signer
import gateway
import xmlsec1

NAMESPACE = {"e": "urn:coconect:echo:1"}
SCHEMA = etree.XMLSchema(etree.parse(gateway.ROOT / "wsdl/coconect-echo-1.xsd"))


class EchoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.signer = foreign_signer.Signer(cls.world.pki, "foreign")
        cls.world.start("vietnam", partner={"certificates": ["../../pki/korea-signing.pem", "../../pki/foreign.pem"]})

    def ask(self, body, version="1.2"):
        """The report, in a valid and signed answer."""
        status, _, answer = self.world.post("vietnam", body, "/echo", gateway.CONTENT_TYPES[version])
        self.assertEqual(status, 200, answer)
        self.assertIn("Body", xmlsec1.verify(answer, self.world.pki / "vietnam-signing.pem"))
        report = etree.fromstring(answer).find(".//{*}EchoReport")
        self.assertTrue(SCHEMA.validate(report), SCHEMA.error_log)
        return report

    def sign(self, content, name="korea-signing", folder=None, **options):
        folder = folder or self.world.pki
        content = content.encode() if isinstance(content, str) else content
        return xmlsec1.sign(content, folder / f"{name}.key", folder / f"{name}.pem", **options)

    def sign_here(self, *options):
        """By our own command, which writes no white space, and WS-Addressing where it is told to."""
        pki, path = self.world.pki, self.world.folder / "message.json"
        path.write_text(json.dumps(gateway.example()))
        keys = ["--certificate", pki / "korea-signing.pem", "--key", pki / "korea-signing.key"]
        status, signed, errors = gateway.run("sign", path, *keys, *options)
        self.assertEqual(status, 0, errors)
        return signed

    def text(self, report, path):
        return report.findtext(path, namespaces=NAMESPACE)

    def findings(self, report):
        return sorted(finding.get("rule") for finding in report.findall("e:ProfileFinding", NAMESPACE))

    def test_a_good_message_is_told_who_signed_what_and_nothing_is_stored(self):
        for version in ["1.1", "1.2"]:
            report = self.ask(self.sign(gateway.example_of("send-co")[1], version=version), version)
            self.assertEqual((self.text(report, "e:Verdict"), self.text(report, "e:Operation")), ("accepted", "send-co"))
            self.assertEqual(report.find("e:Signer", NAMESPACE).get("partner"), "korea")
            paths = [self.text(part, "e:Path") for part in report.findall("e:SignedPart", NAMESPACE)]
            self.assertEqual(paths, ["/Envelope/Body", "/Envelope/Header/Security/Timestamp"])
            self.assertTrue(self.text(report, "e:SignatureMethod").endswith("rsa-sha256"))
            self.assertEqual(self.findings(report), [])
        self.assertEqual(self.world.api("vietnam", "GET", "/messages")[2]["messages"], [])

    def test_what_the_operation_would_refuse_is_told_with_rule_and_remedy(self):
        report = self.ask(self.sign(gateway.example_of("send-co")[1].replace("<UnitCode>KGM<", "<UnitCode>KGN<", 1)))
        refusal = report.find("e:Refusal", NAMESPACE)
        self.assertEqual((self.text(report, "e:Verdict"), refusal.get("rule"), refusal.get("code")), ("refused", "712", "dataset"))
        self.assertIn("UnitCode", self.text(refusal, "e:Problem/e:Place"))
        report = self.ask(self.sign("<Hello xmlns='urn:example'/>"))
        self.assertEqual(report.find("e:Refusal", NAMESPACE).get("code"), "unknown-operation")

    def test_a_broken_signature_is_explained(self):
        indented = etree.tostring(etree.fromstring(self.sign_here()), pretty_print=True)
        report = self.ask(indented)
        self.assertIn(report.find("e:Refusal", NAMESPACE).get("code"), ["digest-wrong", "signature-wrong"])
        self.assertEqual(self.text(report, "e:WhyNot/e:Cause"), "re-indented")
        gateway.run("identity", "new", "stranger", "--out", self.world.folder, "--subject", "Stranger")
        report = self.ask(self.sign(gateway.example_of("send-co")[1], "stranger", self.world.folder))
        self.assertEqual(report.find("e:Refusal", NAMESPACE).get("code"), "signer-unknown")

    def test_rules_of_the_basic_security_profile_that_a_message_breaks_are_named(self):
        content = foreign_signer.content_of(gateway.example())
        now = datetime.datetime.now(datetime.timezone.utc)
        for shape, rules in [
            ({"token": "X509Data in KeyInfo"}, ["R5417"]),
            ({"token": "Reference without type"}, ["R3059"]),
            ({"token": "PKIPath"}, ["R5215"]),
            ({"token": "KeyIdentifier X509v3"}, ["R5206"]),
            ({"order": ("Signature", "Token", "Timestamp")}, ["R5205"]),
            ({"id_style": "Id"}, ["R3005", "R3005"]),
        ]:
            with self.subTest(shape):
                report = self.ask(foreign_signer.message(self.signer, content, foreign_signer.Shape(**shape)))
                self.assertEqual(self.text(report, "e:Verdict"), "accepted")
                self.assertEqual(self.findings(report), rules)
        self.assertLess(abs(now.timestamp() - datetime.datetime.fromisoformat(self.text(report, "e:ServerDateTime")).timestamp()), 60)

    def test_what_is_no_soap_message_gets_a_fault(self):
        status, _, answer = self.world.post("vietnam", b"<a/>", "/echo")
        self.assertEqual(status, 500)
        self.assertIn(b"not-soap", answer)

    def test_a_signed_to_may_name_the_echo_or_the_operation(self):
        for operation, verdict in [("echo", "accepted"), ("send-co", "accepted"), ("elsewhere", "refused")]:
            signed = self.sign_here("--to", f"{self.world.soap_url('vietnam')}/{operation}")
            self.assertEqual(self.text(self.ask(signed), "e:Verdict"), verdict)


class ProductionTest(unittest.TestCase):
    def test_there_is_no_echo_in_production(self):
        world = gateway.World()
        self.addCleanup(world.close)
        # A host of this machine is refused in production, so the public address is another.
        address = "https://prod.coconect.customs.example"
        path = world.configure("vietnam", environment="prod", publicURL=address, partner={"endpoint": {"url": address + "/korea"}})
        self.assertTrue(path.exists())
        world.start("vietnam", environment="prod", publicURL=address, partner={"endpoint": {"url": address + "/korea"}})
        pki = world.pki
        body = xmlsec1.sign(gateway.example_of("send-co")[1].encode(), pki / "korea-signing.key", pki / "korea-signing.pem")
        status, _, answer = world.post("vietnam", body, "/echo")
        self.assertEqual(status, 500)
        self.assertIn(b"unknown-operation", answer)


if __name__ == "__main__":
    unittest.main()
