"""JAX-WS and WSS4J as a partner: `wsimport` reads our contracts, and what it made calls all four operations and is called, signed."""

import itertools
import json
import os
import re
import subprocess
import tempfile
import unittest
import urllib.request

from lxml import etree

import gateway
from partners import matrix
from partners.toolkits import Relay, changed
from ports import free_port

SOURCES = gateway.ROOT / "Tests/Interop/partners/jaxws"
JARS = ["jaxws-rt", "wss4j", "xmlsec", "commons-logging", "slf4j-api", "slf4j-nop", "javax.activation"]
CLASSPATH = ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS)
TOOLKIT = "JAX-WS RI + WSS4J", " + ".join(
    subprocess.run(["dpkg-query", "-W", "-f=${source:Upstream-Version}", package], capture_output=True, text=True).stdout
    for package in ("libjaxws-java", "libwss4j-java"))
PASSWORD = "password"
VERSIONS = list(gateway.CONTENT_TYPES)

# Without it the tool follows http but not https from a WSDL to its schema.
OPTIONS = ["-Djavax.xml.accessExternalSchema=all"]

# Or each endpoint looks for a library of Glassfish's.
QUIET = ["-Dcom.sun.xml.ws.monitoring.endpoint=false"]

# Lists too long for enums, the note on SOAP 1.2 which JAX-WS calls an extension, and the tool's progress.
USUAL = re.compile(
    r"parsing WSDL|Generating code|\[WARNING\] (Simple type .* EnumMemberSizeCap|SOAP port .* non-standard)|  line \d+ of ")


def run(*arguments, folder, **variables):
    """Runs a tool that must not fail; all that it says."""
    command = [str(part) for part in arguments]
    done = subprocess.run(command, cwd=folder, env=os.environ | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError(f"{arguments}:\n{done.stdout}")
    return done.stdout


def generate(wsdl, folder, options=()):
    """Java from a WSDL; what the tool says beyond the usual."""
    said = run("wsimport", "-extension", "-Xnocompile", "-s", folder, wsdl, folder=folder, WSIMPORT_OPTS=" ".join([*OPTIONS, *options]))
    return [line for line in said.splitlines() if line.strip() and not USUAL.match(line)]


class Keystores:
    """A folder with a world's keys as Java wants them: NAME.p12 for each key, NAME-trust.p12 for each certificate to be believed."""

    def __init__(self, world):
        self.world, self.folder = world, world.folder / "keystores"
        self.folder.mkdir()
        for name in ["korea-tls", "korea-signing", "korea-signing-p256", "vietnam-signing"]:
            pair = world.pki / f"{name}.pem", "-inkey", world.pki / f"{name}.key"
            self.make("openssl", "pkcs12", "-export", "-in", *pair, "-name", name, "-passout", f"pass:{PASSWORD}", "-out", f"{name}.p12")
        for name in ["tls-ca", "korea-signing", "vietnam-signing"]:
            self.make("keytool", "-importcert", "-noprompt", "-file", world.pki / f"{name}.pem", "-alias", name,
                      "-keystore", f"{name}-trust.p12", "-storetype", "PKCS12", "-storepass", PASSWORD)

    def make(self, *command):
        run(*command, folder=self.folder)

    def tls(self):
        """What makes a JVM speak TLS as Korea, on either side."""
        stores = {"keyStore": "korea-tls.p12", "trustStore": "tls-ca-trust.p12"}
        values = {"": lambda file: self.folder / file, "Type": lambda _: "PKCS12", "Password": lambda _: PASSWORD}
        return [f"-Djavax.net.ssl.{name}{key}={value(file)}" for name, file in stores.items() for key, value in values.items()]


def setUpModule():
    PartnerCase.start_all()


class PartnerCase(unittest.TestCase):
    """Both parties' gateways, and one Java program that calls either of them as the other and is called by both."""

    @classmethod
    def start_all(cls):
        cls.world = gateway.World()
        unittest.addModuleCleanup(cls.world.close)
        cls.port = free_port()
        cls.start_gateways("1.2")
        cls.tls = Keystores(cls.world).tls()
        cls.folder = cls.world.folder / "jaxws"
        cls.folder.mkdir()
        cls.said = {operation: generate(cls.served(operation), cls.folder, cls.tls) for operation in gateway.PROVIDERS}
        sources = [*cls.folder.rglob("*.java"), *SOURCES.glob("*.java")]
        run("javac", "-nowarn", "-d", cls.folder, "-cp", CLASSPATH, *sources, folder=cls.folder)
        cls.log = cls.world.folder / "jaxws.log"
        cls.java = cls.start_java(cls.port)
        unittest.addModuleCleanup(cls.java.communicate)
        cls.serve("receipts")
        # What is said of a certificate later is for one that is known, to either party.
        issued = cls.world.issue("korea", wait=20)
        status, _, answer = cls.world.post("vietnam", cls.world.signed(issued))
        assert status == 200, answer

    @classmethod
    def start_java(cls, *arguments, options=()):
        program = ["-cp", f"{cls.folder}:{CLASSPATH}", "Partner", cls.world.folder / "keystores", *arguments]
        command = [str(part) for part in ["java", *cls.tls, *QUIET, *options, *program]]
        with open(cls.log, "a") as log:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)

    @classmethod
    def start_gateways(cls, version):
        """Each party in the role that the examples give it; Java is the other for both."""
        for name, role in gateway.ROLES.items():
            if name in cls.world.servers:
                cls.world.stop(name)
            url = f"https://localhost:{cls.port}/{gateway.counterpart(name)}/{version}"
            cls.world.start(name, partner={"roles": [role], "endpoint": {"url": url, "soapVersion": version}})

    @classmethod
    def served(cls, operation):
        return f"{cls.world.soap_url(gateway.PROVIDERS[operation])}/{operation}?wsdl"

    @classmethod
    def ask(cls, java=None, **command):
        """What the Java program answers to a command."""
        java = java or cls.java
        java.stdin.write("\t".join(f"{name}={value}" for name, value in command.items()) + "\n")
        java.stdin.flush()
        line = java.stdout.readline()
        assert line, cls.log.read_text()
        return dict(pair.split("=", 1) for pair in line.rstrip("\n").split("\t") if pair)

    @classmethod
    def serve(cls, how):
        """Sets what its server does: receipts, refusals, or unsigned."""
        cls.ask(serve=how)


class GeneratorTest(PartnerCase):
    def test_the_served_contracts_give_java_without_a_warning_of_our_making(self):
        self.assertEqual(self.said, {operation: [] for operation in gateway.PROVIDERS})

    def test_so_do_files_and_narrowed_contracts(self):
        out = self.world.folder / "RCEP"
        status, _, errors = gateway.run("contract", "--out", out, "--agreement", "RCEP")
        self.assertEqual(status, 0, errors)
        for wsdl in [gateway.ROOT / "wsdl/send-feedback.wsdl", *out.glob("send-co*.wsdl")]:
            with self.subTest(wsdl.name), tempfile.TemporaryDirectory(prefix="coconect-") as folder:
                self.assertEqual(generate(wsdl, folder), [])


class ClientTest(PartnerCase):
    def call(self, operation, content, version="1.2", provider=None, key=None, token="binary-security-token", trust=None, **options):
        """Calls a party's operation as the other; the outcome."""
        provider = provider or gateway.PROVIDERS[operation]
        path = self.world.folder / "content.xml"
        path.write_text(content)
        url = f"{self.world.soap_url(provider)}/{operation}"
        command = {
            "operation": operation, "name": etree.QName(etree.fromstring(content)).localname, "version": version, "content": path,
            "wsdl": self.served(operation), "url": url, "key": key or gateway.counterpart(provider) + "-signing", "token": token,
            "trust": trust or provider + "-signing",
        }
        return self.ask(**command | options)

    def check_receipt(self, operation, dataset, outcome):
        """The receipt was verified and is for this message, which is inside as the same JSON."""
        provider = gateway.PROVIDERS[operation]
        self.assertEqual(outcome["outcome"], "receipt", outcome)
        self.assertLessEqual({"Body", "Timestamp"}, set(outcome["signed"].split()))
        (message,) = self.world.messages(provider, dataset["functionalReferenceId"])
        self.assertEqual((outcome["id"], outcome["digest"]), (dataset["functionalReferenceId"], message["bodyDigest"]))
        self.assertEqual(self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2], dataset)

    def relay(self, operation="send-co", **changes):
        relay = Relay(self.world, gateway.PROVIDERS[operation], **changes)
        gateway.serve(relay, self.addCleanup)
        return relay

    def test_all_four_operations_over_both_versions_of_soap(self):
        for operation in gateway.PROVIDERS:
            for version in VERSIONS:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    self.check_receipt(operation, dataset, self.call(operation, content, version))
                    matrix.note(*TOOLKIT, operation, "calls us", "accepted", soap=version)

    def test_whichever_way_the_certificate_is_named_with_addressing_signed_too(self):
        ways = [("korea-signing", token) for token in ("binary-security-token", "issuer-serial", "ski", "thumbprint", "key-identifier")]
        for (key, token), version in itertools.product([*ways, ("korea-signing-p256", "binary-security-token")], VERSIONS):
            with self.subTest(key, token=token, version=version):
                dataset, content = gateway.example_of("send-co")
                outcome = self.call("send-co", content, version, key=key, token=token, addressing="on")
                self.check_receipt("send-co", dataset, outcome)
                self.assertIn("RelatesTo", outcome["signed"].split())
                matrix.note(*TOOLKIT, "send-co", "calls us", "accepted", soap=version, key=key, token=token, addressing=True)

    def test_line_ends_in_base64_that_java_writes_as_characters_are_taken(self):
        """Unless WSS4J tells it otherwise, xmlsec breaks the lines of SignatureValue with CR and LF."""
        java = self.start_java(options=["-Dorg.apache.xml.security.ignoreLineBreaks=false"])
        self.addCleanup(java.communicate)
        for version in VERSIONS:
            with self.subTest(version):
                relay = self.relay()
                dataset, content = gateway.example_of("send-co")
                self.check_receipt("send-co", dataset, self.call("send-co", content, version, java=java, url=relay.url("send-co")))
                self.assertRegex(relay.calls[0].request, rb"SignatureValue>[^<]*&#(13|x[dD]);")

    def test_a_refusal_is_an_exception_of_the_contract_with_the_code_and_the_sentence(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in VERSIONS:
                with self.subTest(operation, version=version):
                    _, content = gateway.example_of(operation)
                    outcome = self.call(operation, content, version, provider=gateway.counterpart(provider))
                    self.check_refusal(outcome, "Refusal", "operation-not-provided", f"The operation {operation} is not provided")
                    matrix.note(*TOOLKIT, operation, "calls us", "fault read", soap=version)

    def test_a_refusal_of_a_dynamic_call_is_a_soap_fault_with_its_codes(self):
        _, content = gateway.example_of("send-co")
        content = changed(content, ("<HSVersion>2022<", "<HSVersion>2023<"))
        for version, blame in [("1.1", "Client"), ("1.2", "Sender")]:
            with self.subTest(version):
                outcome = self.call("send-co", content, version, dispatch="on")
                self.check_refusal(outcome, "fault", "dataset", "The dataset has a problem")
                self.assertEqual((outcome["code"], outcome["place"]), (blame, "/Envelope/Body/SendCO/HSVersion"))
                matrix.note(*TOOLKIT, "send-co", "calls us", "fault read", soap=version, call="dynamic")

    def check_refusal(self, outcome, kind, code, sentence):
        self.assertEqual((outcome["outcome"], outcome.get("detail")), (kind, code), outcome)
        self.assertIn(sentence, outcome["reason"])
        self.assertLessEqual({"Body", "Timestamp"}, set(outcome["signed"].split()))

    def test_one_changed_digit_gets_a_signed_fault(self):
        for version in VERSIONS:
            with self.subTest(version):
                dataset, content = gateway.example_of("send-co")
                relay = self.relay(request=(b">812.500<", b">812.501<"))
                outcome = self.call("send-co", content, version, url=relay.url("send-co"), dispatch="on")
                self.check_refusal(outcome, "fault", "digest-wrong", "")
                self.assertEqual(outcome["code" if version == "1.1" else "subcode"], "FailedCheck")
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*TOOLKIT, "send-co", "calls us", "changed message refused", soap=version)

    def test_the_client_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        _, content = gateway.example_of("send-co")
        changes = {"url": self.relay(answer=(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21")).url("send-co")}
        for what, options in [("another signer", {"trust": "korea-signing"}), ("changed", changes)]:
            with self.subTest(what):
                outcome = self.call("send-co", content, **options)
                self.assertEqual((outcome["outcome"], outcome["signed"]), ("failure", ""), outcome)
                self.assertIn("WSS4J", outcome["problem"])


class ServerTest(PartnerCase):
    def submit(self, operation, dataset, wait=20):
        """What becomes of a dataset that the party which calls an operation is handed; its name and the message."""
        sender = gateway.counterpart(gateway.PROVIDERS[operation])
        path = f"/partners/{gateway.counterpart(sender)}/{operation}"
        _, _, answer = self.world.api(sender, "POST", path, dataset, {"Prefer": f"wait={wait}"})
        self.assertIn("message", answer)
        return sender, answer["message"]

    def told(self, sender, message):
        """All that the sender's gateway tells of a message."""
        return json.dumps(self.world.api(sender, "GET", f"/messages/{message['id']}")[2], ensure_ascii=False)

    def test_its_signed_receipt_is_taken_and_its_signed_fault_is_final(self):
        for version in VERSIONS:
            self.start_gateways(version)
            for operation in gateway.PROVIDERS:
                with self.subTest(operation, version=version):
                    for how, state in [("refusals", "rejected"), ("receipts", "acknowledged")]:
                        self.serve(how)
                        dataset, _ = gateway.example_of(operation)
                        sender, message = self.submit(operation, dataset)
                        told = self.told(sender, message)
                        self.assertEqual(message["state"], state, told)
                        if how == "refusals":
                            self.assertIn("Nicht zuständig: ask the office in Busan.", told)
                    matrix.note(*TOOLKIT, operation, "called by us", "receipt taken, fault taken", soap=version)

    def test_its_unsigned_receipt_is_none(self):
        self.serve("unsigned")
        self.addCleanup(self.serve, "receipts")
        dataset = gateway.example_of("send-co")[0] | {"id": "K001-26-0004799"}
        sender, message = self.submit("send-co", dataset, wait=3)
        self.assertEqual(message["state"], "queued")
        self.assertIn("is not signed as it must be", self.told(sender, message))
        self.serve("receipts")
        gateway.until(30, "acknowledged", lambda: '"acknowledged"' in self.told(sender, message))

    def test_it_refuses_our_request_when_one_digit_was_changed(self):
        """So that its receipt above means something."""
        for version, content_type in gateway.CONTENT_TYPES.items():
            request = self.world.signed(gateway.example(), version=version)
            for change, wanted in [(None, 200), ((b">812.500<", b">812.501<"), 500)]:
                with self.subTest(version, change=change):
                    headers = {"Content-Type": content_type, "SOAPAction": '"urn:coconect:eco:1:SendCO"'}
                    url = f"https://localhost:{self.port}/vietnam/{version}/send-co"
                    call = urllib.request.Request(url, data=changed(request, change), headers=headers)
                    status, _, answer = gateway.answer(call, self.world.client_context("korea"))
                    self.assertEqual(status, wanted, answer)
                    self.assertEqual(self.world.verify(answer, self.world.trust("vietnam"))[0], 0, answer)
                    if change:
                        matrix.note(*TOOLKIT, "send-co", "called by us", "changed message refused", soap=version)


if __name__ == "__main__":
    unittest.main()
