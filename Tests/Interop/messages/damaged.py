"""Messages damaged by programs that people use or signed wrongly by lxml, and what `explain` says of them."""

import base64
import functools
import hashlib
import io
import json
import re
import string
import subprocess
import unittest
import xml.dom.minidom
import xml.etree.ElementTree

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

import gateway
from foreign_signer import DS, Draft, Shape, Signer, content_of, message, text
from xmlsec1 import WSU

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SHAPES = {
    "usual prefixes": Shape(),
    "default namespaces": Shape(prefixes="default"),
    "other prefixes": Shape(prefixes="other"),
    "Id without namespace": Shape(id_style="Id"),
    "a PrefixList": Shape(prefix_list="soap wsse"),
    "SOAP 1.1": Shape(version="1.1"),
    "SOAP 1.1 of P-256": Shape(version="1.1", algorithm="p256-sha256"),
    "Signature in front": Shape(order=("Signature", "Timestamp", "Token")),
    "IssuerSerial": Shape(token="IssuerSerial"),
    "thumbprint": Shape(token="thumbprint"),
    "X509Data in KeyInfo": Shape(token="X509Data in KeyInfo"),
}
# What WCF writes, beside the styles of foreign_signer.PREFIXES.
WCF = {"envelope": {"u": WSU}, "soap": "s", "wsse": "o", "wsu": "u", "ds": None, "id": "u"}


def program(*arguments):
    """What a program writes that reads the message from its standard input."""

    def changed(message):
        return subprocess.run(arguments, input=message, capture_output=True, check=True).stdout

    return changed


def renamed(old, new):
    """A prefix renamed in all tags, as people do it."""
    return program("sed", "-E", f"s/(<\\/?){old}:/\\1{new}:/g; s/xmlns:{old}=/xmlns:{new}=/g; s/ {old}:([A-Za-z]+=)/ {new}:\\1/g")


def by_lxml_pretty_printed(message):
    return etree.tostring(etree.fromstring(message), pretty_print=True, xml_declaration=True, encoding="UTF-8")


def by_minidom_pretty_printed(message):
    return xml.dom.minidom.parseString(message).toprettyxml(encoding="utf-8")


def by_element_tree(message, indented=False):
    tree = xml.etree.ElementTree.parse(io.BytesIO(message))
    if indented:
        xml.etree.ElementTree.indent(tree)
    written = io.BytesIO()
    tree.write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue()


def with_byte_order_mark(message):
    """As `cat` joins two files of which the second was saved with a mark."""
    before, found, after = message.partition(b"Hanbit")
    assert found
    return program("sh", "-c", "cat; printf '\\357\\273\\277'")(before) + found + after


def with_content(change):
    """A message whose attachment's base64 went through a program."""
    return lambda message: re.sub(rb"(?<=<Content>)[^<]+(?=</Content>)", lambda found: change(found[0]), message)


def with_attributes(prefix="xsi", **names):
    """Attributes of XML Schema's instance namespace on Body's child, set by lxml."""

    def changed(message):
        envelope = etree.fromstring(message)
        (child,) = envelope.find("{*}Body")
        bound = etree.Element(child.tag, child.attrib, nsmap={**child.nsmap, prefix: XSI})
        bound.extend(list(child))
        for name, value in names.items():
            bound.set(f"{{{XSI}}}{name}", value)
        child.getparent().replace(child, bound)
        return etree.tostring(envelope)

    return changed


def by_xmlstarlet_attributed(*options):
    attributes = [("xmlns:xsi", XSI), ("xsi:type", "SendCOType")]
    edits = [word for name, value in attributes for word in ("-i", "//*[local-name()='Body']/*", "-t", "attr", "-n", name, "-v", value)]
    return program("xmlstarlet", "ed", *options, *edits)


def one_character_changed(signed, element, chance):
    """One letter or digit of the text of an element, or of what is in it, in place of another."""
    start, end = re.search(rb"<(\w+:)?%s[ >].*?</(\w+:)?%s>" % (element, element), signed, re.DOTALL).span()
    texts = [at for found in re.finditer(rb">[^<]+", signed[start:end]) for at in range(start + found.start() + 1, start + found.end())]
    # Of the last digit of base64 not every bit counts; & starts an entity whose name must stay.
    safe = [
        at for at in texts
        if signed[at:at + 1].isalnum() and signed[at + 1:at + 2] != b"=" and not re.search(rb"&\w*$", signed[at - 6:at])
    ]
    at = chance.choice(safe)
    kind = string.digits if signed[at:at + 1].isdigit() else string.ascii_letters
    return signed[:at] + chance.choice(kind.replace(chr(signed[at]), "")).encode() + signed[at + 1:]


def exclusive(element, prefixes=None, comments=False):
    return _canonical(element, exclusive=True, inclusive_ns_prefixes=prefixes, with_comments=comments)


def inclusive(element, comments=False):
    return _canonical(element, exclusive=False, with_comments=comments)


def child(element):
    return exclusive(element[0])


def _canonical(element, **how):
    # lxml writes what the parents declare only when it writes, not when it canonicalizes a part.
    return etree.tostring(etree.fromstring(etree.tostring(element, with_tail=False)), method="c14n", **how)


def signed_wrongly(signer, content, shape, body=exclusive, timestamp=exclusive, info=exclusive, key=None):
    """A message whose digests and signature are made of what these functions give for an element, and by another key."""
    draft = Draft(signer, content, shape)
    draft._fill(("body-1", "time-1"))
    document = etree.fromstring(etree.tostring(draft.envelope))
    signature = document.find(f".//{{{DS}}}Signature")
    parts = [(document.find("{*}Body"), body), (document.find(".//{*}Timestamp"), timestamp)]
    for value, (part, canonical) in zip(signature.iter(f"{{{DS}}}DigestValue"), parts, strict=True):
        value.text = text(hashlib.sha256(canonical(part)).digest())
    signed = (key or signer.key).sign(info(signature.find(f"{{{DS}}}SignedInfo")), padding.PKCS1v15(), hashes.SHA256())
    signature.find(f"{{{DS}}}SignatureValue").text = text(signed)
    return etree.tostring(document)


class ExplainCase(unittest.TestCase):
    """Korea's folder of certificates: two of our own signing keys, and those of foreign signers."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.file = cls.world.folder / "message.xml"
        cls.signers = {name: Signer(cls.world.folder, name, kind) for name, kind in [
            ("first", "rsa"), ("second", "rsa"), ("curve", "p256"), ("stranger", "rsa"), ("unregistered", "rsa")]}
        cls.trust = cls.world.folder / "trust"
        cls.trust.mkdir()
        own = [(cls.world.pki / f"{name}.pem").read_bytes() for name in ("korea-signing", "korea-signing-p256")]
        (cls.trust / "korea.pem").write_bytes(b"".join(own + [cls.signers[name].pem for name in ("first", "second", "curve")]))
        (cls.trust / "vietnam.pem").write_bytes(cls.signers["stranger"].pem)

    @functools.cached_property
    def dataset(self):
        """The sample with an attachment that has more than one line of base64, and with a remark of two lines."""
        attached = bytes(range(256))
        attachment = {
            "mediaType": "application/pdf", "fileName": "a.pdf", "sha256": hashlib.sha256(attached).hexdigest(),
            "content": base64.b64encode(attached).decode(),
        }
        return gateway.example(attachments=[attachment], remarks=["first line\nsecond line"])

    @functools.cached_property
    def content(self):
        return content_of(self.dataset)

    def foreign(self, shape=Shape()):
        return message(self.signers["curve" if shape.algorithm.startswith("p256") else "first"], self.content, shape)

    def own(self, **options):
        return self.world.signed(self.dataset, **options)

    def ours(self):
        by_curve = self.own(key="korea-signing-p256")
        return {"our own": self.own(), "our own in SOAP 1.1": self.own(version="1.1"), "our own of P-256": by_curve}

    def explain(self, message, *options):
        """Exit status and the JSON, or what else was written."""
        self.file.write_bytes(message)
        status, output, errors = gateway.run("explain", self.file, "--trust", self.trust, "--format", "json", *options)
        return status, json.loads(output) if output.startswith(b"{") else output.decode() + errors

    def assert_cause(self, expected, message, *options):
        status, found = self.explain(message, *options)
        self.assertIsInstance(found, dict, found)
        self.assertIn(found.get("cause"), expected.split(" or "), found)
        self.assertEqual(status, 0)
        return found

    def assert_unknown(self, message):
        status, found = self.explain(message)
        self.assertIsInstance(found, dict, found)
        self.assertIsNone(found.get("cause"), found)
        self.assertLessEqual({"refusal", "text"}, set(found))
        self.assertEqual(status, 1)

    def assert_good(self, message, *options):
        status, found = self.explain(message, *options)
        self.assertEqual((status, str(found).count("nothing is wrong")), (0, 1), found)
        self.assertEqual(self.world.verify(message, self.trust)[0], 0)
