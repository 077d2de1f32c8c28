"""Attachments that come to the gateway as parts of MTOM's packages. What is signed is the message without the package, so others sign and
verify exactly that: python3-xmlsec, xmlsec1, lxml.

gSOAP is not among them: with SOAP_XML_CANONICAL, without which its signatures name no canonicalization, 2.8.124 writes the Include without
its href, and digests that element instead of the content. Its partners send base64 in the message."""

import base64
import dataclasses
import itertools
import json
import random
import unittest

from lxml import etree

import foreign_signer as foreign
import gateway
import xmlsec1
from foreign_signer import DS, ECO
from messages.packages import ACTION, BOUNDARY, LARGE, SMALL, XOP, Package, Part, attachment, by_email, with_attachments
from partners.partner_server import version_of
from xmlsec1 import SOAP


class Packages(unittest.TestCase):
    """Viet Nam's gateway, to which Korea sends packages."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.signer = foreign.Signer(cls.world.pki, "foreign")
        cls.world.start("vietnam", partner={"certificates": ["../../pki/foreign.pem"]})
        cls.dataset = with_attachments(gateway.example())
        cls.content = foreign.content_of(cls.dataset)

    def message(self, version="1.2", content=None):
        """A signed message with an id of its own."""
        return foreign.message(self.signer, foreign.with_own_id(content or self.content), foreign.Shape(version=version))

    def post(self, kind, body, **headers):
        return self.world.post("vietnam", body, content_type=kind, headers=headers)

    def assertAccepted(self, message, kind, body, **headers):
        """A receipt for the Body, the attachments inside, and kept as it was signed."""
        status, _, answer = self.post(kind, body, **headers)
        self.assertEqual(status, 200, answer[-1500:])
        envelope, sent = etree.fromstring(answer), etree.fromstring(message)
        self.assertEqual(version_of(envelope), version_of(sent))
        own = sent.findtext(f".//{ECO}FunctionalReferenceID")
        self.assertEqual(envelope.findtext(f".//{ECO}FunctionalReferenceID"), own)
        self.assertEqual(envelope.findtext(f".//{ECO}DigestValue"), sent.findtext(f".//{{{DS}}}DigestValue"))
        self.assertEqual(xmlsec1.verify(answer, self.world.pki / "vietnam-signing.pem"), ["Body", "Timestamp"])
        (record,) = self.world.messages("vietnam", own)
        kept = self.world.kept("vietnam", record["id"], "request.xml")
        self.assertEqual(xmlsec1.verify(kept, self.signer.path), ["Body", "Timestamp"])
        inside = json.loads(self.world.kept("vietnam", record["id"], "dataset.json"))
        self.assertEqual(inside, self.dataset | {"functionalReferenceId": own})

    def assertRefused(self, rules, kind, body, version="1.2"):
        """A signed fault by one of these rules; its text."""
        status, headers, answer = self.post(kind, body)
        self.assertEqual(status, 500, answer[-1500:])
        self.assertEqual(headers["Content-Type"], gateway.CONTENT_TYPES[version])
        envelope = etree.fromstring(answer)
        self.assertEqual(version_of(envelope), version)
        self.assertIn(int(envelope.findtext(f".//{ECO}Rule")), rules, answer[-1500:])
        self.assertEqual(xmlsec1.verify(answer, self.world.pki / "vietnam-signing.pem"), ["Body", "Timestamp"])
        return " ".join(envelope.find(f"{{{SOAP[version]}}}Body").itertext())


CXF = "3315f978-0190-4bc2-8a97-f766a78a7946-{}@urn%3Acoconect%3Aeco%3A1"
SPELLINGS = {
    "as most write it": {},
    "boundary not quoted": {"parameters": {"boundary": BOUNDARY}},
    "start absent": {"parameters": {"start": None}},
    "start without brackets": {"parameters": {"start": '"root@example"'}},
    "start not quoted": {"parameters": {"start": "<root@example>"}},
    "root last": {"places": (2, 1, 0)},
    "root in the middle": {"places": (1, 0, 2)},
    "parts in another order": {"places": (0, 2, 1)},
    "parameters in capitals": {
        "parameters": {"boundary": None, "start": None, "Boundary": f'"{BOUNDARY}"', "START": '"<root@example>"'}},
    "action in start-info": {"parameters": {"start-info": f'"application/soap+xml; action=\\"{ACTION}\\""'}},
    "action beside": {"parameters": {"action": f'"{ACTION}"'}},
    "type without quotes": {"parameters": {"type": "application/xop+xml"}},
    "special characters, percent-encoded": {
        "ids": ("<a b%c+d@é/example>", "<http://tempuri.org/1/2>"),
        "hrefs": ("cid:a%20b%25c+d@%C3%A9/example", "cid:http%3A%2F%2Ftempuri.org%2F1%2F2")},
    "percent-encoded in small letters": {
        "ids": ("<one/x@example>", "<two@example>"), "hrefs": ("cid:one%2fx%40example", "cid:two@example")},
    # CXF encodes the namespace once for both (apache/cxf, pull request 1028).
    "percent-encoded in Content-ID too, as by CXF": {
        "ids": (f"<{CXF.format(1)}>", f"<{CXF.format(2)}>"), "hrefs": (f"cid:{CXF.format(1)}", f"cid:{CXF.format(2)}")},
    "parts in base64": {"encodings": ("base64", "BASE64")},
    "all in base64": {"encodings": ("base64", "base64"), "root": Part("<root@example>", b"", "base64")},
    "encodings in capitals": {"encodings": ("Binary", "BINARY"), "root": Part("<root@example>", b"", "8BIT")},
    "preamble and epilogue": {"preamble": b"A MIME message.\r\n\r\n", "epilogue": b"\r\nThe end.\r\n--boundary\r\n"},
    "an empty line in front": {"preamble": b"\r\n"},
    "white space behind the boundary": {"padding": b" \t"},
    "lines end in LF": {"line": b"\n", "encodings": ("base64", "base64")},
    "Include with an end tag": {"include": '<Include xmlns="{}" href="{}"></Include>'},
    "Include with another prefix and quotation marks": {"include": "<x:Include  xmlns:x='{}'\n href='{}' />"},
}
# Headers of the root, spelled otherwise; the content comes behind them.
HEADS = {
    "in small letters": [b"content-id: <root@example>", b'content-type: application/xop+xml;charset=utf-8;type="application/soap+xml"'],
    "folded": [
        b"Content-Type: application/xop+xml;", b"\tcharset=utf-8;", b' type="application/soap+xml"', b"Content-ID:", b" <root@example>"],
    "without space": [b"Content-ID:<root@example>", b'Content-Type:application/xop+xml;type="application/soap+xml"'],
    "with others": [
        b"Content-Length: 7", b"Content-Disposition: inline", b"X-Any: a:b", b"Content-Type: application/xop+xml",
        b"Content-ID: <root@example>"],
}


class AcceptedTest(Packages):
    def test_each_spelling_of_a_package_is_read(self):
        for what, changes in SPELLINGS.items():
            for version in SOAP if not changes or "base64" in what else ["1.2"]:
                with self.subTest(what, version=version):
                    message = self.message(version)
                    self.assertAccepted(message, *Package(version, **changes).packed(message))

    def test_each_spelling_of_a_parts_headers_is_read(self):
        for (what, head), line in itertools.product(HEADS.items(), [b"\r\n", b"\n"]):
            with self.subTest(what, line=line):
                message = self.message()
                package = Package(root=Part("<root@example>", b"", head=line.join([*head, b"", b""])))
                self.assertAccepted(message, *package.packed(message))

    def test_what_python_packs_is_read(self):
        for version in SOAP:
            with self.subTest(version=version):
                message = self.message(version)
                self.assertAccepted(message, *by_email(message, version))

    def test_soap_11_with_its_action_and_without_start_info(self):
        for what, changes in [("start-info", {}), ("none", {"start-info": None})]:
            with self.subTest(what):
                message = self.message("1.1")
                self.assertAccepted(message, *Package("1.1", parameters=changes).packed(message), SOAPAction=f'"{ACTION}"')

    def test_a_token_as_a_part(self):
        """WSS4J makes parts of what is base64 in Security, too, where MTOM is on."""
        message = self.message()
        token = etree.fromstring(message).findtext(".//{*}BinarySecurityToken")
        include = f'<xop:Include xmlns:xop="{XOP}" href="cid:token"/>'.encode()
        token_part = Part("<token>", base64.b64decode(token))

        def change(parts):
            self.assertEqual(parts[0].content.count(token.encode()), 1)
            return [dataclasses.replace(parts[0], content=parts[0].content.replace(token.encode(), include)), *parts[1:], token_part]

        self.assertAccepted(message, *Package().packed(message, change))

    def test_a_package_of_a_root_alone(self):
        message = self.message()
        package = Package()
        root = Part("<root@example>", message, kind="application/xop+xml; charset=utf-8; type=\"application/soap+xml\"")
        self.assertAccepted(message, *package.packed(message, lambda parts: [root]))

    def test_the_same_message_as_a_package_and_without_one_is_the_same(self):
        message = self.message()
        self.assertAccepted(message, *Package().packed(message))
        self.assertAccepted(message, gateway.CONTENT_TYPES["1.2"], message)


def replaced(number, **changes):
    """The change of one part."""
    return lambda parts: [dataclasses.replace(part, **changes) if place == number else part for place, part in enumerate(parts)]


def root_with(old, new):
    """The change of a root that has this once."""
    def change(parts):
        assert parts[0].content.count(old) == 1, old
        return [dataclasses.replace(parts[0], content=parts[0].content.replace(old, new)), *parts[1:]]
    return change


INCLUDE = b'<xop:Include xmlns:xop="' + XOP.encode() + b'" href="cid:two@example"/>'


def swapped(parts):
    return [parts[0], dataclasses.replace(parts[1], id=parts[2].id), dataclasses.replace(parts[2], id=parts[1].id)]


def headed(number, *lines, **changes):
    """The change of one part that has these headers."""
    return replaced(number, head=b"".join(line + b"\r\n" for line in [*lines, b""]), **changes)


ROOT_ID, SECOND_ID = b"Content-ID: <root@example>", b"Content-ID: <two@example>"
# What is done to the parts, and the rules of which one must refuse it.
REFUSED = {
    "parts swapped": (swapped, {410}),
    "a byte changed": (replaced(1, content=LARGE[:-1] + bytes([LARGE[-1] ^ 1])), {410}),
    "a byte more": (replaced(2, content=SMALL + b"\n"), {410}),
    "an empty part": (replaced(2, content=b""), {410}),
    "the root changed": (root_with(b">812.500<", b">812.501<"), {410}),
    "a part is missing": (lambda parts: parts[:2], {206}),
    "no parts": (lambda parts: parts[:1], {206}),
    "no root": (lambda parts: parts[1:], {206}),
    "a part that nothing includes": (lambda parts: [*parts, Part("<three@example>", b"unsigned")], {206}),
    "a part without Content-ID": (lambda parts: [*parts, Part("", b"x", head=b"Content-Type: text/plain\r\n\r\n")], {206}),
    "two parts of one Content-ID": (lambda parts: [*parts, Part("<two@example>", b"x")], {206}),
    "a second root": (lambda parts: [*parts, parts[0]], {206}),
    "a part included twice": (root_with(INCLUDE, INCLUDE.replace(b"two@", b"one@")), {206}),
    "an Include by http": (root_with(b"cid:two@example", b"http://127.0.0.1:1/two"), {206}),
    "an Include by file": (root_with(b"cid:two@example", b"file:///etc/passwd"), {206}),
    "an Include by nothing": (root_with(b"cid:two@example", b""), {206}),
    "an Include of an empty id": (root_with(b"cid:two@example", b"cid:"), {206}),
    "an Include that is no percent encoding": (root_with(b"cid:two@example", b"cid:two%4"), {206}),
    "an Include of the root": (root_with(b"cid:two@example", b"cid:root@example"), {206}),
    "an Include beside text": (root_with(INCLUDE, b"AAAA" + INCLUDE), {206}),
    "an Include in white space": (root_with(INCLUDE, b"\n" + INCLUDE), {206}),
    "two Includes in one element": (root_with(INCLUDE, INCLUDE + INCLUDE), {206}),
    "an Include with content": (root_with(INCLUDE, INCLUDE[:-2] + b">AAAA</xop:Include>"), {206}),
    "an Include without href": (root_with(b' href="cid:two@example"', b""), {206}),
    "an Include with another attribute": (root_with(INCLUDE, INCLUDE[:-2] + b' x="y"/>'), {206}),
    "quoted-printable": (replaced(2, encoding="quoted-printable"), {206}),
    "base64 that is none": (headed(2, b"Content-Transfer-Encoding: base64", SECOND_ID, content=b"a*b"), {206}),
    "a root in UTF-16": (headed(0, b"Content-Type: application/xop+xml; charset=utf-16", ROOT_ID), {206}),
    "SOAP with Attachments": (headed(0, b"Content-Type: text/xml; charset=utf-8", ROOT_ID), {206}),
    "a header twice": (headed(2, SECOND_ID, SECOND_ID), {206}),
    "a line that is no header": (headed(2, SECOND_ID, b"hello"), {206}),
    "ten thousand parts": (lambda parts: parts + [Part(f"<{number}@example>", b"") for number in range(10_000)], {206}),
    "a header of a million bytes": (headed(2, b"X-Long: " + b"x" * 1_000_000, SECOND_ID), {206}),
    "many headers": (headed(2, *[b"X-%d: y" % number for number in range(100_000)], SECOND_ID), {206}),
    "headers that do not end": (replaced(2, head=SECOND_ID + b"\r\n", content=b""), {206}),
    "a document type in the root": (root_with(b"<soap:Envelope", b"<!DOCTYPE a><soap:Envelope"), {104}),
}


class RefusedTest(Packages):
    def test_what_is_not_the_signed_message_is_refused(self):
        message = self.message()
        for what, (change, rules) in REFUSED.items():
            with self.subTest(what):
                self.assertRefused(rules, *Package().packed(message, change))
        self.assertAccepted(message, *Package().packed(message))

    def test_a_package_without_the_ends_that_it_names_is_refused(self):
        message = self.message()
        kind, body = Package().packed(message)
        for what, (kind, body) in {
            "another boundary": (kind.replace(BOUNDARY, "other"), body),
            "no boundary": (kind.replace(f'boundary="{BOUNDARY}"', "x=y"), body),
            "a boundary of 71": (kind.replace(BOUNDARY, "b" * 71), body.replace(b"--boundary", b"--" + b"b" * 71)),
            "no last boundary": (kind, body[:-len(BOUNDARY) - 6]), "cut in the middle": (kind, body[:600_000]), "nothing": (kind, b""),
            "another start": (kind.replace("<root@", "<other@"), body), "no package": (kind, message),
        }.items():
            with self.subTest(what):
                self.assertRefused({206, 101}, kind, body)

    def test_a_fault_is_in_the_version_that_start_info_names(self):
        message = self.message("1.1")
        text = self.assertRefused({206}, *Package("1.1").packed(message, lambda parts: parts[:2]), version="1.1")
        self.assertIn("cid:two@example", text)

    def test_a_message_that_is_too_large_only_when_it_is_put_together_is_refused(self):
        """Three and a half million bytes are four and a half of base64, more than the four MiB that a message may have."""
        content = random.Random(2).randbytes(3_500_000)
        message = self.message()
        self.assertRefused({102}, *Package().packed(message, replaced(1, content=content)))

    def test_an_include_that_is_content_of_a_part_is_content(self):
        """What a part holds is never read as XML: here an Include of the other part."""
        dataset = gateway.example(attachments=[attachment("a.xml", INCLUDE)])
        message = foreign.message(self.signer, foreign.content_of(dataset))
        text = base64.b64encode(INCLUDE)
        root = message.replace(text, INCLUDE.replace(b"two@", b"one@"))
        kind = 'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
        self.dataset = dataset
        self.assertAccepted(message, *Package().packed(
            self.message(), lambda parts: [Part("<root@example>", root, kind=kind), Part("<one@example>", INCLUDE)]))


if __name__ == "__main__":
    unittest.main()
