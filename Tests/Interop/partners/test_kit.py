"""The partner's kit as a partner's developer has it: unzipped, keys put in, and each client in it run as it stands."""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import types
import unittest
import zipfile

from lxml import etree

import gateway
import xmlsec1
from partners.toolkits import Relay
from ports import free_port

# What a partner puts into its kit, and where a world has it.
OWN = {
    "SIGNING_KEY": "{}-signing.key", "SIGNING_CERTIFICATE": "{}-signing.pem", "TLS_KEY": "{}-tls.key", "TLS_CERTIFICATE": "{}-tls.pem",
    "TLS_ANCHORS": "tls-ca.pem",
}


class Kit:
    """A folder with the kit that a party's gateway makes for the other, and that one's keys in it."""

    def __init__(self, world, provider):
        self.world, self.provider, self.partner = world, provider, gateway.counterpart(provider)
        self.folder = world.folder / f"kit for {self.partner}"
        self.unzip()
        self.fill_in()

    def unzip(self):
        archive = self.world.folder / f"{self.partner}.zip"
        config = self.world.folder / self.provider / "gateway.yaml"
        status, _, errors = gateway.run("partner-kit", "--for", self.partner, "--out", archive, "--config", config)
        assert status == 0, errors
        with zipfile.ZipFile(archive) as file:
            file.extractall(self.folder)

    def copy(self, path, name):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, self.folder / name)

    def fill_in(self):
        """Puts keys where kit.properties wants them."""
        for name, source in OWN.items():
            self.copy(self.world.pki / source.format(self.partner), self.setting(name))

    def setting(self, name):
        lines = (self.folder / "kit.properties").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if not line.startswith("#") and "=" in line)[name]

    def sample(self, operation):
        return self.folder / f"samples/{operation}.xml"

    def run(self, toolkit, operation, *dataset, **settings):
        """What a client prints, by lines, and its exit status. It runs in a folder of nobody's."""
        # Built once for all that a test asks of a toolkit, with the Python that the tests run with.
        variables = {"KIT_BUILD": str(self.world.folder / f"build-{toolkit}"), "PYTHON": sys.executable}
        variables |= {name if name in ("PATH", "PYTHON") else f"KIT_{name}": str(value) for name, value in settings.items()}
        command = ["sh", self.folder / f"clients/{toolkit}/run.sh", operation, *dataset]
        done = subprocess.run(command, cwd="/", env=gateway.environment() | variables, capture_output=True, text=True, timeout=600)
        return done.stdout.splitlines() or [done.stderr], done.returncode


def wrapped(answer, certificate):
    """An answer whose signed Body stands in a header now, and another one in its place; every signature in it is still right."""
    envelope = etree.fromstring(answer)
    signed = envelope.find("{*}Body")
    forged = copy.deepcopy(signed)
    forged.attrib.clear()
    forged.find(".//{*}ReceivedDateTime").text = "2100-01-01T00:00:00Z"
    etree.SubElement(envelope.find("{*}Header"), "{urn:example:wrapper}Wrapper").append(signed)
    envelope.append(forged)
    answer = etree.tostring(envelope)
    assert xmlsec1.verify(answer, certificate) == ["Body", "Timestamp"]
    return answer


def without_ending_zeros(dataset):
    """A dataset with each time's fraction of a second as short as it can be: zeep writes six digits."""
    return {
        name: without_ending_zeros(value) if isinstance(value, dict)
        else re.sub(r"(T.*\.\d+?)0+(?=Z|[+-])", r"\1", value) if isinstance(value, str) else value
        for name, value in dataset.items()
    }


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start_in_roles()
        cls.world.issue("korea")
        cls.kits = {name: Kit(cls.world, name) for name in gateway.PARTIES}

    def check_receipt(self, toolkit, operation, **settings):
        provider = gateway.PROVIDERS[operation]
        lines, status = self.kits[provider].run(toolkit, operation, **settings)
        self.assertEqual((len(lines), status), (1, 0), lines)
        word, message_id, time = lines[0].split(" ")
        (message,) = self.world.messages(provider, message_id)
        stored = self.world.api(provider, "GET", f"/messages/{message['id']}/dataset.json")[2]
        sample = json.loads(gateway.run("convert", "--to", "json", self.kits[provider].sample(operation))[1])
        dataset = sample | {"functionalReferenceId": message_id}
        if toolkit == "zeep":
            stored, dataset = without_ending_zeros(stored), without_ending_zeros(dataset)
        self.assertEqual((word, stored), ("receipt", dataset))
        self.assertRegex(time, r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")

    def check_untrusted(self, toolkit, operation="send-co", **settings):
        lines, status = self.kits[gateway.PROVIDERS[operation]].run(toolkit, operation, **settings)
        self.assertEqual((len(lines), lines[0].split(" ")[0], status), (1, "untrusted", 2), lines)

    def check_fault(self, toolkit, version):
        broken = self.world.folder / "broken.xml"
        sample = self.kits["vietnam"].sample("send-co").read_bytes()
        broken.write_bytes(re.sub(rb"<To>\d{4}-", b"<To>2001-", sample))
        lines, status = self.kits["vietnam"].run(toolkit, "send-co", broken, SOAP_VERSION=version)
        self.assertEqual(status, 1, lines)
        self.assertRegex(lines[0], r"^fault dataset 712 [0-9a-f]{32}$")
        self.assertEqual(lines[1:], [
            "The dataset has a problem; each is listed with its place.",
            "/Envelope/Body/SendCO/Validity: the validity does not end before it starts",
        ])

    def check(self, toolkit, keys=("korea-signing",)):
        kit = self.kits["vietnam"]
        for operation in gateway.PROVIDERS:
            with self.subTest(operation):
                self.check_receipt(toolkit, operation)
        for key, version in [(key, version) for key in keys for version in ("1.1", "1.2")]:
            with self.subTest(key, version=version):
                files = {"SIGNING_KEY": self.world.pki / f"{key}.key", "SIGNING_CERTIFICATE": self.world.pki / f"{key}.pem"}
                self.check_receipt(toolkit, "send-co", SOAP_VERSION=version, **files)
        for version in ["1.1", "1.2"]:
            with self.subTest("fault", version=version):
                self.check_fault(toolkit, version)
        with self.subTest("a gateway of two certificates"):
            both = self.world.folder / "both.pem"
            both.write_text("".join((self.world.pki / f"{name}-signing.pem").read_text() for name in gateway.PARTIES))
            self.check_receipt(toolkit, "send-co", GATEWAY_CERTIFICATES=both)
        for what, settings in {
            "another signer": {"GATEWAY_CERTIFICATES": self.world.pki / "korea-signing.pem"},
            "another server": {"TLS_ANCHORS": kit.folder / kit.setting("SIGNING_CERTIFICATE")},
            "no key": {"SIGNING_KEY": "keys/none.key"},
            "nobody there": {"ENDPOINT": f"https://localhost:{free_port()}"},
        }.items():
            with self.subTest(what):
                self.check_untrusted(toolkit, **settings)
        for what, relay in {
            "a changed answer": Relay(self.world, "vietnam", answer=(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21")),
            "a longer life": Relay(self.world, "vietnam", answer=(b"Expires>20", b"Expires>21")),
            "the signed Body in another place": self.wrapping_relay(),
        }.items():
            with self.subTest(what):
                gateway.serve(relay, self.addCleanup)
                self.check_untrusted(toolkit, ENDPOINT=f"https://localhost:{relay.server_port}")
                self.assertEqual(len(relay.calls), 1, "it was not the answer that was not trusted")

    def wrapping_relay(self):
        def post(*arguments):
            status, headers, answer = self.world.post(*arguments)
            return status, headers, wrapped(answer, self.world.pki / "vietnam-signing.pem")

        relay = Relay(self.world, "vietnam")
        relay.world = types.SimpleNamespace(post=post)
        return relay

    def test_zeep(self):
        self.check("zeep", keys=["korea-signing", "korea-signing-p256"])

    def test_gsoap(self):
        self.check("gsoap")

    def test_jaxws(self):
        self.check("jaxws", keys=["korea-signing", "korea-signing-p256"])

    def test_php(self):
        self.check("php", keys=["korea-signing", "korea-signing-p256"])

    def test_dotnet(self):
        self.check("dotnet")

    def test_curl(self):
        self.check("curl", keys=["korea-signing", "korea-signing-p256"])

    def test_answers_that_an_elliptic_key_signs(self):
        """Toolkits that know RSA alone do not believe them."""
        self.restart_korea(identity={"certificate": "../pki/korea-signing-p256.pem", "key": "../pki/korea-signing-p256.key"})
        self.addCleanup(self.restart_korea)
        trusted = {"GATEWAY_CERTIFICATES": self.world.pki / "korea-signing-p256.pem"}
        for toolkit in ["zeep", "jaxws", "php", "curl"]:
            with self.subTest(toolkit):
                self.check_receipt(toolkit, "send-feedback", **trusted)
        for toolkit in ["gsoap", "dotnet"]:
            with self.subTest(toolkit):
                self.check_untrusted(toolkit, "send-feedback", **trusted)

    def restart_korea(self, **changes):
        self.world.stop("korea")
        self.world.start("korea", partner={"roles": [gateway.ROLES["korea"]]}, **changes)

    def test_every_client_says_what_it_needs(self):
        folder = self.kits["vietnam"].folder / "clients"
        for toolkit in filter(pathlib.Path.is_dir, folder.iterdir()):
            with self.subTest(toolkit.name):
                self.assertIn("| needed |", (toolkit / "README.md").read_text())
                self.assertTrue((toolkit / "run.sh").exists())

    def test_a_client_whose_toolkit_is_not_installed_says_so_and_is_no_fault(self):
        """Exit status 1 would say that the gateway had refused the message."""
        tools = self.world.folder / "few tools"
        tools.mkdir()
        for path in pathlib.Path("/usr/bin").iterdir():
            if not re.match("php|java|wsimport|mono|mcs|csc|curl|xmlsec1|xmlstarlet|wsdl|soapcpp2|cc|gcc|python", path.name):
                (tools / path.name).symlink_to(path)
        for toolkit in sorted(path.parent.name for path in (self.kits["vietnam"].folder / "clients").glob("*/run.sh")):
            with self.subTest(toolkit):
                (line, *_), status = self.kits["vietnam"].run(
                    toolkit, "send-co", PATH=tools, PYTHON="python3", BUILD=self.world.folder / f"unbuilt-{toolkit}")
                self.assertEqual((line.split(" ")[0], status), ("untrusted", 2), line)


if __name__ == "__main__":
    unittest.main()
