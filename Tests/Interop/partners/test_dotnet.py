"""The .NET Framework as a partner, by mono: a proxy that `wsdl` made calls all four operations, SignedXml signs and verifies."""

import datetime
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from lxml import etree

import gateway
from partners import matrix
from partners.toolkits import AnsweringCase, Relay, identity

SOURCES = gateway.ROOT / "Tests/Interop/partners/dotnet"
WSDL = gateway.ROOT / "wsdl"
VERSIONS = ["1.1", "1.2"]
# What the tool says of WS-Policy, which it does not know.
USUAL = {"There were some warnings while generating the code:", "- WARNING: At least one optional extension has been ignored"}


def run(*arguments, folder, env=None):
    """Runs a tool that must not fail; all that it says."""
    command = [str(part) for part in arguments]
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError(f"{arguments}:\n{done.stdout}")
    return done.stdout


def generate(wsdls, folder, *options):
    """Makes eco.cs from WSDLs; what the tool warns of beyond the usual."""
    said = run("wsdl", "-nologo", "-n:Eco", "-out:eco.cs", *options, *wsdls, folder=folder)
    lines = {line.strip() for line in said.splitlines()} - USUAL - {""} - {str(path) for path in wsdls}
    return sorted(line for line in lines if not line.startswith("Writing file"))


def keep_times_as_text(path):
    """Has a proxy take and give times as they stand in the message, because the framework's DateTime keeps no zone."""
    source = re.sub(r"System\.DateTime(\[\])? ", r"string\1 ", path.read_text())
    path.write_text(re.sub(r"\[[\w.]+\(DataType=\"date\"\)\]", "", source))


def build(folder, *sources):
    run("mcs", "-nowarn:0219,0414", "-r:System.Web.Services,System.Security", *sources, folder=folder)


def version_of_mono():
    return re.search(r"version ([\d.]+)", run("mono", "--version", folder=".")).group(1)


def moments(value):
    """A dataset with each time as a moment, without its zone."""
    if isinstance(value, dict):
        return {name: moments(part) for name, part in value.items()}
    if isinstance(value, list):
        return [moments(part) for part in value]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return value


class GeneratorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconect-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self, wsdls):
        for protocol in ["SOAP", "SOAP12"]:
            with self.subTest(wsdls=[path.name for path in wsdls], protocol=protocol):
                self.assertEqual(generate(wsdls, self.folder, f"-protocol:{protocol}"), [])
                build(self.folder, "-target:library", "eco.cs")

    def test_each_wsdl_gives_a_proxy_without_a_warning_of_our_making(self):
        for operation in gateway.PROVIDERS:
            self.check([WSDL / f"{operation}.wsdl"])

    def test_narrowed_contracts_too(self):
        for agreement in gateway.AGREEMENTS:
            out = self.folder / agreement
            status, _, errors = gateway.run("contract", "--out", out, "--agreement", agreement)
            self.assertEqual(status, 0, errors)
            self.check(sorted(out.glob("*.wsdl")))


class PartnerCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.programs = cls.world.folder / "dotnet"
        cls.programs.mkdir()
        run("cert-sync", "--user", cls.world.pki / "tls-ca.pem", folder=cls.programs, env=cls.environment())

    @classmethod
    def environment(cls):
        """Keeps mono's certificate store of the user, to which the authority of our TLS certificates is added, among the programs."""
        return os.environ | {"XDG_CONFIG_HOME": str(cls.programs)}

    @classmethod
    def identity(cls, sender, partner):
        folder = identity(cls.world, sender, partner)
        for name, parts in {"signing": ["-in", "signing.pem", "-inkey", "signing.key"], "tls": ["-in", "tls.pem"]}.items():
            # As .NET Framework and mono read it, without the newer ciphers.
            run("openssl", "pkcs12", "-export", "-legacy", *parts, "-passout", "pass:partner", "-out", f"{name}.p12", folder=folder)
        return folder


class ClientTest(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.toolkit = "mono ASMX", version_of_mono()
        cls.as_generated = cls.partner("as-generated", lambda path: None)
        cls.program = cls.partner("partner", keep_times_as_text)
        cls.world.start_in_roles()
        cls.world.issue("korea")

    @classmethod
    def partner(cls, name, change):
        """The program with the proxies of all four operations, after a change to their source; its folder."""
        folder = cls.programs / name
        folder.mkdir()
        generate([WSDL / f"{operation}.wsdl" for operation in gateway.PROVIDERS], folder)
        change(folder / "eco.cs")
        build(folder, "-out:Partner.exe", "eco.cs", SOURCES / "Partner.cs", SOURCES / "WSSecurity.cs")
        shutil.copy(SOURCES / "Partner.exe.config", folder)
        return folder

    def relay(self, **changes):
        relay = Relay(self.world, "vietnam", **changes)
        gateway.serve(relay, self.addCleanup)
        return relay

    def call(self, provider, operation, content, version="1.2", relay=None, partner=None, program=None):
        """Calls a party's operation as the other; exit status, lines of standard output, standard error."""
        folder = self.identity(gateway.counterpart(provider), partner or provider)
        route = [relay.url(operation)] if relay else []
        to = f"{self.world.soap_url(provider)}/{operation}"
        command = ["mono", (program or self.program) / "Partner.exe", version, to, *route]
        done = subprocess.run(command, cwd=folder, env=self.environment(), input=content, capture_output=True, text=True, timeout=240)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def test_all_four_operations_over_both_versions_of_soap(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in VERSIONS:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    status, receipt, errors = self.call(provider, operation, content, version)
                    self.assertEqual(status, 0, f"{receipt} {errors}")
                    (message,) = self.world.messages(provider, dataset["functionalReferenceId"])
                    self.assertEqual(receipt[:2], [dataset["functionalReferenceId"], message["bodyDigest"]])
                    self.assertIn(receipt[2].encode(), self.world.kept(provider, message["id"], "response.xml"))
                    stored = self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2]
                    self.assertEqual(stored, dataset)
                    matrix.note(*self.toolkit, operation, "calls us", "accepted", soap=version)

    def test_proxies_as_generated_keep_each_moment_but_not_its_zone(self):
        dataset, content = gateway.example_of("send-co")
        status, receipt, errors = self.call("vietnam", "send-co", content, program=self.as_generated)
        self.assertEqual((status, receipt[:1]), (0, [dataset["functionalReferenceId"]]), errors)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        stored = self.world.api("vietnam", "GET", f"/messages/{message['id']}/dataset.json")[2]
        self.assertEqual(moments(stored), moments(dataset))

    def test_an_operation_that_is_not_provided_gets_a_signed_fault_with_code_reason_and_detail(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version, code in zip(VERSIONS, ["Client", "Sender"]):
                with self.subTest(operation, version=version):
                    _, content = gateway.example_of(operation)
                    status, fault, errors = self.call(gateway.counterpart(provider), operation, content, version)
                    self.assertEqual(status, 1, errors)
                    self.assertEqual((fault[0], fault[2]), (code, "operation-not-provided"))
                    self.assertIn(f"The operation {operation} is not provided", fault[1])
                    matrix.note(*self.toolkit, operation, "calls us", "fault read", soap=version)

    def test_it_signs_as_dotnet_partners_do(self):
        """The shape itself, so that what is accepted above stays that one."""
        relay = self.relay()
        status, _, errors = self.call("vietnam", "send-co", gateway.example_of("send-co")[1], relay=relay)
        self.assertEqual(status, 0, errors)
        (call,) = relay.calls
        header = etree.fromstring(call.request)[0]
        self.assertEqual([etree.QName(block).localname for block in header], ["Action", "MessageID", "ReplyTo", "To", "Security"])
        self.assertEqual([etree.QName(part).localname for part in header[-1]], ["Timestamp", "BinarySecurityToken", "Signature"])
        self.assertEqual(call.headers["Expect"], "100-continue")
        self.assertEqual(call.request.count(b" u:Id="), 7)

    def test_one_changed_digit_gets_a_signed_fault(self):
        relay = self.relay(request=(b">812.500<", b">812.501<"))
        for version in VERSIONS:
            with self.subTest(version):
                dataset, content = gateway.example_of("send-co")
                status, fault, errors = self.call("vietnam", "send-co", content, version, relay)
                self.assertEqual((status, fault[2:]), (1, ["digest-wrong"]), errors)
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*self.toolkit, "send-co", "calls us", "changed message refused", soap=version)

    def test_the_client_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        _, content = gateway.example_of("send-co")
        relay = self.relay(answer=(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21"))
        believed = self.call("vietnam", "send-co", content, relay=relay)
        self.assertEqual(believed, (2, [], "partner: the signature is wrong\n"))
        believed = self.call("vietnam", "send-co", content, partner="korea")
        self.assertEqual(believed, (2, [], "partner: the message is not signed by the partner\n"))


class ServerTest(AnsweringCase, PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.toolkit = "mono HttpListener", version_of_mono()
        build(cls.programs, "-out:Server.exe", SOURCES / "Server.cs", SOURCES / "WSSecurity.cs")
        cls.serve("mono", cls.programs / "Server.exe", "http://{}/", folder=cls.identity("vietnam", "korea"))


if __name__ == "__main__":
    unittest.main()
