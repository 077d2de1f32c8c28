"""Python zeep as a partner: it knows nothing but the WSDL, signs with python-xmlsec, and verifies what comes back."""

import datetime
import unittest

import requests
# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
import zeep
from zeep.wsse import signature, utils

import gateway
from partners import matrix
from partners.toolkits import Relay, changed

TOOLKIT = "zeep", zeep.__version__
PORTS = {"1.1": "SendCOPortSOAP11", "1.2": "SendCOPortSOAP12"}
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"


class SignedTimestamp(signature.BinarySignature):
    """zeep's own signature with a Timestamp in front, which it adds only when told; verifies with the partner's certificate."""

    def __init__(self, key, certificate, partner_certificate, method):
        super().__init__(str(key), str(certificate), signature_method=method, digest_method=xmlsec.Transform.SHA256)
        self.partner_certificate = partner_certificate
        self.verified = []

    def apply(self, envelope, headers):
        security = utils.get_security_header(envelope)
        now = datetime.datetime.now(datetime.timezone.utc)
        timestamp = etree.SubElement(security, etree.QName(WSU, "Timestamp"))
        for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
            etree.SubElement(timestamp, etree.QName(WSU, name)).text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return super().apply(envelope, headers)

    def verify(self, envelope):
        key = xmlsec.Key.from_memory(self.partner_certificate.read_bytes(), xmlsec.KeyFormat.CERT_PEM, None)
        signature._verify_envelope_with_key(envelope, key)
        self.verified.append(etree.QName(envelope.find("{*}Body")[0]).localname)
        return envelope


class ChangingTransport(zeep.Transport):
    """Changes one digit of what is signed already."""

    def post(self, address, message, headers):
        return super().post(address, changed(message, (b">812.500<", b">812.501<")), headers)


class ZeepTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")

    def client(self, key="korea-signing", method=xmlsec.Transform.RSA_SHA256, port=None, transport=zeep.Transport):
        session = requests.Session()
        session.trust_env = False  # a proxy or CA bundle of the environment is not ours
        session.verify = str(self.world.pki / "tls-ca.pem")
        session.cert = (str(self.world.pki / "korea-tls.pem"), str(self.world.pki / "korea-tls.key"))
        wsse = SignedTimestamp(
            self.world.pki / f"{key}.key", self.world.pki / f"{key}.pem", self.world.pki / "vietnam-signing.pem", method
        )
        wsdl = self.world.soap_url("vietnam") + "/send-co?wsdl"
        client = zeep.Client(wsdl, transport=transport(session=session), wsse=wsse)
        service = client.bind("SendCOService", port) if port else client.service
        return client, service, wsse

    def arguments(self, client, dataset):
        """The JSON dataset by the names of the WSDL, found by zeep from the schema alone."""
        element = client.get_element("{urn:coconect:eco:1}SendCO")
        return self.named(element.type, dataset)

    def named(self, kind, value):
        named = {}
        for name, element in kind.elements:
            json_name = next(key for key in self.spellings(name) if key in value or key == self.spellings(name)[-1])
            if json_name not in value:
                continue
            part = value[json_name]
            convert = (lambda item: self.named(element.type, item)) if hasattr(element.type, "elements") else self.native(element.type)
            named[name] = [convert(item) for item in part] if isinstance(part, list) else convert(part)
        return named

    @staticmethod
    def native(kind):
        """zeep writes dates and bytes from Python's own types."""
        base = kind.__class__.__mro__
        if any(item.__name__ == "Base64Binary" for item in base):
            import base64
            return base64.b64decode
        if any(item.__name__ in ("DateTime", "Date") for item in base):
            return kind.pythonvalue
        return lambda item: item

    @staticmethod
    def spellings(name):
        """JSON names that an XML name may stand for: the first letters in lower case, and the plural of a list."""
        special = {"HSVersion": "hsVersion", "RVCPercent": "rvcPercent", "SHA256": "sha256", "ID": "id", "OriginalCO": "originalCo"}
        single = special.get(name) or (name[0].lower() + name[1:]).replace("ID", "Id")
        plural = single[:-1] + "ies" if single.endswith("y") else single + "s"
        return [single, plural]

    def send(self, dataset, **options):
        client, service, wsse = self.client(**options)
        return service.SendCO(**self.arguments(client, dataset)), wsse

    def test_rsa_over_soap_12(self):
        dataset = gateway.example()
        receipt, wsse = self.send(dataset)
        self.assertEqual(receipt.FunctionalReferenceID, dataset["functionalReferenceId"])
        self.assertEqual(wsse.verified, ["SendCOResponse"])

    def test_what_zeep_sent_is_the_same_json_inside(self):
        dataset = gateway.example()
        self.send(dataset)
        path = "/messages?messageId=" + dataset["functionalReferenceId"]
        (message,) = self.world.api("vietnam", "GET", path)[2]["messages"]
        stored = self.world.api("vietnam", "GET", f"/messages/{message['id']}/dataset.json")[2]
        self.assertEqual(stored, dataset)

    def test_p256_over_soap_11(self):
        dataset = gateway.example()
        receipt, _ = self.send(
            dataset, key="korea-signing-p256", method=xmlsec.Transform.ECDSA_SHA256, port="SendCOPortSOAP11"
        )
        self.assertEqual(receipt.FunctionalReferenceID, dataset["functionalReferenceId"])

    def test_a_repeated_message_gets_the_same_receipt(self):
        """zeep gives Body a new id at each send, so only the content can tell that it is the same."""
        dataset = gateway.example()
        first, second = self.send(dataset)[0], self.send(dataset)[0]
        self.assertEqual(zeep.helpers.serialize_object(first), zeep.helpers.serialize_object(second))
        path = "/messages?messageId=" + dataset["functionalReferenceId"]
        self.assertEqual(len(self.world.api("vietnam", "GET", path)[2]["messages"]), 1)

    def test_other_content_under_the_same_id_gets_a_signed_fault(self):
        dataset = gateway.example()
        self.send(dataset)
        dataset["remarks"] = ["something else"]
        with self.assertRaises(zeep.exceptions.Fault) as caught:
            self.send(dataset)
        self.assertIn("was used before for other content", caught.exception.message)

    def test_one_changed_digit_gets_a_signed_fault(self):
        for version, port in PORTS.items():
            with self.subTest(version):
                dataset = gateway.example()
                client, service, wsse = self.client(port=port, transport=ChangingTransport)
                with self.assertRaises(zeep.exceptions.Fault) as caught:
                    service.SendCO(**self.arguments(client, dataset))
                self.assertEqual(wsse.verified, ["Fault"])
                self.assertEqual(caught.exception.detail.findtext(".//{urn:coconect:eco:1}Code"), "digest-wrong")
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])
                matrix.note(*TOOLKIT, "send-co", "calls us", "changed message refused", soap=version)

    def test_zeep_believes_neither_another_signer_nor_a_changed_receipt(self):
        """So that a receipt above means something."""
        client, service, wsse = self.client()
        wsse.partner_certificate = self.world.pki / "korea-signing.pem"
        with self.assertRaises(zeep.exceptions.SignatureVerificationFailed):
            service.SendCO(**self.arguments(client, gateway.example()))
        relay = Relay(self.world, "vietnam", answer=(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21"))
        gateway.serve(relay, self.addCleanup)
        client, service, wsse = self.client()
        service._binding_options["address"] = relay.url("send-co")
        with self.assertRaises(zeep.exceptions.SignatureVerificationFailed):
            service.SendCO(**self.arguments(client, gateway.example()))


if __name__ == "__main__":
    unittest.main()
