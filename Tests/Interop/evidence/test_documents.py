"""Documents with signatures of their own: XML of any kind as xmlsec signs it, and documents that travel in messages."""

import base64
import hashlib
import json
import re
import subprocess
import zipfile

# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec

import gateway
from evidence import cod, cod_damaged
from evidence.cod_tests import CODTest
from foreign_signer import DIGESTS, ENVELOPED, MORE, text
from xmlsec1 import DS, EXCLUSIVE


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
