"""Digital Certificates of Origin (COD) of ALADI and MERCOSUR: judged by their two signatures, and translated with every field accounted
for. xmlsec1 and openssl judge the same documents, and lxml reads the fields on its own.
"""

import base64
import hashlib
import io
import json
import pathlib
import random
import re
import subprocess
import tempfile
import unittest
import zipfile

import jsonschema
# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

import cod
import cod_damaged
import gateway
from foreign_signer import DIGESTS, ENVELOPED, MORE, text
from xmlsec1 import DS, EXCLUSIVE

SCHEMA = jsonschema.Draft202012Validator(json.loads((gateway.ROOT / "wsdl/coconect-document-1.schema.json").read_text()))
AGENCIES = ["--sender-agency", "AFIP", "--receiver-agency", "Receita Federal do Brasil"]


class CODTest(unittest.TestCase):
    """One authority with an exporter and an officer."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.parties = cod.Parties()
        cls.trust = cls.anchors("trust", cls.parties.issuer, list=cls.parties.issuer.revocation_list())

    @classmethod
    def anchors(cls, name, *issuers, **lists):
        """A folder of authorities and their revocation lists."""
        folder = cls.folder / name
        folder.mkdir()
        for number, issuer in enumerate(issuers):
            (folder / f"authority-{number}.pem").write_bytes(issuer.pem)
        for list_name, pem in lists.items():
            (folder / f"{list_name}.crl").write_bytes(pem)
        return folder

    def write(self, document):
        path = self.folder / "document.xml"
        path.write_bytes(document)
        return path

    def verify(self, document, *options, trust=None):
        """The exit status and the verdict, which fits its schema."""
        status, output, errors = gateway.run(
            "verify", self.write(document), "--trust", trust or self.trust, "--format", "json", *options)
        self.assertIn(status, (0, 1), errors)
        verdict = json.loads(output)
        SCHEMA.validate(verdict)
        self.assertEqual(status == 0, verdict["verdict"] == "good")
        return verdict

    def refused(self, document, *words, **options):
        verdict = self.verify(document, **options)
        self.assertEqual(verdict["verdict"], "bad")
        for word in words:
            self.assertIn(word, "\n".join(verdict["defects"]))
        return verdict

    def signed_with(self, change=lambda draft: draft, after=lambda document: document, parties=None):
        """A whole document of a draft that was changed before the exporter signed, and once more before the officer did."""
        content, parties = cod.Content(), parties or self.parties
        document = cod.signed(change(cod.draft(content)), parties.exporter)
        return cod.signed(after(cod.with_entity(document, content)), parties.officer, "CODEH")

    def convert(self, document, *options, trust=None):
        """The exit status, and the dataset or the error."""
        account = self.folder / "account.json"
        account.unlink(missing_ok=True)
        status, output, errors = gateway.run(
            "convert", "--to", "json", self.write(document), "--trust", trust or self.trust, *AGENCIES, "--account", account, *options)
        if status:
            return status, errors, None
        return status, json.loads(output), json.loads(account.read_text())


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


class ForgeryTest(CODTest):
    """What a reviewer got past the first version."""

    @staticmethod
    def decoy(draft):
        root = etree.fromstring(draft)
        etree.SubElement(root.find(".//Agreement"), "DeclarationDate").text = "2025-06-01T00:00:00"
        return cod.written(root)

    def test_the_time_of_signing_is_read_in_its_place_alone(self):
        issuer = self.parties.issuer
        trust = self.anchors("decoys", issuer, list=issuer.revocation_list([(self.parties.exporter, "2026-01-15")]))
        self.refused(self.signed_with(self.decoy), "exporter is not to be trusted", "revoked", trust=trust)
        twice = self.signed_with(after=lambda document: document.replace(
            b"<CertificateDate>", b"<CertificateDate>2025-06-01T00:00:00</CertificateDate><CertificateDate>"))
        self.refused(twice, "CertificateDate does not stand once in its place")
        self.refused(self.signed_with(lambda draft: cod_damaged.removed(draft, "DeclarationDate")), "DeclarationDate does not stand once")
        self.refused(self.signed_with(after=lambda document: cod_damaged.removed(document, "CertificateID")), "CertificateID")

    def test_one_signer_in_two_guises(self):
        parties = self.parties
        longer = cod.Signer(parties.exporter.key, parties.exporter.certificate)
        # The same certificate, its length written with one byte more than DER has.
        longer.der = b"\x30\x83\x00" + parties.exporter.der[2:]
        self.refused(parties.document(officer=longer), "no certificate in DER")
        again = cod.Signer(parties.exporter.key, cod.described(
            parties.issuer.certificate.subject, cod.distinguished("Otra Persona", "AR", "Otra"), parties.exporter.key, "2025-01-01", "2027-01-01",
            parties.issuer.key).sign(parties.issuer.key, hashes.SHA256()))
        self.refused(parties.document(officer=again), "signed as exporter and as officer")

    def test_a_certificate_for_servers_signs_no_document(self):
        parties, key = self.parties, cod.rsa.generate_private_key(65537, 2048)
        builder = cod.described(
            parties.issuer.certificate.subject, cod.distinguished("www", "AR", "Servidor"), key, "2025-01-01", "2027-01-01", parties.issuer.key)
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        server = cod.Signer(key, builder.sign(parties.issuer.key, hashes.SHA256()))
        self.refused(parties.document(officer=server), "is for servers")

    def test_a_cod_in_another_document_is_none(self):
        whole = self.parties.document().removeprefix(cod.PROLOG)
        for document in [b"<Certificate>%s</Certificate>" % whole, whole.replace(cod.ENVELOPE.encode(), b"urn:not-cod")]:
            self.assertEqual(self.verify_any(document)["verdict"], "bad")

    def verify_any(self, document):
        status, output, errors = gateway.run("verify", self.write(document), "--trust", self.trust, "--format", "json")
        return json.loads(output) if status in (0, 1) else {"verdict": "bad", "errors": errors}

    def test_what_expired_since_is_still_told_as_revoked(self):
        parties = cod.Parties("2025-01-01", "2026-06-01")
        lists = parties.issuer.revocation_list([(parties.exporter, "2026-04-01"), (parties.officer, "2026-04-01")])
        trust = self.anchors("expired-and-revoked", parties.issuer, list=lists)
        verdict = self.verify(parties.document(), trust=trust)
        for role in ["exporter", "officer"]:
            self.assertIn("revoked-later", [warning["code"] for warning in verdict[role]["warnings"]])
        status, _, account = self.convert(parties.document(), "--currency", "USD", trust=trust)
        self.assertEqual(status, 0)
        self.assertTrue(any("was revoked" in remark for remark in account["remarks"]), account["remarks"])

    def test_a_key_that_was_stolen_before_it_was_revoked(self):
        """RFC 5280, section 5.3.2: the invalidity date goes before that of the revocation."""
        issuer = self.parties.issuer
        entry = x509.RevokedCertificateBuilder().serial_number(self.parties.officer.certificate.serial_number)
        entry = entry.revocation_date(cod.at("2026-04-01")).add_extension(x509.InvalidityDate(cod.at("2026-02-01")), critical=False)
        builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject).last_update(cod.at("2026-04-01"))
        builder = builder.next_update(cod.at("2036-01-01")).add_revoked_certificate(entry.build())
        pem = builder.sign(issuer.key, hashes.SHA256()).public_bytes(cod.serialization.Encoding.PEM)
        trust = self.anchors("stolen", issuer, list=pem)
        self.refused(self.parties.document(), "not to be trusted from 2026-02-01", trust=trust)

    def test_without_a_revocation_list_it_is_said(self):
        trust = self.anchors("without-lists", self.parties.issuer)
        verdict = self.verify(self.parties.document(profile="s-fide"), trust=trust)
        self.assertEqual([warning["code"] for warning in verdict["officer"]["warnings"]], ["revocation-unknown"])

    def test_no_field_takes_the_place_of_another(self):
        for change, after, path in [
            (lambda draft: cod_damaged.added(draft, "Goods", "GoodsItemFOB", "999.99"), lambda document: document, "Goods[1]/GoodsItemFOB"),
            (lambda draft: cod_damaged.added(draft, "FormA18", "Representative", ""), lambda document: document, None),
            (lambda draft: draft, lambda document: cod_damaged.added(document, "EH", "EHCity", "Rosario"), "EH/EHCity"),
        ]:
            status, errors, _ = self.convert(self.signed_with(change, after), "--currency", "USD")
            with self.subTest(path):
                self.assertEqual(status, 1 if path else 0, errors)
                if path:
                    self.assertIn(path, errors)

    def test_what_would_not_be_said_of_the_dataset_is_an_error(self):
        for change, words in [
            (lambda draft: cod_damaged.changed(draft, "AgreementAcronym", "5"), "AgreementAcronym is '5'"),
            (lambda draft: cod_damaged.changed(draft, "AgreementAcronym", "-1"), "AgreementAcronym is '-1'"),
            (lambda draft: cod_damaged.changed(draft, "AgreementAcronym", "A18/x"), "AgreementAcronym is 'A18/x'"),
            (lambda draft: cod_damaged.changed(draft, "AgreementAcronym", "A35"), "AgreementAcronym is 'A35'"),
            (lambda draft: cod_damaged.changed(draft, "GoodsOrderNo", "2"), "GoodsOrderNo is '2', which another has"),
            (lambda draft: cod_damaged.changed(draft, "GoodsOrderNo", "001"), "GoodsOrderNo is '001'"),
        ]:
            with self.subTest(words):
                status, errors, _ = self.convert(self.signed_with(change), "--currency", "USD")
                self.assertEqual(status, 1, errors)
                self.assertIn(words, errors)
        number = self.signed_with(after=lambda document: cod_damaged.changed(document, "CertificateID", "../../../../tmp/owned"))
        self.assertIn("CertificateID is", self.convert(number, "--currency", "USD")[1])
        for unit in ["KILOGRAMOS=", "=KGM", "=", "A=B=C"]:
            status, errors, _ = self.convert(self.parties.document(), "--currency", "USD", "--unit", unit)
            self.assertEqual(status, 2, errors)

    def test_attributes_and_lines_of_a_stranger(self):
        canceled = self.signed_with(after=lambda document: document.replace(b'id="CODEH"', b'id="CODEH" anulado="true"'))
        self.assertEqual(gateway.run("verify", self.write(canceled), "--trust", self.trust)[0], 2)
        lines = cod_damaged.changed(self.parties.document(), "CertificateID", "X\nverdict:   good")
        status, output, _ = gateway.run("verify", self.write(lines), "--trust", self.trust)
        self.assertEqual((status, output.decode().count("\nverdict:")), (1, 0))


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


def leaves(document):
    """Every element of a COD that holds text, with its path from CODEH on; read by lxml alone."""
    root = etree.fromstring(document)
    certificate = root.find(".//CODEH")
    for part in [certificate.find("CODExporter/COD"), certificate.find("EH"), certificate.find("CertificationEH")]:
        for element in part.iter():
            if isinstance(element.tag, str) and not len(element):
                yield root.getroottree().getelementpath(element).split("CODEH/")[1].removeprefix("CODExporter/"), element.text


def at(dataset, pointer):
    for step in pointer.split("/")[1:]:
        dataset = dataset[int(step)] if isinstance(dataset, list) else dataset[step]
    return dataset


def pointers(value, place=""):
    """Of every value that has none below it."""
    if isinstance(value, (dict, list)):
        for name, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from pointers(below, f"{place}/{name}")
    else:
        yield place


class TranslationTest(CODTest):
    FORMS = [("A18", "4.1.1"), ("A18", "1.8.3"), ("A35", "4.1.1"), ("A35", "1.8.3"), ("A72", "4.1.1"), ("A72", "1.8.3")]

    def test_every_field_stands_in_the_dataset_or_the_account_says_why_not(self):
        cases = [dict(form=form, version=version, optional=optional) for form, version in self.FORMS for optional in (True, False)]
        cases += [dict(form="A18", acronym=acronym) for acronym in ["A13", "A14", "A57"]]
        for case in cases:
            with self.subTest(**case):
                document = self.parties.document(profile="production-sha256", **case)
                status, dataset, account = self.convert(document, "--currency", "USD")
                self.assertEqual(status, 0, dataset)
                entries = {entry["field"]: entry for entry in account["fields"]}
                found = dict(leaves(document))
                self.assertEqual(set(entries), set(found))
                for path, value in found.items():
                    self.assert_accounted(path, value, entries[path], dataset)
                named = {pointer for entry in account["fields"] for pointer in entry["pointers"]}
                named |= {entry["pointer"] for entry in account["derived"]}
                self.assertEqual(set(pointers(dataset)) - named, set())
                self.assert_good(dataset)

    def assert_accounted(self, path, value, entry, dataset):
        self.assertEqual(entry["text"], value or "")
        self.assertTrue(entry["pointers"] or entry.get("note"), path)
        for pointer in entry["pointers"]:
            there = at(dataset, pointer)
            if isinstance(there, list):  # what a number in the document points to
                self.assertIn("GoodsInvoiceOrderNo", path)
                continue
            spelled = str(there).lower() if isinstance(there, bool) else str(there)
            same = {value, value.replace(".", "") if path.endswith("GoodsItemCode") else value}
            if pointer.endswith(("date", "Date")):
                same.add(value[:10])
            if pointer.endswith("unitCode"):
                same.add({"KILOGRAMOS": "KGM", "UNIDADES": "C62", "LITROS": "LTR", "PARES": "PR"}[value])
            self.assertIn(spelled, same, f"{path} at {pointer}")

    def assert_good(self, dataset):
        """It is what this program takes, and the XSD of the agreement by xmllint's judgement too."""
        path = self.folder / "dataset.json"
        path.write_text(json.dumps(dataset))
        status, output, errors = gateway.run("check-dataset", path)
        self.assertEqual(status, 0, output.decode() + errors)

    def test_the_document_travels_along_byte_for_byte(self):
        document = self.parties.document()
        _, dataset, _ = self.convert(document, "--currency", "USD")
        (attachment,) = dataset["attachments"]
        self.assertEqual(base64.b64decode(attachment["content"]), document)
        self.assertEqual(attachment["fileName"], "AR004A18260000021500.xml")
        _, dataset, _ = self.convert(document, "--currency", "USD", "--without-original")
        self.assertNotIn("attachments", dataset)

    def test_a_time_of_day_is_kept(self):
        _, dataset, _ = self.convert(self.parties.document(), "--currency", "USD")
        self.assertEqual(dataset["declaration"]["date"], "2026-03-10")
        times = dataset["extensions"]["A18"]["times"]
        self.assertEqual(times, [{"field": "COD/FormA18/Declaration/DeclarationDate", "dateTime": "2026-03-10T14:30:00"}])

    def test_each_item_has_its_own_invoice(self):
        _, dataset, _ = self.convert(self.parties.document(form="A35", invoices=2, goods=3), "--currency", "USD")
        numbers = [[invoice["number"] for invoice in item["invoices"]] for item in dataset["goodsItems"]]
        self.assertEqual(numbers, [["0200-00002658"], ["0200-00002659"], ["0200-00002658"]])

    def test_nothing_is_invented(self):
        document = self.parties.document()
        status, errors, _ = self.convert(document)
        self.assertEqual(status, 1)
        self.assertIn("does not say in which currency", errors)
        self.assertIn("--currency", errors)
        bags = self.parties.document(items={1: {"GoodsItemMeasureUnit": "PAQUETES"}})
        status, errors, _ = self.convert(bags, "--currency", "USD")
        self.assertEqual(status, 1)
        self.assertIn("Goods[1]/GoodsItemMeasureUnit is 'PAQUETES'", errors)
        status, dataset, _ = self.convert(bags, "--currency", "USD", "--unit", "PAQUETES=NMP")
        self.assertEqual(status, 0, dataset)
        self.assertEqual(dataset["goodsItems"][0]["quantities"][0]["unitCode"], "NMP")
        self.assertEqual(dataset["extensions"]["A18"]["goods"][0]["measureUnit"], "PAQUETES")

    def test_a_field_without_a_place_is_an_error(self):
        for change, path in [
            (lambda draft: cod_damaged.added(draft, "Exporter", "ExporterNickname", "X"), "COD/FormA18/Exporter/ExporterNickname"),
            (lambda draft: cod_damaged.added(draft, "GoodsList", "Total", "1"), "COD/FormA18/GoodsList/Total"),
            (lambda draft: cod_damaged.added(draft, "Exporter", "{urn:x}ExporterCity", "X"), "{urn:x}ExporterCity"),
            (lambda draft: draft.replace(b"<Subscriber>", b"<Subscriber role='x'>"), "COD/FormA18/Subscriber/@role"),
        ]:
            with self.subTest(path):
                status, errors, _ = self.convert(self.signed_with(change), "--currency", "USD")
                self.assertEqual(status, 1)
                self.assertIn("no place in the dataset", errors)
                self.assertIn(path, errors)

    def test_what_does_not_fit_is_an_error(self):
        for change, words in [
            (lambda draft: cod_damaged.changed(draft, "GoodsItemValue", "1e3"), "/goodsItems/0/value/amount"),
            (lambda draft: cod_damaged.changed(draft, "GoodsItemCode", "41041114"), "/goodsItems/0/classificationText"),
            (lambda draft: cod_damaged.changed(draft, "InvoiceDate", "2026-02-30T00:00:00"), "InvoiceDate is '2026-02-30T00:00:00'"),
            (lambda draft: cod_damaged.changed(draft, "AgreementAcronym", "A99"), "AgreementAcronym is 'A99'"),
        ]:
            with self.subTest(words):
                status, errors, _ = self.convert(self.signed_with(change), "--currency", "USD")
                self.assertEqual(status, 1, errors)
                self.assertIn(words, errors)

    def test_only_what_is_verified_is_translated(self):
        for document in [cod_damaged.changed(self.parties.document()), self.parties.document(stage=3)]:
            status, errors, _ = self.convert(document, "--currency", "USD")
            self.assertEqual(status, 1)
            self.assertIn("the COD is not good", errors)
        status, _, errors = gateway.run("convert", "--to", "json", self.write(self.parties.document()), *AGENCIES)
        self.assertEqual(status, 2)
        self.assertIn("--trust", errors)


class SignedXMLTest(CODTest):
    """Documents of no known kind, as xmlsec signs them."""

    def invoice(self, uri="", transforms=(ENVELOPED, EXCLUSIVE), inside=True, certificate=True):
        root = etree.fromstring(b'<Invoice xmlns="urn:example:invoice" Id="I1"><Number>17</Number><Total>18250.75</Total></Invoice>')
        signer = self.parties.exporter
        signature = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS})
        info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
        etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=cod.INCLUSIVE)
        etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=MORE + "rsa-sha256")
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=uri)
        if transforms:
            outer = etree.SubElement(reference, f"{{{DS}}}Transforms")
            for algorithm in transforms:
                etree.SubElement(outer, f"{{{DS}}}Transform", Algorithm=algorithm)
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS["sha256"])
        etree.SubElement(reference, f"{{{DS}}}DigestValue")
        etree.SubElement(signature, f"{{{DS}}}SignatureValue")
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(signer.key_pem, xmlsec.KeyFormat.PEM)
        context.sign(signature)
        if certificate:
            data = etree.SubElement(etree.SubElement(signature, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
            etree.SubElement(data, f"{{{DS}}}X509Certificate").text = text(signer.der)
        return etree.tostring(root)

    def test_a_signature_in_what_it_signs(self):
        for uri in ["", "#I1"]:
            for transforms in [(ENVELOPED, EXCLUSIVE), (ENVELOPED, cod.INCLUSIVE), (ENVELOPED,)]:
                with self.subTest(uri=uri, transforms=transforms):
                    document = self.invoice(uri, transforms)
                    verdict = self.verify(document)
                    self.assertEqual((verdict["verdict"], verdict["isWhole"]), ("good", True), verdict["defects"])
                    self.assertEqual(verdict["signatures"][0]["secondEngine"], "agrees")
                    self.refused(document.replace(b"18250.75", b"18250.76"), "changed after signing")

    def test_one_that_covers_a_part_alone(self):
        root = etree.fromstring(self.invoice())
        signature = root.find(f"{{{DS}}}Signature")
        etree.SubElement(etree.SubElement(signature, f"{{{DS}}}Object"), "Total").text = "999999"
        self.refused(etree.tostring(root), "is not signed")
        outer = b'<Bundle>%s<Total>999999</Total></Bundle>' % self.invoice("#I1")
        self.assertEqual(self.verify(outer)["verdict"], "partial")

    def test_one_whose_signer_is_not_known(self):
        self.refused(self.invoice(certificate=False), "holds no X509Certificate")

    def test_xml_without_a_signature_is_not_judged(self):
        status, _, errors = gateway.run("verify", self.write(b"<a/>"), "--trust", self.trust)
        self.assertEqual(status, 2)


class AttachedTest(CODTest):
    """A COD that travels in a message is judged by its own signatures, by the command and in evidence files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        for name in gateway.PARTIES:
            cls.world.start(name)

    def send(self, document):
        attachments = [
            dict(mediaType="application/xml", fileName="../AR 004<a>.xml", sha256=hashlib.sha256(document).hexdigest(),
                 content=base64.b64encode(document).decode()),
            dict(mediaType="application/pdf", fileName="form.pdf", sha256=hashlib.sha256(b"%PDF-1.7").hexdigest(),
                 content=base64.b64encode(b"%PDF-1.7").decode()),
        ]
        dataset = gateway.example(attachments=attachments)
        status, _, answer = self.world.api("korea", "POST", "/partners/vietnam/send-co", dataset, {"Prefer": "wait=20"})
        self.assertEqual(status, 200, answer)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        return message

    def judged(self, message, *options):
        request = self.folder / "request.xml"
        request.write_bytes(self.world.kept("vietnam", message["id"], "request.xml"))
        status, output, errors = gateway.run(
            "verify", request, "--trust", self.world.trust("korea"), "--documents", self.trust, "--format", "json")
        self.assertIn(status, (0, 1), errors)
        return status, json.loads(output)["documents"]

    def test_it_is_judged_with_the_message(self):
        status, (first, second) = self.judged(self.send(self.parties.document()))
        self.assertEqual((status, first["pointer"], first["verdict"]["verdict"]), (0, "/attachments/0", "good"))
        self.assertEqual((second["pointer"], second["verdict"]["kind"]), ("/attachments/1", "not-judged"))
        status, (first, _) = self.judged(self.send(cod_damaged.changed(self.parties.document())))
        self.assertEqual((status, first["verdict"]["verdict"]), (1, "bad"))
        for damage in [cod_damaged.duplicate_id, cod_damaged.with_doctype, lambda whole: whole.decode().encode("utf-16")[:-9]]:
            status, (first, _) = self.judged(self.send(damage(self.parties.document())))
            self.assertEqual((status, first["verdict"]["kind"]), (1, "refused"))

    def test_evidence_holds_it_byte_for_byte(self):
        document = self.parties.document()
        message = self.send(document)
        path = self.folder / f"{message['id']}.asice"
        configuration = self.world.folder / "vietnam" / "gateway.yaml"
        status, _, errors = gateway.run("evidence", "export", message["id"], "--out", path, "--config", configuration)
        self.assertEqual(status, 0, errors)
        with zipfile.ZipFile(path) as archive:
            self.assertEqual(archive.read("documents/1-.._AR_004_a_.xml"), document)
            self.assertEqual(archive.read("documents/2-form.pdf"), b"%PDF-1.7")
        trust = self.world.trust("korea")
        (trust / "vietnam.pem").write_bytes((self.world.trust("vietnam") / "vietnam.pem").read_bytes())
        status, output, errors = gateway.run(
            "evidence", "verify", path, "--trust", trust, "--documents", self.trust, "--format", "json")
        verdict = json.loads(output)
        self.assertEqual(status, 0, verdict["defects"])
        self.assertEqual([each["verdict"].get("verdict") for each in verdict["documents"]], ["good", None])
        status, output, _ = gateway.run("evidence", "verify", path, "--trust", trust, "--format", "json")
        self.assertEqual(status, 0)
        (first, _) = json.loads(output)["documents"]
        self.assertEqual((first["verdict"]["officer"]["integrity"], first["verdict"]["officer"]["trust"]), ("intact", "not judged"))

    def test_the_commands_of_the_documentation_run_as_they_stand(self):
        """docs/documents.md, in a folder that has what it names."""
        folder = self.folder / "documentation"
        document = self.parties.document()
        message = self.send(document)
        for name, certificates in [
            ("authorities", {"root.pem": self.parties.issuer.pem}), ("officers", {"officer.pem": self.parties.officer.pem}),
            ("partners/certificates", {f"{each}.pem": (self.world.pki / f"{each}-signing.pem").read_bytes() for each in gateway.PARTIES}),
        ]:
            (folder / name).mkdir(parents=True)
            for file, pem in certificates.items():
                (folder / name / file).write_bytes(pem)
        (folder / "AR004A18260000021500.xml").write_bytes(document)
        (folder / "request.xml").write_bytes(self.world.kept("vietnam", message["id"], "request.xml"))
        configuration = self.world.folder / "vietnam" / "gateway.yaml"
        status, _, errors = gateway.run("evidence", "export", message["id"], "--out", folder / "message.asice", "--config", configuration)
        self.assertEqual(status, 0, errors)
        text = (gateway.ROOT / "docs/documents.md").read_text().replace("\\\n", "")
        commands = re.findall(r"^    (coconect-soap .*)$", text, re.M)
        self.assertEqual(len(commands), 4)
        for command in commands:
            with self.subTest(command):
                done = subprocess.run(
                    command.replace("coconect-soap", str(gateway.COMMAND), 1), shell=True, cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("pointers", json.loads((folder / "fields.json").read_text())["fields"][0])
