"""What the gateway packs, and takes in packages for an answer. What is signed is the message without the package, so xmlsec1 verifies
exactly that, once Python's email package and zeep have read it."""

import base64
import dataclasses
import email
import email.policy
import re
import unittest

import zeep
from lxml import etree

import gateway
import xmlsec1
from foreign_signer import ECO
from messages.packages import ACTION, LARGE, MEDIA_TYPES, SMALL, TINY, XOP, Package, Part, attachment, unpacked, with_attachments
from partners import test_zeep
from partners.partner_server import Requests, receipt, version_of
from xmlsec1 import SOAP


class OursTest(Requests, unittest.TestCase):
    """Korea's packages, at a server of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for version in SOAP:
            cls.files.add(f"soap{version}", endpoint={"url": cls.server.url, "mtom": "on", "soapVersion": version})
        cls.files.add("plain", endpoint={"url": cls.server.url})

    def plain(self, partner, document):
        return lambda call: (200, gateway.CONTENT_TYPES[version_of(etree.fromstring(document(call)))], receipt(
            etree.fromstring(document(call)), self.files.signers[partner], confirmation="absent"))

    def test_others_read_and_verify_what_we_pack(self):
        for version in SOAP:
            for attached in [2, 0]:
                with self.subTest(version=version, attachments=attached):
                    partner = f"soap{version}"
                    dataset = self.files.to(partner)
                    dataset.pop("attachments", None)
                    dataset = with_attachments(dataset) if attached else dataset
                    document = lambda call: unpacked(call.headers["Content-Type"], call.body)[0]
                    report = self.sent_for(self.plain(partner, document), partner, dataset)
                    self.assertEqual(report["verdict"], "accepted", report)
                    call = self.server.calls[-1]
                    message, parts = unpacked(call.headers["Content-Type"], call.body)
                    self.assertEqual(parts, attached)
                    covered = xmlsec1.verify(message, self.world.pki / "korea-signing.pem")
                    self.assertEqual(covered, ["Body", "Timestamp", "To", "Action", "MessageID", "ReplyTo"])
                    if attached:
                        self.assertIn(LARGE, call.body)
                        self.assertNotIn(base64.b64encode(LARGE)[:1000], call.body)
                        contents = [base64.b64decode(found.text) for found in etree.fromstring(message).iter(f"{ECO}Content")]
                        self.assertEqual(contents, [LARGE, SMALL, TINY])
                    self.check_action(call, version)

    def test_attachments_stand_where_they_were_in_a_partners_own_words_too(self):
        names = self.config.parent / "names.yaml"
        names.write_text("namespace: urn:la\nelementForm: unqualified\nelements: {Content: Bytes}\nmessages: {SendCO: Submit}\n")
        self.files.add("named", names="../names.yaml", endpoint={"url": self.server.url, "mtom": "on"})
        refusal = lambda call: (500, gateway.CONTENT_TYPES["1.2"], b"")
        self.sent_for(refusal, "named", with_attachments(self.files.to("named")))
        call = self.server.calls[-1]
        message, parts = unpacked(call.headers["Content-Type"], call.body)
        xmlsec1.verify(message, self.world.pki / "korea-signing.pem")
        contents = [base64.b64decode(found.text) for found in etree.fromstring(message).iter("Bytes")]
        self.assertEqual((parts, contents), (2, [LARGE, SMALL, TINY]))

    def check_action(self, call, version):
        """Beside the package where SOAP 1.2 has it, and in SOAPAction with 1.1."""
        whole = email.message_from_string("Content-Type: " + call.headers["Content-Type"], policy=email.policy.HTTP)
        self.assertEqual(whole.get_param("start-info"), MEDIA_TYPES[version])
        self.assertEqual(whole.get_param("action"), ACTION if version == "1.2" else None)
        self.assertEqual(call.headers["SOAPAction"], f'"{ACTION}"' if version == "1.1" else None)

    def test_base64_that_has_another_spelling_is_packed_as_it_was_signed_or_not_at_all(self):
        """What a part holds has one spelling in base64; a reader puts no other back."""
        usual = base64.b64encode(SMALL + b"!").decode()
        self.assertTrue(usual.endswith("=="))
        last = usual[-3]
        for what, content in {
            "lines": "\n".join(re.findall(".{1,76}", usual)), "spaces": " " + usual + " ",
            "bits behind the end": usual[:-3] + chr(ord(last) + 1) + "==", "no padding": usual.rstrip("="),
        }.items():
            with self.subTest(what):
                dataset = self.files.to("soap1.2", attachments=[attachment("b.pdf", SMALL + b"!") | {"content": content}])
                document = lambda call: unpacked(call.headers["Content-Type"], call.body)[0]
                report = self.sent_for(self.plain("soap1.2", document), "soap1.2", dataset)
                if isinstance(report, str):
                    self.assertIn("the dataset has problems", report)
                    continue
                self.assertEqual(report["verdict"], "accepted", report)
                xmlsec1.verify(document(self.server.calls[-1]), self.world.pki / "korea-signing.pem")

    def test_a_receipt_in_a_package_is_taken(self):
        """Whether we asked for packages or not; toolkits make a part of DigestValue, too."""
        def packed(call, is_split):
            answer = receipt(etree.fromstring(call.body), self.files.signers["plain"], confirmation="absent")
            root, parts = Part("<root@example>", answer, kind='application/xop+xml; type="application/soap+xml"'), []
            if is_split:
                digest = etree.fromstring(answer).findtext(f".//{ECO}DigestValue").encode()
                include = f'<xop:Include xmlns:xop="{XOP}" href="cid:digest"/>'.encode()
                head, _, tail = answer.rpartition(digest)
                root, parts = dataclasses.replace(root, content=head + include + tail), [Part("<digest>", base64.b64decode(digest))]
            body = b"".join(b"--boundary\r\n" + part.written(b"\r\n") + b"\r\n" for part in [root, *parts])
            return 200, Package().content_type, body + b"--boundary--\r\n"

        for is_split in [False, True]:
            with self.subTest(is_split=is_split):
                report = self.sent_for(lambda call: packed(call, is_split), "plain")
                self.assertEqual(report["verdict"], "accepted", report)

    def test_a_package_that_cannot_be_read_is_no_answer(self):
        def broken(call):
            answer = receipt(etree.fromstring(call.body), self.files.signers["plain"], confirmation="absent")
            return 200, Package().content_type, answer

        report = self.sent_for(broken, "plain")
        self.assertEqual(report["verdict"], "unanswered", report)
        self.assertIn("the multipart/related message is not read: the boundary", report["reason"])


class ZeepTest(test_zeep.ZeepTest):
    """As zeep without packages, all of it: but what zeep verifies comes in one."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam", partner={
            "certificates": ["../../pki/korea-signing.pem", "../../pki/korea-signing-p256.pem"], "answers": {"mtom": "on"}})

    def test_the_answer_is_a_package(self):
        kinds = []

        class Transport(zeep.Transport):
            def post(self, address, message, headers):
                answer = super().post(address, message, headers)
                kinds.append((answer.headers["Content-Type"], answer.content))
                return answer

        dataset = gateway.example()
        answered, wsse = self.send(dataset, transport=Transport)
        self.assertEqual(answered.FunctionalReferenceID, dataset["functionalReferenceId"])
        self.assertEqual(wsse.verified, ["SendCOResponse"])
        ((kind, body),) = kinds
        message, parts = unpacked(kind, body)
        self.assertEqual(parts, 0)
        self.assertEqual(xmlsec1.verify(message, self.world.pki / "vietnam-signing.pem"), ["Body", "Timestamp"])


if __name__ == "__main__":
    unittest.main()
