"""Partners whose own WSDLs only rename: valid by their schemas both ways, and the same JSON inside."""

import dataclasses
import json
import unittest

import yaml
from lxml import etree

import foreign_signer as foreign
import gateway
import xmlsec1
from foreign_signer import ECO
from partners.partner_server import Requests, Words

# A partner's own words for some of the menu's; below GoodsItem only one of the two that are called Description.
NAMES = {
    "namespace": "http://customs.la.example/eco", "elementForm": "qualified",
    "messages": {"SendCO": "SubmitCertificate", "SendCOResponse": "SubmitCertificateResult"},
    "elements": {
        "FunctionalReferenceID": "MessageNumber", "AgreementCode": "Treaty", "GoodsItem": "Line", "GoodsItem.Description": "Goods",
        "Message.ID": "CertificateNumber", "Receipt": "Stamp", "Receipt.DigestValue": "Digest",
    },
    "actions": {"send-co": "http://customs.la.example/eco/Submit"},
}
XS = "{http://www.w3.org/2001/XMLSchema}"
# The classes of which the menu has the elements at the top.
MESSAGES = ["SendCO", "SendAmendmentNotification", "SendCancelationStatus", "SendFeedback"]


def renamed_schema(names):
    """The published schema in a partner's words."""
    text = (gateway.ROOT / "wsdl/coconect-eco-1.xsd").read_text()
    if "namespace" in names:
        text = text.replace("urn:coconect:eco:1", names["namespace"])
    schema = etree.fromstring(text.encode())
    schema.set("elementFormDefault", names.get("elementForm", "qualified"))
    messages, elements = names.get("messages", {}), names.get("elements", {})
    for element in schema.iter(XS + "element"):
        own, kind = element.get("name"), next(element.iterancestors(XS + "complexType"), None)
        if kind is None:
            element.set("name", messages.get(own, own))
            continue
        parent = kind.get("name").removesuffix("Type")
        parent = "Message" if parent in MESSAGES else parent
        element.set("name", elements.get(f"{parent}.{own}", elements.get(own, own)))
    return etree.XMLSchema(schema)


class NamesTest(Requests, unittest.TestCase):
    """A partner whose own WSDL only renames."""

    forms = {
        "qualified": NAMES, "unqualified": NAMES | {"elementForm": "unqualified"},
        "elements": {"elements": NAMES["elements"], "namespace": NAMES["namespace"]},
        "namespace-alone": {"namespace": NAMES["namespace"]},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for form, names in cls.forms.items():
            (cls.config.parent / f"{form}-names.yaml").write_text(yaml.safe_dump(names))
            cls.files.add(form, names=f"../{form}-names.yaml", endpoint={"url": cls.server.url, "soapVersion": "1.1"})
        cls.world.start("korea")
        # Or the file of the world's own partner alone would be left.
        assert sorted(path.stem for path in cls.files.folder.iterdir()) == sorted([*cls.forms, "vietnam"])

    @staticmethod
    def words(names):
        """As the server of the test uses them; of names with a class only those of a receipt's."""
        own = {key.split(".")[-1]: name for key, name in names.get("elements", {}).items() if key != "GoodsItem.Description"}
        return Words(names.get("namespace", "urn:coconect:eco:1"), names.get("elementForm", "qualified"), own | names.get("messages", {}))

    def test_a_request_is_valid_by_the_partners_schema_and_its_answer_in_its_words_is_taken(self):
        for form, names in self.forms.items():
            with self.subTest(form):
                report = self.sent(form, words=self.words(names))
                self.assertEqual(report["verdict"], "accepted", report)
                call = self.server.calls[-1]
                content = etree.fromstring(etree.tostring(etree.fromstring(call.body).find("{*}Body")[0]))
                renamed_schema(names).assertValid(content)
                namespace = names.get("namespace", "urn:coconect:eco:1")
                action = names.get("actions", {}).get("send-co", f"{namespace}:SendCO")
                self.assertEqual(call.headers["SOAPAction"], f'"{action}"')
                self.assertEqual(xmlsec1.verify(call.body, self.world.pki / "korea-signing.pem")[:2], ["Body", "Timestamp"])

    def test_an_answer_in_other_words_is_not_taken(self):
        words = self.words(NAMES)
        for what, other in {
            "the menu's": Words(), "unqualified": dataclasses.replace(words, form="unqualified"),
            "another namespace": dataclasses.replace(words, namespace="urn:coconect:eco:1"),
            "one name not renamed": dataclasses.replace(words, names={key: name for key, name in words.names.items() if name != "Digest"}),
        }.items():
            with self.subTest(what):
                report = self.sent("qualified", words=words, answered_in=other)
                self.assertEqual(report["verdict"], "unanswered", report)
                self.assertIn("the answer is not a SubmitCertificateResult: ", report["reason"])

    def test_its_request_is_answered_in_its_words_and_is_the_same_json_inside(self):
        for form, names in self.forms.items():
            with self.subTest(form):
                dataset = self.files.of(form)
                content = self.in_words(foreign.content_of(dataset), names)
                request = foreign.message(self.files.signers[form], content, foreign.Shape("p256-sha256", version="1.1"))
                action = names.get("actions", {}).get("send-co")
                headers = {"SOAPAction": f'"{action}"'} if action else {}
                status, _, answer = self.world.post(
                    "korea", request, content_type=gateway.CONTENT_TYPES["1.1"], headers=headers, sender="vietnam")
                self.assertEqual(status, 200, answer)
                receipt = etree.fromstring(etree.tostring(etree.fromstring(answer).find("{*}Body")[0]))
                renamed_schema(names).assertValid(receipt)
                self.assertEqual(receipt.xpath("string(//*[local-name()=$id])", id=self.words(names).of("FunctionalReferenceID")),
                                 dataset["functionalReferenceId"])
                (message,) = self.world.messages("korea", dataset["functionalReferenceId"])
                self.assertEqual(json.loads(self.world.kept("korea", message["id"], "dataset.json")), dataset)

    def test_it_may_use_the_words_of_the_menu_too_but_never_both(self):
        written = foreign.content_of(self.files.of("qualified"))
        for changes, outcome in [((), "SendCOResponse"), ((b"AgreementCode>", b"Treaty>"), "dataset")]:
            with self.subTest(outcome):
                content = foreign.with_own_id(written.replace(*changes) if changes else written)
                request = foreign.message(self.files.signers["qualified"], content, foreign.Shape("p256-sha256"))
                _, _, answer = self.world.post("korea", request, sender="vietnam")
                envelope = etree.fromstring(answer)
                found = envelope.findtext(f".//{ECO}Refusal/{ECO}Code") or etree.QName(envelope.find("{*}Body")[0]).localname
                self.assertEqual(found, outcome, answer)

    def in_words(self, content, names):
        """What the menu's words are in the partner's; valid by its schema."""
        root, elements = etree.fromstring(content), names.get("elements", {})
        namespace, is_qualified = names.get("namespace", "urn:coconect:eco:1"), names.get("elementForm") != "unqualified"
        renamed = {}
        for element in root.iter():
            own = etree.QName(element).localname
            parent = "Message" if element.getparent() is root else etree.QName(element.getparent()).localname if element is not root else ""
            name = elements.get(f"{parent}.{own}", elements.get(own, own)) if parent else names.get("messages", {}).get(own, own)
            renamed[element] = f"{{{namespace}}}{name}" if is_qualified or not parent else name
        for element, tag in renamed.items():
            element.tag = tag
        etree.cleanup_namespaces(root)
        renamed_schema(names).assertValid(root)
        return etree.tostring(root)


if __name__ == "__main__":
    unittest.main()
