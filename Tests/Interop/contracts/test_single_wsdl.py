"""`?singleWsdl`: one document with everything in it, for toolkits and build servers that may fetch nothing more."""

import unittest
import urllib.request

import zeep
from lxml import etree

import gateway

XS = "{http://www.w3.org/2001/XMLSchema}"


class NothingMore(zeep.transports.Transport):
    """Has one document, and fetches nothing."""

    def __init__(self, document):
        super().__init__()
        self.document = document

    def load(self, url):
        assert url == "https://gateway.example/single.wsdl", f"{url} was wanted too"
        return self.document


class SingleWSDLTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")

    def get(self, query):
        url = f"{self.world.soap_url('vietnam')}/send-co?{query}"
        with urllib.request.urlopen(url, context=self.world.client_context("korea"), timeout=60) as response:
            return response.read()

    def test_zeep_needs_nothing_else(self):
        for query in ["singleWsdl", "singlewsdl", "singleWsdl&agreement=RCEP", "singleWsdl&agreement=A18"]:
            client = zeep.Client("https://gateway.example/single.wsdl", transport=NothingMore(self.get(query)))
            service = client.wsdl.services["SendCOService"]
            addresses = {port.binding_options["address"] for port in service.ports.values()}
            self.assertEqual(addresses, {self.world.soap_url("vietnam") + "/send-co"}, query)
            self.assertIsNotNone(client.get_element("{urn:coconect:eco:1}SendCO"))

    def test_it_says_what_wsdl_and_xsd_say(self):
        single = etree.fromstring(self.get("singleWsdl"))
        schemas = single.findall(f".//{XS}schema")
        self.assertEqual(len(schemas), 2)
        self.assertEqual(etree.tostring(schemas[1], method="c14n2", strip_text=True, exclusive=True),
                         etree.tostring(etree.fromstring(self.get("xsd")), method="c14n2", strip_text=True, exclusive=True))
        plain = etree.fromstring(self.get("wsdl"))
        self.assertEqual([child.tag for child in single], [child.tag for child in plain])


if __name__ == "__main__":
    unittest.main()
