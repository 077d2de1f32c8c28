"""gSOAP as a partner: its generators read our contracts, and a client that they made calls all four operations, signed."""

import hashlib
import hmac
import http.server
import pathlib
import re
import shlex
import ssl
import subprocess
import tempfile
import unittest

from lxml import etree

import foreign_signer
import gateway
from partners import matrix
from partners.toolkits import Relay
from xmlsec1 import DS, WSSE, WSU

SHARE = pathlib.Path("/usr/share/gsoap")
SOURCES = gateway.ROOT / "Tests/Interop/partners/gsoap"
WSDL = gateway.ROOT / "wsdl"

# What wsdl2h says of every WSDL with SOAP 1.1 and 1.2, and in C of every XSD with a named simple type.
USUAL = re.compile("Warning: (2 service bindings found, but collected as one service|ignoring type inheritance by default for C)")


def with_own_key(answer):
    """A receipt with another time, signed by HMAC with a key that stands in it, beside the token of its real signer."""
    envelope = etree.fromstring(answer)
    signature = envelope.find(f".//{{{DS}}}Signature")
    envelope.find(".//{*}ReceivedDateTime").text = "2100-01-01T00:00:00Z"
    signature.find(f".//{{{DS}}}SignatureMethod").set("Algorithm", foreign_signer.MORE + "hmac-sha256")
    body = envelope.find("{*}Body")
    (reference,) = [found for found in signature.iter(f"{{{DS}}}Reference") if found.get("URI") == "#" + body.get(f"{{{WSU}}}Id")]
    digest = hashlib.sha256(foreign_signer.canonical(body)).digest()
    reference.find(f"{{{DS}}}DigestValue").text = foreign_signer.text(digest)
    key, info = b"k" * 32, foreign_signer.canonical(signature.find(f"{{{DS}}}SignedInfo"))
    signature.find(f"{{{DS}}}SignatureValue").text = foreign_signer.text(hmac.digest(key, info, "sha256"))
    names = signature.find(f".//{{{WSSE}}}SecurityTokenReference")
    own = etree.SubElement(names, f"{{{WSSE}}}KeyIdentifier", ValueType=DS + "hmac-sha1", EncodingType=foreign_signer.BASE64)
    own.text = foreign_signer.text(key)
    return etree.tostring(envelope)


def run(*arguments, folder):
    """Runs a tool that must not fail; all that it says."""
    done = subprocess.run([str(part) for part in arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError(f"{arguments}:\n{done.stdout}")
    return done.stdout


def generate(wsdls, folder, *options, side="-C"):
    """Code from WSDLs for a client, or for a server ("-S"), in C++ or what the options say; what both generators warn of beyond the
    usual."""
    said = run("wsdl2h", *options, "-L", "-t", SOURCES / "typemap.dat", "-o", "eco.h", *wsdls, folder=folder)
    said += run("soapcpp2", *options, side, "-x", "-L", "-I", SHARE / "import", "eco.h", folder=folder)
    return [line for line in said.splitlines() if re.search("warning|error", line, re.IGNORECASE) and not USUAL.match(line)]


def build(program, side, folder):
    """A program of ours with all four operations, around what the generators make for a side; without optimization, which would take
    several times as long."""
    generate([WSDL / f"{operation}.wsdl" for operation in gateway.PROVIDERS], folder, "-c", side=side)
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "gsoapssl", folder=folder))
    files = ["plugin/wsseapi.c", "plugin/smdevp.c", "plugin/mecevp.c", "plugin/wsaapi.c", "custom/struct_timeval.c"]
    plugin = [SHARE / file for file in files]
    generated = ["soapC.c", "soapClient.c" if side == "-C" else "soapServer.c"]
    sources = [SOURCES / f"{program}.c", SOURCES / "security.c", *generated, *plugin]
    run("cc", "-O0", "-w", "-I.", f"-I{SHARE}/plugin", "-o", program, *sources, *flags, "-lssl", "-lcrypto", folder=folder)


def version_of_gsoap():
    return run("pkg-config", "--modversion", "gsoap", folder=SOURCES).strip()


class GeneratorsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconect-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_wsdl_gives_c_and_cpp_without_a_warning_of_our_making(self):
        for operation in gateway.PROVIDERS:
            for options in [["-c"], []]:
                with self.subTest(operation, options=options):
                    self.assertEqual(generate([WSDL / f"{operation}.wsdl"], self.folder, *options), [])

    def test_narrowed_contracts_too(self):
        for agreement in gateway.AGREEMENTS:
            with self.subTest(agreement):
                out = self.folder / agreement
                status, _, errors = gateway.run("contract", "--out", out, "--agreement", agreement)
                self.assertEqual(status, 0, errors)
                self.assertEqual(generate(sorted(out.glob("*.wsdl")), self.folder, "-c"), [])


class PartnerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.toolkit = "gSOAP + wsse", version_of_gsoap()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.folder = cls.world.folder / "gsoap"
        cls.folder.mkdir()
        build("partner", "-C", cls.folder)
        cls.world.start_in_roles()
        cls.world.issue("korea")

    def identity(self, key, partner):
        """A folder from which the client sends with a key of a party, and trusts another."""
        folder = self.folder / f"{key}-to-{partner}"
        folder.mkdir(exist_ok=True)
        tls = key.split("-")[0] + "-tls"
        files = {
            "signing.key": [f"{key}.key"], "signing.pem": [f"{key}.pem"], "partner.pem": [f"{partner}-signing.pem"],
            "tls.pem": [f"{tls}.pem", f"{tls}.key"], "tls-ca.pem": ["tls-ca.pem"],
        }
        for name, parts in files.items():
            (folder / name).write_bytes(b"".join((self.world.pki / part).read_bytes() for part in parts))
        return folder

    def call(self, provider, operation, content, version="2", key=None, partner=None, url=None):
        """Calls a party's operation as the other; exit status, lines of standard output, standard error."""
        folder = self.identity(key or gateway.counterpart(provider) + "-signing", partner or provider)
        command = [self.folder / "partner", operation, f"{url or self.world.soap_url(provider)}/{operation}", version]
        done = subprocess.run(command, cwd=folder, input=content, capture_output=True, text=True, timeout=240)
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
                    matrix.note(*self.toolkit, operation, "calls us", "accepted", soap="1." + version)

    def test_an_operation_that_is_not_provided_gets_a_signed_fault_that_the_client_reads(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in ["2", "1"]:
                with self.subTest(operation, version=version):
                    _, content = gateway.example_of(operation)
                    status, refusal, errors = self.call(gateway.counterpart(provider), operation, content, version)
                    self.assertEqual((status, refusal[:1]), (1, ["operation-not-provided"]), errors)
                    self.assertIn(operation, refusal[1])
                    matrix.note(*self.toolkit, operation, "calls us", "fault read", soap="1." + version)

    def test_one_changed_digit_gets_a_signed_fault(self):
        relay = Relay(self.world, "vietnam", request=(b">812.500<", b">812.501<"))
        gateway.serve(relay, self.addCleanup)
        for version in ["2", "1"]:
            with self.subTest(version):
                dataset, content = gateway.example_of("send-co")
                url = f"https://localhost:{relay.server_port}"
                status, refusal, errors = self.call("vietnam", "send-co", content, version, url=url)
                self.assertEqual((status, refusal[:1]), (1, ["digest-wrong"]), errors)
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*self.toolkit, "send-co", "calls us", "changed message refused", soap="1." + version)

    def test_ecdsa_as_gsoap_writes_it_is_refused(self):
        """It writes SignatureValue in DER, where XML Signature wants r and s alone (section 6.4.3 of version 1.1)."""
        _, content = gateway.example_of("send-co")
        status, refusal, errors = self.call("vietnam", "send-co", content, key="korea-signing-p256")
        self.assertEqual((status, refusal[:1]), (1, ["signature-wrong"]), errors)

    def test_the_client_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        dataset, content = gateway.example_of("send-co")
        status, receipt, errors = self.call("vietnam", "send-co", content, partner="korea")
        self.assertEqual((status, receipt), (2, []))
        self.assertIn("Invalid certificate", errors)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        answer = self.world.kept("vietnam", message["id"], "response.xml")
        for change, believed in [((b"", b"", 0), 0), ((b"<ReceivedDateTime>20", b"<ReceivedDateTime>21", 1), 2)]:
            url = self.serve(answer.replace(*change))
            status, receipt, errors = self.call("vietnam", "send-co", content, url=url)
            self.assertEqual(status, believed, errors)
        self.assertEqual(receipt, [])
        self.assertIn("wsse:FailedCheck", errors)

    def test_the_client_believes_no_keyed_hash_whose_key_the_answer_brings(self):
        """The plugin takes the key of an HMAC from the message's own KeyIdentifier; the program around it must ask for RSA first."""
        dataset, content = gateway.example_of("send-co")
        self.assertEqual(self.call("vietnam", "send-co", content)[0], 0)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        forged = with_own_key(self.world.kept("vietnam", message["id"], "response.xml"))
        status, receipt, errors = self.call("vietnam", "send-co", content, url=self.serve(forged))
        self.assertEqual((status, receipt), (2, []), errors)
        self.assertIn("not signed by RSA", errors)

    def serve(self, answer):
        """A server at loopback with Viet Nam's TLS certificate that gives this answer to whatever is sent."""
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", gateway.CONTENT_TYPES["1.2"])
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.world.pki / "vietnam-tls.pem", self.world.pki / "vietnam-tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        gateway.serve(server, self.addCleanup)
        return f"https://localhost:{server.server_port}"


if __name__ == "__main__":
    unittest.main()
