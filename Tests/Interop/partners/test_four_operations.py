"""All four operations in the roles that provide them: called by zeep, which knows only `?wsdl`, and between two gateways."""

import json
import unittest

import requests
# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
import zeep

import gateway
from partners import matrix, test_zeep

ECO = "urn:coconect:eco:1"


def setUpModule():
    RolesCase.world = gateway.World()
    unittest.addModuleCleanup(RolesCase.world.close)
    RolesCase.world.start_in_roles()
    RolesCase.world.issue("korea")


class RolesCase(unittest.TestCase):
    """Viet Nam as inbound gateway, Korea as outbound gateway, and nothing else."""

    def stored(self, name, dataset):
        """What a party has made of the one message with the id of this dataset: its view and the JSON that it gives out."""
        (message,) = self.world.messages(name, dataset["functionalReferenceId"])
        return message, json.loads(self.world.kept(name, message["id"], "dataset.json"))


class ZeepTest(RolesCase):
    def client(self, name, query, operation):
        """A client of a party's operation, with the key of the other; what it verified, and the addresses that it read."""
        sender = gateway.counterpart(name)
        session = requests.Session()
        session.trust_env = False  # a proxy or CA bundle of the environment is not ours
        session.verify = str(self.world.pki / "tls-ca.pem")
        session.cert = (str(self.world.pki / f"{sender}-tls.pem"), str(self.world.pki / f"{sender}-tls.key"))
        read = []
        session.hooks["response"].append(lambda response, **_: read.append(response.url))
        keys = [self.world.pki / file for file in (f"{sender}-signing.key", f"{sender}-signing.pem", f"{name}-signing.pem")]
        wsse = test_zeep.SignedTimestamp(*keys, xmlsec.Transform.RSA_SHA256)
        wsdl = f"{self.world.soap_url(name)}/{operation}?{query}"
        return zeep.Client(wsdl, transport=zeep.Transport(session=session), wsse=wsse), wsse.verified, read

    @classmethod
    def arguments(cls, element):
        """The example as zeep wants it: children by name, text as it stands."""
        if not len(element):
            return element.text
        named = {}
        for child in element:
            named.setdefault(etree.QName(child).localname, []).append(cls.arguments(child))
        return {name: parts if len(parts) > 1 else parts[0] for name, parts in named.items()}

    @staticmethod
    def service(client, name, version):
        return client.bind(name + "Service", f"{name}PortSOAP{version.replace('.', '')}")

    def test_each_operation_from_its_wsdl_alone_over_both_versions_of_soap(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in gateway.CONTENT_TYPES:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    message = etree.fromstring(content)
                    name = etree.QName(message).localname
                    client, verified, _ = self.client(provider, "wsdl", operation)
                    receipt = self.service(client, name, version)[name](**self.arguments(message))
                    self.assertEqual(verified, [name + "Response"])
                    self.assertEqual(receipt.FunctionalReferenceID, dataset["functionalReferenceId"])
                    view, inside = self.stored(provider, dataset)
                    self.assertEqual((view["operation"], view["state"]), (operation, "accepted"))
                    self.assertEqual(inside, dataset)
                    matrix.note(*test_zeep.TOOLKIT, operation, "calls us", "accepted", soap=version)

    def test_an_operation_that_our_role_does_not_provide_is_refused_by_name(self):
        for operation, provider in gateway.PROVIDERS.items():
            for version in gateway.CONTENT_TYPES:
                with self.subTest(operation, version=version):
                    dataset, content = gateway.example_of(operation)
                    message = etree.fromstring(content)
                    name = etree.QName(message).localname
                    arguments = self.arguments(message)
                    arguments["Sender"], arguments["Receiver"] = arguments["Receiver"], arguments["Sender"]
                    other = gateway.counterpart(provider)
                    client, verified, _ = self.client(other, "wsdl", operation)
                    with self.assertRaises(zeep.exceptions.Fault) as caught:
                        self.service(client, name, version)[name](**arguments)
                    self.assertEqual(verified, ["Fault"])
                    self.assertIn(f"The operation {operation} is not provided", caught.exception.message)
                    self.assertEqual(caught.exception.detail.findtext(f".//{{{ECO}}}Code"), "operation-not-provided")
                    self.assertEqual(self.world.messages(other, dataset["functionalReferenceId"]), [])
                    matrix.note(*test_zeep.TOOLKIT, operation, "calls us", "fault read", soap=version)

    def test_a_narrowed_contract_has_its_schemas_behind_addresses_that_zeep_can_follow(self):
        for agreement in gateway.AGREEMENTS:
            with self.subTest(agreement):
                client, _, read = self.client("vietnam", f"wsdl&agreement={agreement}", "send-co")
                files = [f"coconect-eco-1-{agreement}.xsd"]
                if agreement != "NONPREF":  # which has no elements of its own
                    files.append(f"coconect-agreement-{agreement}-1.xsd")
                    client.get_element(f"{{urn:coconect:eco:agreement:{agreement}:1}}{agreement}")
                address = self.world.soap_url("vietnam") + "/send-co?"
                self.assertEqual(read, [f"{address}wsdl&agreement={agreement}"] + [f"{address}xsd={file}" for file in files])
                self.assertEqual(client.get_element(f"{{{ECO}}}SendCO").type.name, "SendCOType")

    def test_an_element_of_the_agreements_own_is_sent_by_the_narrowed_contract(self):
        client, verified, _ = self.client("vietnam", "wsdl&agreement=RCEP", "send-co")
        dataset, content = gateway.example_of("send-co")
        own = {"RCEP": {"TariffDifferential": "VN"}}
        client.service.SendCO(**self.arguments(etree.fromstring(content)), Extensions=own)
        self.assertEqual(verified, ["SendCOResponse"])
        self.assertEqual(self.stored("vietnam", dataset)[1], dataset | {"extensions": {"RCEP": {"tariffDifferential": "VN"}}})


class TwoGatewaysTest(RolesCase):
    def submit(self, sender, operation, dataset):
        path = f"/partners/{gateway.counterpart(sender)}/{operation}"
        return self.world.api(sender, "POST", path, dataset, {"Prefer": "wait=20"})

    def test_each_operation_goes_from_json_to_the_inbox_of_the_other_and_back_as_a_receipt(self):
        for operation, provider in gateway.PROVIDERS.items():
            with self.subTest(operation):
                sender = gateway.counterpart(provider)
                dataset, _ = gateway.example_of(operation)
                status, _, sent = self.submit(sender, operation, dataset)
                self.assertEqual((status, sent["message"]["state"]), (200, "acknowledged"), sent)
                inbox = self.world.api(provider, "GET", "/inbox")[2]["messages"]
                (received,) = [message for message in inbox if message["messageID"] == dataset["functionalReferenceId"]]
                self.assertEqual((received["operation"], received["partner"]), (operation, sender))
                self.assertEqual(self.stored(provider, dataset)[1], dataset)
                self.check_receipt(sender, provider, dataset)

    def check_receipt(self, sender, provider, dataset):
        """Both keep the same bytes of it; it is the provider's, and names the message and the digest of its Body."""
        ours, theirs = (self.stored(name, dataset)[0] for name in (sender, provider))
        receipt = self.world.kept(sender, ours["id"], "response.xml")
        self.assertEqual(receipt, self.world.kept(provider, theirs["id"], "response.xml"))
        status, report = self.world.verify(receipt, self.world.trust(provider))
        self.assertEqual(status, 0, report)
        values = {etree.QName(element).localname: element.text for element in etree.fromstring(receipt).find(".//{*}Receipt")}
        self.assertEqual(values["FunctionalReferenceID"], dataset["functionalReferenceId"])
        self.assertIn(f">{values['DigestValue']}<", self.world.kept(sender, ours["id"], "request.xml").decode())

    def test_an_operation_that_our_role_does_not_call_is_not_sent(self):
        for operation, provider in gateway.PROVIDERS.items():
            with self.subTest(operation):
                dataset, _ = gateway.example_of(operation)
                dataset["sender"], dataset["receiver"] = dataset["receiver"], dataset["sender"]
                status, _, problem = self.submit(provider, operation, dataset)
                self.assertEqual((status, problem["type"]), (403, "urn:coconect:problem:operation-not-called"), problem)
                self.assertIn(operation, problem["detail"])
                self.assertEqual(self.world.messages(provider, dataset["functionalReferenceId"]), [])


if __name__ == "__main__":
    unittest.main()
