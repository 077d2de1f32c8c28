"""Evidence files: what a court could check without us, with unzip, xmlsec1 and openssl alone."""

import io
import json
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import unittest
import zipfile

import jsonschema
from lxml import etree

import gateway
import xmlsec1
from trust import trust_world

XADES = "http://uri.etsi.org/01903/v1.3.2#"
ASIC = "{http://uri.etsi.org/02918/v1.2.1#}"
DS = f"{{{xmlsec1.DS}}}"
VERDICT = jsonschema.Draft202012Validator(json.loads((gateway.ROOT / "wsdl/coconect-verdict-1.schema.json").read_text()))
MARKUP = "<script>alert(1)</script>&\"'"


class EvidenceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        for name in gateway.PARTIES:
            cls.world.start(name)
        dataset = gateway.example(remarks=[MARKUP])
        status, _, answer = cls.world.api("korea", "POST", "/partners/vietnam/send-co", dataset, {"Prefer": "wait=20"})
        assert status == 200, answer
        cls.message_id = dataset["functionalReferenceId"]

    def export(self, name="vietnam"):
        """The evidence of the message as a party has it, unpacked by unzip; its folder."""
        (message,) = self.world.messages(name, self.message_id)
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.world.folder))
        path = folder / "message.asice"
        status, output, errors = gateway.run(
            "evidence", "export", message["id"], "--out", path, "--config", self.world.folder / name / "gateway.yaml")
        self.assertEqual(status, 0, errors)
        subprocess.run(["unzip", "-q", path, "-d", folder / "unpacked"], check=True)
        return folder / "unpacked"

    def xmlsec1(self, folder, *arguments):
        done = subprocess.run(["xmlsec1", "--verify", *arguments], cwd=folder, capture_output=True, text=True)
        return done.returncode, done.stderr

    def container(self, folder):
        return self.xmlsec1(
            folder, "--id-attr:Id", XADES + ":SignedProperties", "--pubkey-cert-pem", "certificates/gateway.pem", "META-INF/signatures.xml")

    def test_it_is_an_asic_e_container(self):
        folder = self.export()
        (message,) = self.world.messages("vietnam", self.message_id)
        archive = (folder.parent / "message.asice").read_bytes()
        # ETSI EN 319 162-1, A.1: the type stands first, not packed, at a fixed place.
        self.assertEqual(archive[30:38], b"mimetype")
        self.assertEqual(archive[38:].split(b"PK", 1)[0], b"application/vnd.etsi.asic-e+zip")
        with zipfile.ZipFile(io.BytesIO(archive)) as file:
            self.assertIsNone(file.testzip())
            names = set(file.namelist())
        log = {name for name in names if name.startswith("log/")}
        self.assertLessEqual({"log/event-1.record", "log/event-1.path"}, log)
        self.assertEqual(
            names - log, {
                "mimetype", "request.xml", "response.xml", "dataset.json", "verification.json", "record.json", "summary.html",
                "certificates/partner.pem", "certificates/gateway.pem", "META-INF/manifest.xml", "META-INF/signatures.xml",
                "documents/1-note-___.txt"})
        signatures = etree.parse(folder / "META-INF/signatures.xml").getroot()
        self.assertEqual(signatures.tag, ASIC + "XAdESSignatures")
        signed = {reference.get("URI") for reference in signatures.iter(DS + "Reference")}
        self.assertEqual(signed - {"#SignedProperties"}, {name for name in names if not name.startswith(("META-INF", "mimetype"))})
        self.assertEqual(json.loads((folder / "record.json").read_text())["message"]["id"], message["id"])
        for kind in ["request.xml", "response.xml"]:
            self.assertEqual((folder / kind).read_bytes(), self.raw("vietnam", message, kind))

    def raw(self, name, message, kind):
        return gateway.urllib.request.urlopen(f"{self.world.api_url(name)}/messages/{message['id']}/{kind}", timeout=60).read()

    def test_xmlsec1_alone_verifies_container_request_and_receipt_on_both_sides(self):
        for name in gateway.PARTIES:
            folder = self.export(name)
            self.assertEqual(self.container(folder)[0], 0, self.container(folder)[1])
            ids = [word for element in xmlsec1.IDS for word in ("--id-attr:Id", element)]
            signers = ["partner", "gateway"] if name == "vietnam" else ["gateway", "partner"]
            for kind, signer in zip(["request.xml", "response.xml"], signers):
                status, errors = self.xmlsec1(folder, *ids, "--pubkey-cert-pem", f"certificates/{signer}.pem", kind)
                self.assertEqual(status, 0, errors)
            # The certificate that the signature claims is the one beside it.
            claimed = etree.parse(folder / "META-INF/signatures.xml").findtext(f".//{DS}X509Certificate")
            self.assertEqual(claimed, xmlsec1.token(folder / "certificates/gateway.pem"))
            fingerprint = subprocess.run(
                ["openssl", "x509", "-in", "certificates/partner.pem", "-noout", "-fingerprint", "-sha256"], cwd=folder,
                capture_output=True, text=True, check=True).stdout.split("=")[1].strip().replace(":", "").lower()
            self.assertEqual(fingerprint, json.loads((folder / "record.json").read_text())["message"]["signer"])

    def test_a_changed_byte_in_any_file_is_found(self):
        folder = self.export()
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ("mimetype", "manifest.xml")):
            whole = path.read_bytes()
            with self.subTest(path.name):
                place = whole.index(b"DigestValue>") + 14 if path.name == "signatures.xml" else len(whole) // 2
                path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
                # Where the certificate itself is changed xmlsec1 may not even read it.
                self.assertNotEqual(self.container(folder)[0], 0)
            path.write_bytes(whole)
        self.assertEqual(self.container(folder)[0], 0)
        (folder / "dataset.json").unlink()
        self.assertNotEqual(self.container(folder)[0], 0)

    def verify(self, path, *options, trust=None):
        trust = trust or self.trust()
        status, output, errors = gateway.run("evidence", "verify", path, "--trust", trust, "--format", "json", *options)
        self.assertIn(status, [0, 1], errors)
        return json.loads(output)

    def trust(self, *names):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.world.folder))
        for name in names or gateway.PARTIES:
            (folder / f"{name}.pem").write_bytes((self.world.pki / f"{name}-signing.pem").read_bytes())
        return folder

    def repack(self, path, change):
        """The container with its files changed; every other byte as it was."""
        with zipfile.ZipFile(path) as file:
            files = {name: file.read(name) for name in file.namelist()}
        change(files)
        changed = path.with_name("changed.asice")
        with zipfile.ZipFile(changed, "w") as file:
            for name, content in files.items():
                file.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
        return changed

    def test_it_verifies_from_the_file_and_certificates_alone(self):
        for name in gateway.PARTIES:
            path = self.export(name).parent / "message.asice"
            verdict = self.verify(path)
            self.assertEqual((verdict["outcome"], verdict["defects"], verdict["answer"]), ("good", [], "receipt"))
            self.assertEqual([verdict[kind]["verdict"] for kind in ("request", "response")], ["good", "good"])
            # Unpacked and packed again by another program it is the same evidence.
            self.assertEqual(self.verify(self.repack(path, lambda files: None))["outcome"], "good")
            # Years later the moment of the exchange still counts.
            self.assertEqual(self.verify(path, "--at", "2036-01-01T00:00:00Z")["outcome"], "bad")

    def test_what_was_changed_is_named(self):
        path = self.export().parent / "message.asice"

        def flip(name):
            def change(files):
                content = files[name]
                place = len(content) // 2
                files[name] = content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]
            return change

        with zipfile.ZipFile(path) as file:
            names = [name for name in file.namelist() if not name.startswith(("META-INF", "mimetype"))]
        for name in names:
            with self.subTest(name):
                defects = self.verify(self.repack(path, flip(name)))["defects"]
                self.assertIn(f"{name} was changed after the container was signed", defects)
        for change, words in [
            (lambda files: files.pop("dataset.json"), "dataset.json was signed, and is not there"),
            (lambda files: files.update({"more.txt": b"more"}), "more.txt is not signed"),
            (lambda files: files.update({"mimetype": b"application/zip"}), "mimetype is not"),
            (lambda files: files.pop("META-INF/signatures.xml"), "META-INF/signatures.xml is not there"),
            (flip("META-INF/signatures.xml"), "META-INF/signatures.xml"),
        ]:
            with self.subTest(words):
                verdict = self.verify(self.repack(path, change))
                self.assertEqual(verdict["outcome"], "bad")
                self.assertTrue(any(defect.startswith(words) for defect in verdict["defects"]), verdict["defects"])

    def test_a_receipt_for_another_message_proves_nothing_of_this_one(self):
        """Every signature in the file is good; only together they are false."""
        other = gateway.example(id="K001-26-0004799")
        status, _, answer = self.world.api("korea", "POST", "/partners/vietnam/send-co", other, {"Prefer": "wait=20"})
        self.assertEqual(status, 200, answer)
        ids = [self.world.messages("korea", message)[0]["id"] for message in (self.message_id, other["functionalReferenceId"])]
        store = sqlite3.connect(self.world.folder / "korea/store.sqlite", timeout=60, isolation_level=None)
        self.addCleanup(store.close)
        place, = store.execute("SELECT sequence FROM message WHERE id = ?", ids[:1]).fetchone()
        own, = store.execute("SELECT response FROM content WHERE message = ?", [place]).fetchone()
        another, = store.execute("SELECT response FROM content JOIN message ON message = sequence WHERE id = ?", ids[1:]).fetchone()
        for response, words in [
            (another, "the receipt is for another Body"), (None, "response.xml is not in it"),
            (own.replace(b"<ReceivedDateTime>20", b"<ReceivedDateTime>21"), "response.xml: "),
        ]:
            with self.subTest(words):
                self.addCleanup(store.execute, "UPDATE content SET response = ? WHERE message = ?", [own, place])
                store.execute("UPDATE content SET response = ? WHERE message = ?", [response, place])
                verdict = self.verify(self.export("korea").parent / "message.asice")
                self.assertEqual((verdict["outcome"], verdict["container"]["files"] > 5), ("bad", True))
                self.assertTrue(any(defect.startswith(words) for defect in verdict["defects"]), verdict["defects"])

    def test_a_container_that_somebody_else_signed_anew_is_not_believed(self):
        """Korea's gateway signs what Viet Nam's had: the messages still verify, the container is whose it is."""
        path = self.export().parent / "message.asice"
        verdict = self.verify(path, trust=self.trust("korea"))
        self.assertEqual(verdict["outcome"], "bad")
        self.assertTrue(any("the signer of the container is not to be trusted" in defect for defect in verdict["defects"]))

    def test_what_is_no_container_is_told(self):
        path = self.world.folder / "nothing.asice"
        for content in [b"", b"PK", b"PK\x05\x06" + bytes(18), b"PK\x05\x06" + b"\xff" * 18, bytes(100_000)]:
            path.write_bytes(content)
            verdict = self.verify(path)
            self.assertEqual(verdict["outcome"], "bad")
            self.assertNotEqual(verdict["defects"], [])

    def test_the_commands_of_the_documentation_check_it_and_find_changes(self):
        page = (gateway.ROOT / "docs/evidence.md").read_text()
        script = "set -eu\n" + "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))

        def check(path):
            folder = pathlib.Path(tempfile.mkdtemp(dir=self.world.folder))
            (folder / "message.asice").write_bytes(path.read_bytes())
            done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True)
            return done.returncode, done.stdout + done.stderr

        for name in gateway.PARTIES:
            path = self.export(name).parent / "message.asice"
            status, told = check(path)
            self.assertEqual(status, 0, told)
            self.assertIn("log/event-1.record is under log/seal-", told)
            for file in ["request.xml", "response.xml", "dataset.json", "record.json"]:
                changed = self.repack(path, lambda files: files.update({file: files[file].replace(b"K001-26-0004711", b"K001-26-0004712", 1)
                                                                        if b"K001-26-0004711" in files[file] else files[file] + b" "}))
                self.assertNotEqual(check(changed)[0], 0, file)
            added = self.repack(path, lambda files: files.update({"more.txt": b"more"}))
            self.assertNotEqual(check(added)[0], 0)

    def test_the_commands_of_the_summary_are_good_as_they_stand(self):
        for name in gateway.PARTIES:
            folder = self.export(name)
            root = etree.parse(folder / "summary.html").getroot()
            commands = [element.text for element in root.iter("{http://www.w3.org/1999/xhtml}code")]
            self.assertEqual(len(commands), 3)
            for command in commands:
                done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, command + done.stderr)

    def test_the_json_api_gives_the_same_file(self):
        for name in gateway.PARTIES:
            (message,) = self.world.messages(name, self.message_id)
            address = f"{self.world.api_url(name)}/messages/{message['id']}/evidence.asice"
            status, headers, archive = gateway.answer(gateway.urllib.request.Request(address))
            self.assertEqual((status, headers["Content-Type"]), (200, "application/vnd.etsi.asic-e+zip"))
            self.assertIn(message["id"] + ".asice", headers["Content-Disposition"])
            path = pathlib.Path(tempfile.mkdtemp(dir=self.world.folder)) / "message.asice"
            path.write_bytes(archive)
            verdict = self.verify(path)
            self.assertEqual((verdict["outcome"], verdict["defects"]), ("good", []))
            self.assertEqual([seal["number"] for seal in verdict["seals"]], sorted({seal["number"] for seal in verdict["seals"]}))
            self.assertGreater(len(verdict["seals"]), 0)
        unknown = gateway.urllib.request.Request(self.world.api_url("vietnam") + "/messages/none/evidence.asice")
        self.assertEqual(gateway.answer(unknown)[0], 404)

    def test_server_command_and_archive_come_to_the_same_verdict(self):
        """Also with the clock moved years ahead, for the moment at which the message came."""
        for name, kind in [("vietnam", "request"), ("korea", "response")]:
            (message,) = self.world.messages(name, self.message_id)
            server = json.loads(self.raw(name, message, "verification.json"))
            file = self.world.folder / f"{name}-{kind}.xml"
            file.write_bytes(self.raw(name, message, kind + ".xml"))
            archive = self.verify(self.export(name).parent / "message.asice")[kind]
            arguments = ["verify", file, "--trust", self.trust(), "--format", "json"]
            status, command, errors = gateway.run(*arguments)
            self.assertEqual(status, 0, errors)
            moment = server["judgedAt"]
            later = subprocess.run(
                ["faketime", "2036-01-01 00:00:00", gateway.COMMAND, *map(str, arguments), "--at", moment], capture_output=True)
            hashes = {verdict["hash"] for verdict in (server, archive, json.loads(command), json.loads(later.stdout))}
            self.assertEqual(len(hashes), 1)
            self.assertEqual(later.returncode, 0)
            now = subprocess.run(["faketime", "2036-01-01 00:00:00", gateway.COMMAND, *map(str, arguments)], capture_output=True)
            self.assertEqual((now.returncode, json.loads(now.stdout)["code"]), (1, "certificate-expired"))

    def test_every_value_leads_to_its_signed_bytes_and_back(self):
        (message,) = self.world.messages("vietnam", self.message_id)
        file = self.world.folder / "covered.xml"
        file.write_bytes(raw := self.raw("vietnam", message, "request.xml"))
        status, output, errors = gateway.run("verify", file, "--trust", self.trust(), "--format", "json")
        self.assertEqual(status, 0, errors)
        verdict = json.loads(output)
        VERDICT.validate(verdict)
        tree = etree.fromstring(raw)
        body = next(element for element in tree if element.tag.endswith("}Body"))
        canonical = etree.tostring(body, method="c14n", exclusive=True)
        dataset = json.loads(self.raw("vietnam", message, "dataset.json"))
        values = verdict["coverage"]["values"]
        self.assertEqual(len(values), sum(1 for element in body[0].iter() if len(element) == 0))
        for value in values:
            def span(data, where):
                return data[value[where]["offset"]:value[where]["offset"] + value[where]["length"]]
            steps = re.sub(r"/([^/[]+)", r"/*[local-name()='\1']", value["path"])
            (element,) = tree.xpath(steps)
            found = dataset
            for step in value["pointer"][1:].split("/"):
                found = found[int(step)] if isinstance(found, list) else found[step]
            text = str(found).lower() if isinstance(found, bool) else str(found)
            self.assertEqual([element.text, value["text"]], [text, text])
            for data, where in [(raw, "source"), (canonical, "canonical")]:
                self.assertEqual(etree.fromstring(self.declared(span(data, where))).text, text)
        for key in [values[7]["pointer"], values[7]["path"], str(values[7]["source"]["offset"] + 3)]:
            status, output, errors = gateway.run("verify", file, "--trust", self.trust(), "--find", key, "--format", "json")
            self.assertEqual((status, json.loads(output)), (0, values[7]), errors)
        self.assertEqual(gateway.run("verify", file, "--trust", self.trust(), "--find", "/nowhere")[0], 1)

    def declared(self, element):
        """An element cut out of its document, its prefix declared."""
        prefix = re.match(rb"<(?:([^:\s>]+):)?", element)[1]
        return re.sub(rb"^<([^\s/>]+)", rb"<\1 xmlns:" + prefix + rb'="urn:x"' if prefix else rb"<\1", element, count=1)

    def test_a_signed_fault_has_a_verdict_too(self):
        status, _, fault = self.world.post("vietnam", self.world.signed(gateway.example(sender=gateway.PARTIES["vietnam"])))
        self.assertEqual(status, 500)
        status, output, errors = gateway.run("verify", "-", "--trust", self.trust(), "--format", "json", input=fault)
        verdict = json.loads(output)
        self.assertEqual((status, verdict["verdict"], "coverage" in verdict), (0, "good", False), errors)
        VERDICT.validate(verdict)
        self.assertEqual(gateway.run("verify", "-", "--trust", self.trust(), "--find", "/id", input=fault)[0], 1)

    def test_verdicts_are_as_their_schema_says(self):
        (message,) = self.world.messages("vietnam", self.message_id)
        raw = self.raw("vietnam", message, "request.xml")
        for change in [(b"", b""), (b"K001-26-0004711", b"K001-26-0004712"), (b"<wsu:Created>20", b"<wsu:Created>19"), (b"BinarySecurityToken", b"Token")]:
            status, output, errors = gateway.run("verify", "-", "--trust", self.trust(), "--format", "json", input=raw.replace(*change))
            verdict = json.loads(output)
            VERDICT.validate(verdict)
            failed = [rule["rule"] for rule in verdict["rules"] if rule["outcome"] == "failed"]
            self.assertEqual(failed, [] if status == 0 else [verdict["rule"]])
            self.assertEqual("coverage" in verdict, status == 0)

    def test_the_summary_is_text_for_people(self):
        page = (self.export() / "summary.html").read_bytes()
        root = etree.fromstring(page)
        self.assertEqual([element for element in root.iter() if element.tag.endswith("script")], [])
        text = " ".join(root.itertext())
        for word in [self.message_id, "K001-26-0004711", "Korea Customs Service", "accepted", "summary", "xmlsec1 --verify"]:
            self.assertIn(word, text) if word != "summary" else None

    def test_several_by_number_or_time_and_what_is_not_there(self):
        config = self.world.folder / "vietnam/gateway.yaml"
        out = self.world.folder / "several"
        status, output, errors = gateway.run("evidence", "export", "--co", "Ｋ001-26-0004711", "--out", out, "--config", config)
        self.assertEqual((status, len(list(out.glob("*.asice")))), (0, 1), errors)
        status, _, errors = gateway.run("evidence", "export", "--co", "K001-26-0004711", "--out", out, "--config", config)
        self.assertEqual(status, 2)
        self.assertIn("is there already", errors)
        for arguments, expected, words in [
            (["--to", "2020-01-01T00:00:00Z"], 1, ""), (["nothing"], 1, "no message has the id"), ([], 2, "Give either a message's id"),
        ]:
            status, _, errors = gateway.run("evidence", "export", *arguments, "--out", out / "x", "--config", config)
            self.assertEqual(status, expected, errors)
            self.assertIn(words, errors)


class AuthorityTest(trust_world.GatewayTest):
    """A signer that only its authority vouches for: the message alone holds its certificate."""

    def test_its_certificate_and_its_authority_are_in_the_file(self):
        self.trust_authority()
        signer = self.signer()
        dataset = gateway.example()
        self.assertEqual(self.world.post("vietnam", self.world.signed(dataset, key=signer.with_suffix("")))[0], 200)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        path, folder = self.world.folder / "message.asice", self.world.folder / "unpacked"
        config = self.world.folder / "vietnam/gateway.yaml"
        status, _, errors = gateway.run("evidence", "export", message["id"], "--out", path, "--config", config)
        self.assertEqual(status, 0, errors)
        subprocess.run(["unzip", "-q", path, "-d", folder], check=True)
        self.assertEqual(xmlsec1.token(folder / "certificates/partner.pem"), xmlsec1.token(signer))
        openssl = ["openssl", "verify", "-CAfile", "certificates/authority.pem", "certificates/partner.pem"]
        self.assertEqual(subprocess.run(openssl, cwd=folder, capture_output=True).returncode, 0)
        self.assertIn("Body", xmlsec1.verify((folder / "request.xml").read_bytes(), folder / "certificates/partner.pem"))


if __name__ == "__main__":
    unittest.main()
