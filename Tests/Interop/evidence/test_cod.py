"""Digital Certificates of Origin (COD) of ALADI and MERCOSUR, judged by their two signatures; xmlsec1 and openssl judge the same documents."""

import io
import random
import re
import zipfile

from lxml import etree

import gateway
from evidence import cod, cod_damaged
from evidence.cod_tests import CODTest
from xmlsec1 import DS


class DocumentsTest(CODTest):
    """The documents that the other tests are made of: the foreign judge finds each good that is whole."""

    def good(self, document):
        return cod.good(document, self.parties.exporter, self.parties.officer)

    def test_each_profile_of_signatures_in_use_is_good(self):
        for profile in ["production", "s-fide", "exclusive"]:
            for form in ["A18", "A35", "A72"]:
                with self.subTest(profile, form=form):
                    self.assertTrue(self.good(self.parties.document(profile=profile, form=form)))

    def test_what_is_changed_is_bad(self):
        whole = self.parties.document()
        for damage in [cod_damaged.changed, cod_damaged.changed_entity, cod_damaged.formatted]:
            with self.subTest(damage.__name__):
                self.assertFalse(self.good(damage(whole)))

    def test_what_was_moved_aside_is_good_to_whom_looks_for_ids_alone(self):
        """So a reader must ask whether the element that it reads is the one that is signed."""
        self.assertTrue(self.good(cod_damaged.wrapped_whole(self.parties.document())))


class VerifyTest(CODTest):
    def test_each_profile_of_signatures_in_use_is_good_by_both_engines(self):
        for profile in cod.PROFILES:
            for form in ["A18", "A35", "A72"]:
                with self.subTest(profile, form=form):
                    verdict = self.verify(self.parties.document(profile=profile, form=form))
                    self.assertEqual(verdict["verdict"], "good", verdict["defects"])
                    self.assertEqual((verdict["stage"], verdict["agreement"]), ("complete", form))
                    for role, covered in [("exporter", "CODEH/CODExporter/COD"), ("officer", "CODEH")]:
                        signature = verdict[role]
                        self.assertEqual(signature["secondEngine"], "agrees")
                        self.assertEqual(signature["covers"], ["/Envelope/CertOrigin/" + covered])
                        weak = getattr(cod.PROFILES[profile], role) == "sha1"
                        self.assertEqual([warning["code"] for warning in signature["warnings"]], ["sha1"] if weak else [])

    def test_inclusive_canonicalization_takes_what_stands_above(self):
        """Namespaces and xml: attributes of the Envelope are in the bytes that are signed; xmlsec1 computes them on its own."""
        for profile in ["s-fide", "production", "exclusive"]:
            content = cod.Content(declarations={"a": "urn:a", "b": "urn:b"}, header=True)
            root = etree.fromstring(cod.draft(content))
            root.set("{http://www.w3.org/XML/1998/namespace}lang", "es")
            root[-1].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            document = cod.signed(cod.written(root), self.parties.exporter, "COD", profile)
            document = cod.signed(cod.with_entity(document, content), self.parties.officer, "CODEH", profile)
            with self.subTest(profile):
                self.assertTrue(cod.good(document, self.parties.exporter, self.parties.officer))
                self.assertEqual(self.verify(document)["verdict"], "good")
            moved = document.replace(b'xml:lang="es"', b'xml:lang="pt"')
            with self.subTest(profile, changed="xml:lang"):
                self.assertEqual(cod.good(moved, self.parties.exporter, self.parties.officer), profile == "exclusive")
                self.assertEqual(self.verify(moved)["verdict"], "good" if profile == "exclusive" else "bad")

    def test_each_damage_is_refused_and_named(self):
        whole, stranger = self.parties.document(), cod.Issuer("Otra AC").issue("Nadie")
        officer, third = self.parties.officer, self.parties.document(stage=3)
        again = self.parties.issuer.issue("Otro Exportador")
        cases = [
            (cod_damaged.changed(whole), "signature of the exporter does not hold"),
            (cod_damaged.changed(whole, "GoodsItemValue", "18250.76"), "signature of the exporter does not hold"),
            (cod_damaged.changed_entity(whole), "signature of the officer does not hold"),
            (cod_damaged.removed(whole, f"{{{DS}}}Signature"), "none of the stages"),
            (cod_damaged.removed(whole, f"{{{DS}}}Signature", 1), "with the data of the issuing entity"),
            (cod_damaged.removed(whole, "EH"), "signature of the officer does not hold"),
            (cod_damaged.exporter_replaced(whole, again), "signature of the officer does not hold"),
            (cod_damaged.officer_over_cod(third, officer), "signature of the officer covers"),
            (cod_damaged.officer_over_all(third, officer), "signature of the officer"),
            (cod_damaged.key_forged(third, stranger, officer), "signature of the officer does not hold"),
            (cod_damaged.formatted(whole), "does not hold"),
            (self.parties.document(officer=stranger), "officer is not to be trusted"),
            (self.parties.document(exporter=stranger), "exporter is not to be trusted"),
            (self.parties.document(officer=self.parties.exporter), "signed as exporter and as officer"),
        ]
        for number, (document, words) in enumerate(cases):
            with self.subTest(number, words=words):
                self.refused(document, words)

    def test_an_element_that_is_signed_elsewhere_is_not_read(self):
        whole = self.parties.document()
        for damage in [cod_damaged.wrapped, cod_damaged.wrapped_whole]:
            for place in cod_damaged.PLACES:
                for id in [None, "COD" if damage is cod_damaged.wrapped else "CODEH", "OTHER"]:
                    document = damage(whole, place, id=id)
                    with self.subTest(damage.__name__, place=place, id=id):
                        status, output, errors = gateway.run("verify", self.write(document), "--trust", self.trust, "--format", "json")
                        self.assertIn(status, (1, 2), output)
                        self.assertEqual(self.convert(document, "--currency", "USD")[2], None)

    def test_what_is_no_cod_by_its_structure_is_said(self):
        whole = self.parties.document()
        cases = {
            "does not belong there": cod_damaged.signed_twice(whole, self.parties.exporter),
            "stands on more than one element": cod_damaged.duplicate_id(whole),
            "has no CODEH": cod_damaged.removed(whole, "CODEH"),
        }
        for words, document in cases.items():
            with self.subTest(words):
                status, _, errors = gateway.run("verify", self.write(document), "--trust", self.trust)
                self.assertEqual(status, 2)
                self.assertIn("document.xml", errors)
        status, _, errors = gateway.run("verify", self.write(cod_damaged.with_doctype(whole)), "--trust", self.trust)
        self.assertEqual(status, 2)
        self.assertIn("DOCTYPE", errors)
        status, _, errors = gateway.run("verify", self.write(cod_damaged.embedded(whole)), "--trust", self.trust)
        self.assertNotEqual(status, 0)

    def test_what_leaves_the_signed_bytes_as_they_were_is_good(self):
        whole = self.parties.document()
        for change in [cod_damaged.byte_order_mark, cod_damaged.windows_lines, cod_damaged.with_comment]:
            with self.subTest(change.__name__):
                self.assertEqual(self.verify(change(whole))["verdict"], "good")

    def test_each_stage_of_its_making_is_told(self):
        stages = {1: "draft", 2: "signed by the exporter", 3: "with the data of the issuing entity"}
        for stage, name in stages.items():
            verdict = self.refused(self.parties.document(stage=stage), "it is not complete")
            self.assertEqual(verdict["stage"], name)

    def test_the_archive_in_which_exporters_send_it_is_opened(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("AR004A18260000021500.xml", self.parties.document())
        self.assertEqual(self.verify(packed.getvalue())["verdict"], "good")


class DamageTest(CODTest):
    """Pieces of a document cut, doubled, moved or changed by chance: whatever is done to it, xmlsec1 must find good what we find good."""

    def damaged(self, document, chance):
        marks = [match.start() for match in re.finditer(rb"[<>\"=]", document)]
        start = chance.choice(marks)
        end = chance.choice([mark for mark in marks if mark >= start][:12])
        piece, changed = document[start:end], bytearray(document)
        match chance.randrange(5):
            case 0: del changed[start:end]
            case 1: changed[start:start] = piece
            case 2: changed[(place := chance.choice(marks)):place] = piece
            case 3: changed[chance.randrange(len(changed))] = chance.randrange(256)
            case _: changed[start:start] = chance.choice([b"<!-- -->", b" ", b"<![CDATA[x]]>", b"&amp;", b' id="COD"', b' xml:id="COD"'])
        return bytes(changed)

    def test_what_we_find_good_xmlsec1_finds_good(self):
        chance, whole = random.Random(32), self.parties.document(goods=1, invoices=1)
        for number in range(80):
            document = self.damaged(whole, chance)
            status, output, errors = gateway.run("verify", self.write(document), "--trust", self.trust, "--format", "json")
            with self.subTest(number):
                self.assertIn(status, (0, 1, 2), errors)
                if status == 0:
                    self.assertTrue(cod.good(document, self.parties.exporter, self.parties.officer))


class TrustTest(CODTest):
    """Certificates are judged for the time at which the document says that it was signed."""

    def test_a_certificate_that_has_ended_since_was_good_then(self):
        parties = cod.Parties("2018-01-01", "2020-01-01")
        trust = self.anchors("ended", parties.issuer)
        inside = parties.document(declared="2019-05-01T10:00:00", certified="2019-05-02T10:00:00")
        self.assertEqual(self.verify(inside, trust=trust)["verdict"], "good")
        self.assertIsNone(cod.openssl_at(parties.officer, "2019-05-02T10:00:00", parties.issuer))
        self.refused(self.parties_document_late(parties), "officer is not to be trusted", "expired", trust=trust)
        verdict = self.verify(inside, "--at", "2021-01-01T00:00:00Z", trust=trust)
        self.assertEqual((verdict["verdict"], verdict["officer"]["integrity"]), ("bad", "intact"))

    @staticmethod
    def parties_document_late(parties):
        return parties.document(declared="2019-12-30T10:00:00", certified="2020-01-02T10:00:00")

    def test_revocation_counts_from_its_own_date(self):
        whole, issuer, officer = self.parties.document(), self.parties.issuer, self.parties.officer
        before = self.anchors("before", issuer, list=issuer.revocation_list([(officer, "2026-03-01")]))
        self.refused(whole, "officer is not to be trusted", "revoked", trust=before)
        after = self.anchors("after", issuer, list=issuer.revocation_list([(officer, "2026-06-01")]))
        verdict = self.verify(whole, trust=after)
        self.assertEqual(verdict["verdict"], "good")
        self.assertIn("revoked-later", [warning["code"] for warning in verdict["officer"]["warnings"]])

    def test_a_certificate_that_may_not_sign(self):
        self.refused(self.parties.document(officer=self.parties.issuer.issue("Sin Firma", sign=False)), "digitalSignature")

    def test_a_short_key(self):
        self.refused(self.parties.document(officer=self.parties.issuer.issue("Clave Corta", bits=1024)), "1024 bits")

    def test_a_time_that_is_still_to_come(self):
        parties = cod.Parties("2025-01-01", "2099-01-01", cod.Issuer(until="2099-01-01"))
        trust = self.anchors("future", parties.issuer)
        self.refused(parties.document(certified="2090-03-11T10:05:00"), "still to come", trust=trust)

    def test_a_registered_officer(self):
        officers = self.folder / "officers"
        officers.mkdir()
        (officers / "other.pem").write_bytes(self.parties.issuer.issue("Otro Funcionario").pem)
        verdict = self.verify(self.parties.document(), "--officers", officers)
        self.assertEqual(verdict["verdict"], "bad")
        self.assertIn("not among the registered", "\n".join(verdict["defects"]))
        (officers / "officer.pem").write_bytes(self.parties.officer.pem)
        verdict = self.verify(self.parties.document(), "--officers", officers)
        self.assertEqual(verdict["verdict"], "good", verdict["defects"])
