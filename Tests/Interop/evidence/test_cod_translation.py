"""A COD as the common dataset: every field of it accounted for, as lxml reads them on its own."""

import base64
import json
import subprocess

from lxml import etree

import gateway
from evidence import cod_damaged
from evidence.cod_tests import AGENCIES, CODTest


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
        """It is what this program takes, and by xmllint's judgement what the XSD of its agreement allows."""
        path, code = self.folder / "dataset.json", dataset["agreementCode"]
        path.write_text(json.dumps(dataset))
        status, output, errors = gateway.run("check-dataset", path)
        self.assertEqual(status, 0, output.decode() + errors)
        contract = self.folder / code
        if not contract.exists():
            self.assertEqual(gateway.run("contract", "--out", contract, "--agreement", code)[0], 0)
        status, xml, errors = gateway.run("convert", "--to", "xml", path)
        self.assertEqual(status, 0, errors)
        judge = ["xmllint", "--noout", "--schema", contract / f"coconect-eco-1-{code}.xsd", "-"]
        done = subprocess.run(judge, input=xml, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[:2000])

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
                self.not_translated(self.signed_with(change), words)

    def test_only_what_is_verified_is_translated(self):
        for document in [cod_damaged.changed(self.parties.document()), self.parties.document(stage=3)]:
            status, errors, _ = self.convert(document, "--currency", "USD")
            self.assertEqual(status, 1)
            self.assertIn("the COD is not good", errors)
        status, _, errors = gateway.run("convert", "--to", "json", self.write(self.parties.document()), *AGENCIES)
        self.assertEqual(status, 2)
        self.assertIn("--trust", errors)
