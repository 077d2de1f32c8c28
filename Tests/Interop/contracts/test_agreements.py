"""An agreement that a deployment adds while its gateway runs: a file and a SIGHUP, nothing else."""

import signal
import unittest
import urllib.error
import urllib.request

import gateway

AGREEMENT = """\
agreement: MUTUAL
version: 1
title: Agreement of two customs
source: a test
languages: [en]
validityMonths: 24
documentTypes: ["861"]
procedures: {amendments: ["1", "4", "5"], holdHours: 1, tries: 3}
elements: {importer: M, tradeTerms: N}
extensions:
  - {json: sealNumber, xml: SealNumber, format: an..20, card: "1", basis: inference, text: Number of the customs seal}
"""


class Agreements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.folder = cls.world.folder / "agreements"
        cls.folder.mkdir()
        for name in gateway.PARTIES:
            cls.world.start(name, agreements="../agreements")

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def contract(self, query):
        request = urllib.request.Request(self.world.soap_url("vietnam") + "/send-co?" + query)
        return gateway.answer(request, self.world.client_context("korea"))

    def reload(self, expected):
        """SIGHUP to both gateways; waits for the line that each writes."""
        before = {name: self.world.log_text(name).count(expected) for name in gateway.PARTIES}
        for server in self.world.servers.values():
            server.send_signal(signal.SIGHUP)
        gateway.until(20, expected, lambda: all(self.world.log_text(name).count(expected) > before[name] for name in gateway.PARTIES))

    def test_a_file_and_a_reload_add_an_agreement_with_a_new_element(self):
        dataset = gateway.example(agreementCode="MUTUAL", extensions={"MUTUAL": {"sealNumber": "KCS-0077"}})
        self.assertEqual(self.contract("wsdl&agreement=MUTUAL")[0], 404)
        status, _, problem = self.world.api("korea", "POST", "/partners/vietnam/send-co", dataset)
        self.assertEqual((status, problem["problems"][0]["code"]), (422, "unknown-agreement"))

        (self.folder / "mutual.yaml").write_text(AGREEMENT)
        self.reload(" reloaded")
        self.assertEqual(self.contract("wsdl&agreement=MUTUAL")[0], 200)
        schema = self.contract("xsd=coconect-agreement-MUTUAL-1.xsd")
        self.assertIn(b'name="SealNumber"', schema[2])
        status, _, message = self.world.api(
            "korea", "POST", "/partners/vietnam/send-co", dataset, {"Prefer": "wait=20"})
        self.assertEqual((status, message["message"]["state"]), (200, "acknowledged"), message)
        arrived = self.world.messages("vietnam", dataset["functionalReferenceId"])[0]
        _, _, inside = self.world.api("vietnam", "GET", f"/messages/{arrived['id']}/dataset.json")
        self.assertEqual(inside, dataset)

        with self.subTest("a broken file changes nothing"):
            (self.folder / "mutual.yaml").write_text(AGREEMENT.replace("importer: M", "importers: M"))
            self.reload("not reloaded")
            self.assertIn("importers is no element of a certificate", self.world.log_text("vietnam"))
            again = dataset | {"functionalReferenceId": "again"}
            status, _, message = self.world.api("korea", "POST", "/partners/vietnam/send-co", again, {"Prefer": "wait=20"})
            self.assertEqual((status, message["message"]["state"]), (200, "acknowledged"), message)

    def test_check_names_every_broken_file(self):
        folder = self.world.folder / "broken"
        folder.mkdir()
        (folder / "one.yaml").write_text(AGREEMENT.replace("MUTUAL", "mutual"))
        (folder / "two.yaml").write_text(AGREEMENT.replace('"861"', '"999"'))
        path = self.world.folder / "vietnam" / "other.yaml"
        path.write_text((self.world.folder / "vietnam/gateway.yaml").read_text().replace("../agreements", "../broken"))
        status, output, _ = gateway.run("check", "--config", path)
        self.assertEqual(status, 1)
        for said in ("one.yaml: the code 'mutual'", "two.yaml: typeCode allows 999"):
            self.assertIn(said, output.decode())


if __name__ == "__main__":
    unittest.main()
