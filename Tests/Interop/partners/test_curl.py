"""A partner with nothing but commands: `xmlsec1 --sign` signs a file from a template, curl sends it as it stands and writes the answer
to a file, `xmlsec1 --verify` and xmllint judge and read that."""

import re
import subprocess
import unittest

import gateway
import xmlsec1
from partners import matrix


def run(*command):
    """Runs a tool that must not fail; its standard output."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def version_of(command):
    return re.search(r"\d[\d.]+", run(command, "--version")).group()


class CurlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.toolkit = "curl + xmlsec1", f"{version_of('curl')} + {version_of('xmlsec1')}"
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start_in_roles()
        cls.world.issue("korea")
        cls.request, cls.answer = cls.world.folder / "request.xml", cls.world.folder / "answer.xml"

    def sign(self, content, provider, version):
        """The request's file, which the provider's partner signs."""
        key = self.world.pki / f"{gateway.counterpart(provider)}-signing"
        self.request.write_bytes(xmlsec1.sign(content.encode(), f"{key}.key", f"{key}.pem", version=version))

    def send(self, operation, provider, version):
        """Sends the request's file; the HTTP status. The answer's file is whole, signed by the provider in Body and Timestamp."""
        pair = self.world.pki / f"{gateway.counterpart(provider)}-tls"
        tls = ["--cacert", self.world.pki / "tls-ca.pem", "--cert", f"{pair}.pem", "--key", f"{pair}.key"]
        message = ["--header", f"Content-Type: {gateway.CONTENT_TYPES[version]}", "--data-binary", f"@{self.request}"]
        # Without --disable it would read the user's own settings.
        options = ["--disable", "--silent", "--show-error", "--noproxy", "*", "--write-out", "%{http_code}", "--output", self.answer]
        status = run("curl", *options, *tls, *message, f"{self.world.soap_url(provider)}/{operation}")
        signed = xmlsec1.verify(self.answer.read_bytes(), self.world.pki / f"{provider}-signing.pem")
        self.assertEqual(signed, ["Body", "Timestamp"])
        return int(status)

    def read(self, *path):
        """The text of an element of the answer, by the local names that lead to it."""
        steps = "/".join(f"*[local-name()='{name}']" for name in path)
        return run("xmllint", "--xpath", f"string(//{steps})", self.answer).rstrip("\n")

    def test_all_four_operations_over_both_versions_of_soap(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in gateway.CONTENT_TYPES:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    self.sign(content, provider, version)
                    self.assertEqual(self.send(operation, provider, version), 200)
                    (message,) = self.world.messages(provider, dataset["functionalReferenceId"])
                    values = [self.read("Receipt", name) for name in ("FunctionalReferenceID", "DigestValue")]
                    self.assertEqual(values, [dataset["functionalReferenceId"], message["bodyDigest"]])
                    self.assertEqual(self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2], dataset)
                    matrix.note(*self.toolkit, operation, "calls us", "accepted", soap=version)

    def test_an_operation_that_is_not_provided_gets_a_signed_fault_with_its_code(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in gateway.CONTENT_TYPES:
                with self.subTest(operation, version=version):
                    other = gateway.counterpart(provider)
                    self.sign(gateway.example_of(operation)[1], other, version)
                    self.assertEqual(self.send(operation, other, version), 500)
                    self.assertEqual(self.read("Refusal", "Code"), "operation-not-provided")
                    matrix.note(*self.toolkit, operation, "calls us", "fault read", soap=version)

    def test_one_changed_digit_gets_a_signed_fault(self):
        for version in gateway.CONTENT_TYPES:
            with self.subTest(version):
                dataset, content = gateway.example_of("send-co")
                self.sign(content, "vietnam", version)
                run("sed", "-i", "s/>812.500</>812.501</", self.request)
                self.assertEqual(self.send("send-co", "vietnam", version), 500)
                self.assertEqual(self.read("Refusal", "Code"), "digest-wrong")
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*self.toolkit, "send-co", "calls us", "changed message refused", soap=version)

    def test_xmlsec1_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        self.sign(gateway.example_of("send-co")[1], "vietnam", "1.2")
        self.assertEqual(self.send("send-co", "vietnam", "1.2"), 200)
        receipt = self.answer.read_bytes()
        changed = receipt.replace(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21")
        self.assertNotEqual(changed, receipt)
        for what, message, signer in [("another signer", receipt, "korea"), ("changed", changed, "vietnam")]:
            with self.subTest(what), self.assertRaises(AssertionError):
                xmlsec1.verify(message, self.world.pki / f"{signer}-signing.pem")


if __name__ == "__main__":
    unittest.main()
