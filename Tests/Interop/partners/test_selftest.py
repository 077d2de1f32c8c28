"""The attack kit against a running gateway, over TLS, as an administration would run it."""

import json
import unittest

import gateway


class SelfTestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        path = cls.world.configure("vietnam")
        settings = gateway.yaml.safe_load(path.read_text())
        cls.world.start("vietnam", soap=settings["soap"] | {"requestsPerMinute": 1_000_000})
        cls.message = cls.world.folder / "message.json"
        cls.message.write_text(json.dumps(gateway.example()))

    def selftest(self, *arguments, identity="korea-signing", url=None):
        pki = self.world.pki
        return gateway.run(
            "selftest", "--url", url or self.world.soap_url("vietnam"), "--identity", pki / identity, "--message", self.message,
            "--client", pki / "korea-tls", "--anchors", pki / "tls-ca.pem", "--rate", 1000, "--format", "json", *arguments)

    def test_every_attack_in_every_shape_is_refused_by_its_rule(self):
        for identity in ["korea-signing", "korea-signing-p256"]:
            status, output, errors = self.selftest(identity=identity)
            self.assertIn(status, [0, 1], errors)
            report = json.loads(output)
            self.assertEqual([result for result in report["results"] if result["verdict"] != "good"], [])
            self.assertEqual((report["verdict"], status), ("good", 0))
            self.assertEqual(len({result["shape"] for result in report["results"]}), 28)
            self.assertGreater(len(report["results"]), 3500)
        accepted = self.world.api("vietnam", "GET", "/messages?direction=inbound&state=accepted")[2]["messages"]
        self.assertEqual(len(accepted), 1, "only the good message, once")

    def test_an_identity_that_the_endpoint_does_not_know_ends_the_test(self):
        gateway.run("identity", "new", "stranger", "--out", self.world.pki, "--subject", "Stranger")
        status, _, errors = self.selftest(identity="stranger")
        self.assertEqual(status, 2)
        self.assertIn("does not accept a good message: signer-unknown", errors)

    def test_prod_hosts_and_hosts_elsewhere_are_not_attacked_unasked(self):
        for url, text in [("https://prod.coconect.customs.go.kr", "prod host"), ("https://test.coconect.customs.go.kr", "--agreed")]:
            status, _, errors = self.selftest(url=url)
            self.assertEqual(status, 2)
            self.assertIn(text, errors)


if __name__ == "__main__":
    unittest.main()
