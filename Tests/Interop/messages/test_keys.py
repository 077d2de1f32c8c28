"""Our own keys where operators keep them: PKCS#12, encrypted PEM, a PKCS#11 token; and several identities with their times."""

import datetime
import json
import os
import subprocess
import unittest

import gateway
import xmlsec1

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


class KeysTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.pki = self.world.pki
        (self.pki / "secret").write_text("geheim\n")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def receipt(self, **settings):
        """Starts Viet Nam's gateway with these settings; what it answers to an example."""
        self.world.start("vietnam", **settings)
        status, _, body = self.world.post("vietnam", self.world.signed(gateway.example()))
        self.assertEqual(status, 200, body)
        return body

    def assert_signed_by(self, body, certificate):
        self.assertEqual(xmlsec1.verify(body, certificate)[:2], ["Body", "Timestamp"])

    def test_a_pkcs12_file(self):
        self.openssl(
            "pkcs12", "-export", "-inkey", self.pki / "vietnam-signing.key", "-in", self.pki / "vietnam-signing.pem", "-out", self.pki / "v.p12",
            "-passout", "file:" + str(self.pki / "secret"))
        body = self.receipt(identity={"pkcs12": "../pki/v.p12", "passphraseFile": "../pki/secret"})
        self.assert_signed_by(body, self.pki / "vietnam-signing.pem")
        (self.pki / "secret").write_text("wrong\n")
        status, output, _ = gateway.run("check", "--config", self.world.folder / "vietnam/gateway.yaml")
        self.assertEqual(status, 1)
        self.assertIn(b"wrong passphrase", output)

    def test_an_encrypted_pem_file(self):
        self.openssl(
            "pkcs8", "-topk8", "-in", self.pki / "vietnam-signing.key", "-out", self.pki / "e.key", "-passout", "file:" + str(self.pki / "secret"))
        body = self.receipt(
            identity={"certificate": "../pki/vietnam-signing.pem", "key": "../pki/e.key", "passphraseFile": "../pki/secret"})
        self.assert_signed_by(body, self.pki / "vietnam-signing.pem")

    def test_a_token(self):
        tokens = self.world.folder / "tokens"
        tokens.mkdir()
        (self.world.folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\n")
        os.environ["SOFTHSM2_CONF"] = str(self.world.folder / "softhsm2.conf")
        self.addCleanup(os.environ.pop, "SOFTHSM2_CONF")
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "vietnam", "--so-pin", "1234", "--pin", "geheim"], check=True, capture_output=True)
        # softhsm2-util reads PKCS#8.
        self.openssl("pkcs8", "-topk8", "-nocrypt", "-in", self.pki / "vietnam-signing.key", "-out", self.pki / "pkcs8.key")
        subprocess.run(
            ["softhsm2-util", "--import", self.pki / "pkcs8.key", "--token", "vietnam", "--label", "signing", "--id", "A1", "--pin", "geheim"],
            check=True, capture_output=True)
        for name in ["vietnam-signing.key", "pkcs8.key"]:
            (self.pki / name).unlink()
        token = {"module": MODULE, "token": "vietnam", "object": "signing", "pinFile": "../pki/secret"}
        body = self.receipt(identity={"certificate": "../pki/vietnam-signing.pem", "pkcs11": token})
        self.assert_signed_by(body, self.pki / "vietnam-signing.pem")
        self.assertEqual(self.world.api("vietnam", "GET", "/health/ready")[0], 200)
        self.assertNotIn("geheim", self.world.log_text("vietnam"))
        (self.pki / "secret").write_text("wrong\n")
        status, output, _ = gateway.run("check", "--config", self.world.folder / "vietnam/gateway.yaml")
        self.assertEqual(status, 1)
        self.assertIn(b"the PIN is wrong", output)

    def test_the_identity_whose_time_it_is_signs(self):
        gateway.run("identity", "new", "next", "--out", self.pki, "--subject", "Next", "--algorithm", "p-256")
        now = datetime.datetime.now(datetime.timezone.utc)
        moment = (now - datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        old = {"certificate": "../pki/vietnam-signing.pem", "key": "../pki/vietnam-signing.key"}
        new = {"certificate": "../pki/next.pem", "key": "../pki/next.key", "from": moment}
        path = self.world.configure("vietnam", identities=[old, new])
        settings = gateway.yaml.safe_load(path.read_text())
        del settings["identity"]
        self.world.configure = lambda name, **_: path.write_text(gateway.yaml.safe_dump(settings)) and path
        self.assert_signed_by(self.receipt(), self.pki / "next.pem")
        report = json.loads(gateway.run("check", "--config", path, "--format", "json")[1])
        self.assertEqual([entry["subject"] for entry in report["certificates"] if entry["owner"] == "us"].count("CN=Next"), 1)


if __name__ == "__main__":
    unittest.main()
