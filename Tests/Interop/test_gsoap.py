"""gSOAP as a partner: its generators read our contracts, and a client that they made calls all four operations, signed."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import gateway

SHARE = pathlib.Path("/usr/share/gsoap")
SOURCES = gateway.ROOT / "Tests/Interop/gsoap"
WSDL = gateway.ROOT / "wsdl"

# What wsdl2h says of every contract like ours; no WSDL with SOAP 1.1 and 1.2 and no XSD with a named simple type is without.
USUAL_WARNINGS = {
    "2 service bindings found, but collected as one service",
    "ignoring type inheritance by default for C",
}


def run(*arguments, folder):
    """Runs a tool that must not fail; all that it says."""
    done = subprocess.run([str(part) for part in arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError(f"{arguments}:\n{done.stdout}")
    return done.stdout


def generate(wsdls, folder, options=("-c",)):
    """C (or what the options say) from WSDLs, for a client; the warnings and errors of both generators."""
    said = run("wsdl2h", *options, "-L", "-t", SOURCES / "typemap.dat", "-o", "eco.h", *wsdls, folder=folder)
    said += run("soapcpp2", *options, "-C", "-x", "-L", "-I", SHARE / "import", "eco.h", folder=folder)
    return set(re.findall(r"(?:Warning|Error): ([^.(]*[^.( ])", said, re.IGNORECASE))


class GeneratorsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconect-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_wsdl_gives_c_and_cpp_without_a_warning_of_our_making(self):
        for operation in gateway.PROVIDERS:
            for options in [("-c",), ()]:
                with self.subTest(operation, options=options):
                    warnings = {warning.split(",", 2)[0] for warning in generate([WSDL / f"{operation}.wsdl"], self.folder, options)}
                    self.assertEqual(warnings - {warning.split(",")[0] for warning in USUAL_WARNINGS}, set())

    def test_narrowed_contracts_too(self):
        for agreement in gateway.AGREEMENTS:
            with self.subTest(agreement):
                out = self.folder / agreement
                status, _, errors = gateway.run("contract", "--out", out, "--agreement", agreement)
                self.assertEqual(status, 0, errors)
                self.assertLessEqual(generate(sorted(out.glob("*.wsdl")), self.folder), USUAL_WARNINGS)


class PartnerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.folder = cls.world.folder / "gsoap"
        cls.folder.mkdir()
        cls.build()
        cls.world.start_in_roles()

    @classmethod
    def build(cls):
        """All four operations in one program; without optimization, which takes several times as long."""
        generate(sorted(WSDL.glob("*.wsdl")), cls.folder)
        options = shlex.split(run("pkg-config", "--cflags", "gsoapssl", folder=cls.folder)) + ["-O0", "-I.", f"-I{SHARE}/plugin"]
        theirs = [SHARE / file for file in ("plugin/wsseapi.c", "plugin/smdevp.c", "plugin/mecevp.c", "custom/struct_timeval.c")]
        run("cc", *options, "-w", "-c", *theirs, folder=cls.folder)
        ours = [SOURCES / "partner.c", "soapC.c", "soapClient.c"]
        objects = sorted(cls.folder.glob("*.o"))
        run("cc", *options, "-Wall", "-Werror", "-o", "partner", *ours, *objects, "-lgsoapssl", "-lssl", "-lcrypto", folder=cls.folder)

    def identity(self, sender, partner):
        """A folder from which the client sends as one party and trusts another."""
        folder = self.folder / f"{sender}-to-{partner}"
        pki = self.world.pki
        folder.mkdir(exist_ok=True)
        for source, name in [
            (f"{sender}-signing.key", "signing.key"), (f"{sender}-signing.pem", "signing.pem"), (f"{partner}-signing.pem", "partner.pem"),
            ("tls-ca.pem", "tls-ca.pem"),
        ]:
            shutil.copy(pki / source, folder / name)
        (folder / "tls.pem").write_bytes((pki / f"{sender}-tls.pem").read_bytes() + (pki / f"{sender}-tls.key").read_bytes())
        return folder

    def call(self, provider, operation, content, version="2", partner=None):
        """Calls a party's operation as the other; exit status, lines of standard output, standard error."""
        folder = self.identity(gateway.counterpart(provider), partner or provider)
        endpoint = f"{self.world.soap_url(provider)}/{operation}"
        done = subprocess.run(
            [self.folder / "partner", operation, endpoint, version], cwd=folder, input=content, capture_output=True, text=True,
            timeout=60)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def test_all_four_operations_over_both_versions_of_soap(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in ["2", "1"]:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    status, receipt, errors = self.call(provider, operation, content, version)
                    self.assertEqual(status, 0, f"{receipt} {errors}")
                    (message,) = self.world.messages(provider, dataset["functionalReferenceId"])
                    self.assertEqual(receipt, [dataset["functionalReferenceId"], message["bodyDigest"]])
                    self.assertEqual(self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2], dataset)

    def test_an_operation_that_is_not_provided_gets_a_signed_fault_that_the_client_reads(self):
        for operation, provider in gateway.PROVIDERS.items():
            with self.subTest(operation):
                _, content = gateway.example_of(operation)
                status, refusal, errors = self.call(gateway.counterpart(provider), operation, content)
                self.assertEqual((status, refusal[:1]), (1, ["operation-not-provided"]), errors)
                self.assertIn(operation, refusal[1])

    def test_the_client_believes_no_receipt_of_another_signer(self):
        """So that a receipt above means something."""
        _, content = gateway.example_of("send-co")
        status, receipt, errors = self.call("vietnam", "send-co", content, partner="korea")
        self.assertEqual((status, receipt), (2, []))
        self.assertIn("neither a receipt nor a refusal", errors)


if __name__ == "__main__":
    unittest.main()
