"""PHP as a partner: SoapClient calls all four operations and SoapServer answers, signed with PHP's own DOM and openssl alone."""

import json
import re
import subprocess
import unittest

from lxml import etree

import gateway
from partners import matrix
from partners.toolkits import AnsweringCase, Relay, identity

SOURCES = gateway.ROOT / "Tests/Interop/partners/php"
WSDL = gateway.ROOT / "wsdl"
VERSIONS = ["1.1", "1.2"]


def php(*arguments, **options):
    return subprocess.run(["php", *map(str, arguments)], capture_output=True, text=True, timeout=240, **options)


def version_of_php():
    return php("-r", "echo PHP_VERSION;").stdout


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.toolkit = "PHP SoapClient", version_of_php()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start_in_roles()
        cls.world.issue("korea")

    def call(self, provider, operation, content, version="1.2", route=None, partner=None):
        """Calls a party's operation as the other; exit status, what it says as JSON, standard error."""
        folder = identity(self.world, gateway.counterpart(provider), partner or provider)
        wsdl = f"{self.world.soap_url(provider)}/{operation}?wsdl"
        arguments = [SOURCES / "partner.php", wsdl, version, *([route] if route else [])]
        done = php(*arguments, cwd=folder, input=content)
        return done.returncode, json.loads(done.stdout or "null"), done.stderr

    def relay(self, **changes):
        relay = Relay(self.world, "vietnam", **changes)
        gateway.serve(relay, self.addCleanup)
        return relay

    def test_every_wsdl_gives_its_operation(self):
        for operation in gateway.PROVIDERS:
            with self.subTest(operation):
                script = f"print_r((new SoapClient('{WSDL}/{operation}.wsdl', ['cache_wsdl' => 0]))->__getFunctions());"
                name = "".join(part.capitalize() for part in operation.split("-")).replace("SendCo", "SendCO")
                self.assertIn(f"{name}ResponseType {name}({name}Type $parameters)", php("-r", script).stdout)

    def test_all_four_operations_over_both_versions_of_soap(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in VERSIONS:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    status, receipt, errors = self.call(provider, operation, content, version)
                    self.assertEqual(status, 0, f"{receipt} {errors}")
                    (message,) = self.world.messages(provider, dataset["functionalReferenceId"])
                    self.assertEqual(receipt["FunctionalReferenceID"], dataset["functionalReferenceId"])
                    self.assertEqual(receipt["DigestValue"], message["bodyDigest"])
                    self.assertEqual(self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2], dataset)
                    matrix.note(*self.toolkit, operation, "calls us", "accepted", soap=version)

    def test_an_operation_that_is_not_provided_gets_a_signed_fault_with_code_reason_and_detail(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version, code in zip(VERSIONS, ["Client", "Sender"]):
                with self.subTest(operation, version=version):
                    _, content = gateway.example_of(operation)
                    status, fault, errors = self.call(gateway.counterpart(provider), operation, content, version)
                    self.assertEqual(status, 1, errors)
                    self.assertEqual(fault["code"].split(":")[-1], code)
                    self.assertIn(f"The operation {operation} is not provided", fault["reason"])
                    self.assertEqual(fault["refusal"]["Code"], "operation-not-provided")
                    matrix.note(*self.toolkit, operation, "calls us", "fault read", soap=version)

    def test_it_signs_as_php_partners_do(self):
        """The shape itself, so that what is accepted above stays that one."""
        relay = self.relay()
        status, _, errors = self.call("vietnam", "send-co", gateway.example_of("send-co")[1], route=relay.url("send-co"))
        self.assertEqual(status, 0, errors)
        (call,) = relay.calls
        header = etree.fromstring(call.request)[0]
        self.assertEqual([etree.QName(block).localname for block in header], ["Action", "To", "MessageID", "ReplyTo", "Security"])
        self.assertEqual([etree.QName(part).localname for part in header[-1]], ["BinarySecurityToken", "Signature", "Timestamp"])
        references = re.findall(b'<ds:Reference URI="#(\\w+)"', call.request)
        self.assertEqual(references, [b"Timestamp", b"Action", b"To", b"MessageID", b"ReplyTo", b"Body"])
        self.assertIn(b':mustUnderstand="1"', call.request)
        self.assertRegex(header.findtext("{*}MessageID"), "^uuid:")
        self.assertIn("2004/08/addressing", header.find("{*}ReplyTo")[0].text)
        self.assertIn(b"\n  <ds:SignedInfo>", call.request)

    def test_one_changed_digit_gets_a_signed_fault(self):
        for version in VERSIONS:
            with self.subTest(version):
                relay = self.relay(request=(b">812.500<", b">812.501<"))
                dataset, content = gateway.example_of("send-co")
                status, fault, errors = self.call("vietnam", "send-co", content, version, relay.url("send-co"))
                self.assertEqual((status, fault and fault["refusal"]["Code"]), (1, "digest-wrong"), errors)
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*self.toolkit, "send-co", "calls us", "changed message refused", soap=version)

    def test_the_client_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        _, content = gateway.example_of("send-co")
        relay = self.relay(answer=(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21"))
        status, receipt, errors = self.call("vietnam", "send-co", content, route=relay.url("send-co"))
        self.assertEqual((status, receipt, errors), (2, None, "partner: Body was changed\n"))
        status, receipt, errors = self.call("vietnam", "send-co", content, partner="korea")
        self.assertEqual((status, receipt, errors), (2, None, "partner: the message is not signed by the partner\n"))


class ServerTest(AnsweringCase, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.toolkit = "PHP SoapServer", version_of_php()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        folder = identity(cls.world, "vietnam", "korea")
        cls.serve("php", "-S", "{}", SOURCES / "server.php", folder=folder, WSDL=str(WSDL))


if __name__ == "__main__":
    unittest.main()
