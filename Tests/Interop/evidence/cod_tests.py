"""What the tests of Digital Certificates of Origin (COD) share."""

import json
import pathlib
import tempfile
import unittest

import jsonschema

import gateway
from evidence import cod

SCHEMA = jsonschema.Draft202012Validator(json.loads((gateway.ROOT / "wsdl/coconect-document-1.schema.json").read_text()))
AGENCIES = ["--sender-agency", "AFIP", "--receiver-agency", "Receita Federal do Brasil"]


class CODTest(unittest.TestCase):
    """One authority with an exporter and an officer, and what the command says of their documents."""

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

    def not_translated(self, document, words, *options):
        """That the document is good, and nothing is made of it."""
        status, errors, _ = self.convert(document, "--currency", "USD", *options)
        self.assertEqual(status, 1, errors)
        self.assertIn(words, errors)
