"""Digital Certificates of Origin as a forger makes them: what got past a first version of the judgement, and of the translation."""

import json

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

import gateway
from evidence import cod, cod_damaged
from evidence.cod_tests import CODTest


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
                self.not_translated(self.signed_with(change), words)
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
