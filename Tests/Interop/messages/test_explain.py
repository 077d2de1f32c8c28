"""`explain` names what real programs did to a signed message on its way, and names nothing where nothing known was done."""

import base64
import datetime
import functools
import hashlib
import json
import random
import re
import unicodedata
import unittest
import unittest.mock

from lxml import etree

import gateway
from foreign_signer import PREFIXES, Shape, content_of, message, prefixed
from messages import damaged
from messages.damaged import SHAPES, ExplainCase, exclusive, inclusive, program

LATIN = "Nordhandel Zürich – Gebäude für Straße"  # in UTF-8 without a byte that Windows-1252 has no character for


class DamagedOnItsWayTest(ExplainCase):
    def assert_causes(self, rows, messages):
        for shape, signed in messages.items():
            self.assert_good(signed)
            for name, (change, expected) in rows.items():
                with self.subTest(program=name, message=shape):
                    self.assert_cause(expected, change(signed))

    def test_indentation_by_any_program_is_named_in_messages_of_any_shape(self):
        self.assert_causes({
            "xmllint --format": (program("xmllint", "--format", "-"), "re-indented"),
            "xmlstarlet format": (program("xmlstarlet", "format", "--indent-tab", "-"), "re-indented"),
            "lxml": (damaged.by_lxml_pretty_printed, "re-indented"),
            "minidom": (damaged.by_minidom_pretty_printed, "re-indented"),
        }, self.ours() | {name: self.foreign(shape) for name, shape in SHAPES.items()})

    def test_renamed_prefixes_are_named(self):
        rows = {
            "ElementTree": (damaged.by_element_tree, "prefix-renamed"),
            "ElementTree that indents": (functools.partial(damaged.by_element_tree, indented=True), "prefix-renamed or re-indented"),
        }
        one_by_one = {f"sed of {old}": (damaged.renamed(old, new), "prefix-renamed") for old, new in [
            ("soap", "env"), ("wsu", "u"), ("wsu", "ns4"), ("ds", "ns0"), ("soap", "SOAP-ENV")]}
        foreign = {name: self.foreign(SHAPES[name]) for name in ("usual prefixes", "SOAP 1.1", "thumbprint", "Id without namespace")}
        self.assert_causes(rows | one_by_one, self.ours() | foreign)
        with unittest.mock.patch.dict(PREFIXES, WCF=damaged.WCF):
            others = {"as of WCF": self.foreign(Shape(prefixes="WCF")), "with addresses": self.own(to="https://localhost/send-co")}
        others["as of JAXB"] = message(self.signers["first"], prefixed(self.content, b"ns2"), Shape())
        self.assert_causes(rows, others)

    def test_line_ends_that_a_parser_normalises_do_no_harm(self):
        for name, signed in (self.ours() | {"foreign": self.foreign()}).items():
            with self.subTest(message=name):
                converted = program("unix2dos")(signed)
                self.assertNotEqual(converted, signed)
                self.assert_good(converted)

    def test_carriage_returns_that_were_signed_and_then_written_raw_are_named(self):
        two_lines = self.content.replace(b"first line\n", b"first line&#13;\n")
        rows = {"text": message(self.signers["first"], two_lines)}
        draft = Shape(algorithm="pss-sha256", digest="sha512", layout="CR LF in base64")
        rows["DigestValue"] = message(self.signers["first"], self.content, draft)
        for name, signed in rows.items():
            with self.subTest(where=name):
                self.assert_good(signed)
                self.assert_cause("line-ends", program("sed", "s/&#13;/\\r/g")(signed))

    def test_what_programs_do_to_text_is_named(self):
        to_76 = program("sh", "-c", "base64 --decode | base64 --wrap 76")
        java = program("sh", "-c", "base64 --decode | base64 --wrap 76 | sed 's/$/\\&#13;/'")
        self.assert_causes({
            "cat of two files": (damaged.with_byte_order_mark, "byte-order-mark"),
            "iconv from Latin-1": (program("iconv", "-f", "latin1", "-t", "utf-8"), "re-encoded"),
            "uconv to NFD": (program("uconv", "-f", "utf-8", "-t", "utf-8", "-x", "any-nfd"), "normalized"),
            "sed that escapes": (program("sed", "s/&/\\&amp;/g"), "escaped-twice"),
            "base64 in lines": (damaged.with_content(to_76), "folded"),
            "base64 in lines as of Java": (damaged.with_content(java), "folded"),
            "fold": (damaged.with_content(program("fold", "-w", "76")), "folded"),
        }, self.ours() | {"foreign": self.foreign()})

    def test_windows_1252_is_named(self):
        latin = re.sub(rb"[^\x00-\x7f]+", LATIN.encode(), self.content)
        self.assert_cause("re-encoded", program("iconv", "-f", "cp1252", "-t", "utf-8")(message(self.signers["first"], latin)))

    def test_composition_of_text_that_was_signed_decomposed_is_named(self):
        decomposed = unicodedata.normalize("NFD", self.content.decode()).encode()
        signed = message(self.signers["first"], decomposed)
        self.assert_good(signed)
        self.assert_cause("normalized", program("uconv", "-f", "utf-8", "-t", "utf-8", "-x", "any-nfc")(signed))

    def test_attributes_of_schema_instances_are_named(self):
        typed = {"type": "SendCOType", "nil": "false"}
        self.assert_causes({
            "lxml, schemaLocation": (damaged.with_attributes(schemaLocation="urn:coconect:eco:1 eco.xsd"), "attributes-added"),
            "lxml, type and nil": (damaged.with_attributes(**typed), "attributes-added"),
            "lxml with the prefix of .NET": (damaged.with_attributes(prefix="i", **typed), "attributes-added"),
            "xmlstarlet": (damaged.by_xmlstarlet_attributed("-P", "-S"), "attributes-added"),
            "xmlstarlet that indents": (damaged.by_xmlstarlet_attributed(), "attributes-added or re-indented"),
        }, self.ours() | {name: self.foreign(SHAPES[name]) for name in ("usual prefixes", "SOAP 1.1", "other prefixes")})


class SignedWronglyTest(ExplainCase):
    def test_a_signer_that_canonicalizes_or_points_wrongly_is_named(self):
        with_comments, only = functools.partial(exclusive, comments=True), functools.partial
        everything = ["S", *PREFIXES["other"]["envelope"]]
        rows = {
            "Body inclusively": ({"body": inclusive}, "inclusive"),
            "Timestamp inclusively": ({"timestamp": inclusive}, "inclusive"),
            "SignedInfo inclusively": ({"info": inclusive}, "inclusive"),
            "all inclusively": ({"body": inclusive, "timestamp": inclusive, "info": inclusive}, "inclusive"),
            "Body with comments": ({"body": with_comments}, "comments-kept"),
            "Body inclusively with comments": ({"body": only(inclusive, comments=True)}, "comments-kept"),
            "a list of one prefix": ({"body": only(exclusive, prefixes=["dsig"])}, "prefix-list-lost"),
            "a list of two prefixes": ({"timestamp": only(exclusive, prefixes=["S", "o-x.1"])}, "prefix-list-lost"),
            # Where every prefix in scope is listed, both canonicalizations are one.
            "a list of all prefixes": ({"body": only(exclusive, prefixes=everything)}, "prefix-list-lost or inclusive"),
            "a list of prefixes of SignedInfo": ({"info": only(exclusive, prefixes=["S"])}, "prefix-list-lost"),
            "Body's child": ({"body": damaged.child}, "other-element"),
            "Body's child inclusively": ({"body": lambda body: inclusive(body[0])}, "other-element"),
            "Security in place of Timestamp": ({"timestamp": lambda part: exclusive(part.getparent())}, None),
        }
        commented = self.content.replace(b"<GoodsItem>", b"<!-- checked -->\n<GoodsItem>", 1)
        for version in ("1.1", "1.2"):
            shape = Shape(prefixes="other", version=version)
            sign = functools.partial(damaged.signed_wrongly, self.signers["first"], commented, shape)
            self.assert_good(sign())
            for name, (wrong, expected) in rows.items():
                with self.subTest(signer=name, version=version):
                    # A digest of what holds the digest itself fits nothing.
                    self.assert_cause(expected, sign(**wrong)) if expected else self.assert_unknown(sign(**wrong))

    def test_another_key_is_named_if_it_is_the_partners_own(self):
        for token in ("X509v3", "IssuerSerial", "thumbprint"):
            sign = functools.partial(damaged.signed_wrongly, self.signers["first"], self.content, Shape(token=token))
            with self.subTest(token=token):
                found = self.assert_cause("other-certificate", sign(key=self.signers["second"].key))
                self.assertIn("first", found["received"])
                self.assertIn("second", found["signed"])
                for name in ("stranger", "unregistered"):
                    self.assert_unknown(sign(key=self.signers[name].key))

    def test_a_clock_that_is_wrong_is_named_where_the_moment_is_told(self):
        now = datetime.datetime.utcnow().replace(microsecond=0)
        for name, signed in {"our own": self.own(), "foreign": self.foreign()}.items():
            # A certificate of this hour was not valid long before.
            for minutes in (-30, 120):
                with self.subTest(message=name, minutes=minutes):
                    at = (now + datetime.timedelta(minutes=minutes)).isoformat() + "Z"
                    self.assert_cause("clock", signed, "--at", at)
                    self.assert_good(signed)
            self.assert_good(signed, "--at", (now + datetime.timedelta(minutes=1)).isoformat() + "Z")


class UnknownTest(ExplainCase):
    def test_a_change_of_one_character_is_given_no_cause(self):
        chance = random.Random(410)
        messages = [self.own(), self.foreign(SHAPES["other prefixes"])]
        for number in range(20):
            element = [b"Body", b"Timestamp", b"SignatureValue", b"DigestValue"][number % 4]
            signed = messages[number // 4 % 2]
            with self.subTest(number=number, element=element):
                self.assert_unknown(damaged.one_character_changed(signed, element, chance))

    def test_a_known_damage_does_not_hide_a_change_of_the_content(self):
        for name, change in {"xmllint": program("xmllint", "--format", "-"), "ElementTree": damaged.by_element_tree}.items():
            with self.subTest(program=name):
                self.assert_unknown(change(self.own()).replace(b">812.500<", b">912.500<"))

    def test_a_big_message_is_given_up(self):
        attached = random.Random(1).randbytes(220_000)
        attachment = self.dataset["attachments"][0] | {
            "content": base64.b64encode(attached).decode(), "sha256": hashlib.sha256(attached).hexdigest()}
        items = [gateway.example()["goodsItems"][0] | {"sequence": number} for number in range(1, 321)]
        totals = {"packages": 1, "items": len(items)}
        for shape, changes in {
            "usual prefixes": {"attachments": [attachment]}, "other prefixes": {"goodsItems": items, "totals": totals}}.items():
            with self.subTest(big=list(changes)):
                content = content_of(self.dataset | changes)
                self.assertGreater(len(content), 270_000)
                self.assert_unknown(message(self.signers["first"], content, SHAPES[shape]).replace(b"Hanbit", b"Hanbat", 1))


class CommandTest(ExplainCase):
    def test_what_is_no_message_cannot_be_explained(self):
        files = {"no XML": b"signed", "broken": self.own()[:-9], "no SOAP": b"<a/>", "bytes": bytes(range(256)), "empty": b""}
        for name, content in files.items():
            with self.subTest(file=name):
                self.assertEqual(self.explain(content)[0], 2)
        status, output, errors = gateway.run("explain", self.file.with_name("missing.xml"), "--trust", self.trust)
        self.assertEqual((status, output), (2, b""))
        self.assertIn("no such file", errors)
        self.assertEqual(gateway.run("explain", self.file, "--trust", self.trust / "missing")[0], 2)

    def test_a_file_without_trust_is_told_what_to_add(self):
        self.file.write_bytes(self.own())
        status, _, errors = gateway.run("explain", self.file)
        self.assertEqual(status, 2)
        self.assertIn("help: add --trust", errors)

    def test_a_good_message_has_nothing_wrong_in_both_formats(self):
        self.assert_good(self.own())
        status, output, _ = gateway.run("explain", self.file, "--trust", self.trust, "--format", "json")
        self.assertEqual(status, 0)
        json.loads(output)

    def test_rules_are_explained_as_before(self):
        for subject in ("410", "digest-wrong"):
            status, output, _ = gateway.run("explain", subject)
            self.assertEqual((status, output.splitlines()[0]), (0, b"410 digest-wrong"))
        self.assertGreater(len(json.loads(gateway.run("explain", "--format", "json")[1])), 50)
        self.assertEqual(gateway.run("explain", "digest-wrnog")[0], 2)

    def test_the_excerpts_show_the_first_byte_that_differs(self):
        signed = self.own()
        for name, change in {"xmllint": program("xmllint", "--format", "-"), "uconv": program("uconv", "-x", "any-nfd")}.items():
            with self.subTest(program=name):
                received = change(signed)
                found = self.assert_cause("re-indented or normalized", received)
                self.assertEqual(set(found), {"refusal", "cause", "text", "part", "received", "signed"})
                local = found["part"].rpartition("/")[2]
                both = [exclusive(next(etree.fromstring(bytes).iter(f"{{*}}{local}"))) for bytes in (received, signed)]
                first = next(at for at, (one, other) in enumerate(zip(*both)) if one != other)
                for excerpt, whole in zip((found["received"], found["signed"]), both):
                    self.assertTrue(excerpt.startswith(f"byte {first} of {len(whole)}: …"), (first, excerpt))
                    # Before and at the difference there is only ASCII in what is compared.
                    shown = excerpt.partition("…")[2].replace('\\"', '"').replace("\\n", "\n")
                    self.assertEqual(shown[:30].encode(), whole[first - 30:first])
                self.assertNotEqual(found["received"].partition("…")[2][:60], found["signed"].partition("…")[2][:60])
