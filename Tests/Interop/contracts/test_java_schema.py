"""Java's XML Schema validator reads our schemas, and judges messages as we do."""

import pathlib
import subprocess
import tempfile
import unittest

import gateway

VALIDATE = gateway.ROOT / "Tests/Interop/contracts/Validate.java"
SCHEMA = gateway.ROOT / "wsdl/coconect-eco-1.xsd"
REQUESTS = [gateway.EXAMPLES / f"{operation}.xml" for operation in gateway.PROVIDERS]


class JavaSchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconect-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def validate(self, schemas, documents):
        """Java's verdict on each document by each schema."""
        command = ["java", VALIDATE, *schemas, "--", *documents]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        return {(pathlib.Path(schema), pathlib.Path(document)): verdict for schema, document, verdict in rows}

    def changed(self, name, *change):
        """The example certificate with a change, as a file."""
        text = gateway.EXAMPLE.with_suffix(".xml").read_text()
        self.assertIn(change[0], text)
        path = self.folder / f"{name}.xml"
        path.write_text(text.replace(*change))
        return path

    def test_the_examples_are_valid(self):
        examples = sorted(gateway.EXAMPLES.glob("*.xml"))
        self.assertLessEqual(set(REQUESTS), set(examples))
        self.assertEqual(self.validate([SCHEMA], examples), {(SCHEMA, example): "valid" for example in examples})

    def test_narrowed_schemas_take_what_is_of_their_agreement_and_refuse_what_is_not(self):
        schemas = {}
        for agreement in gateway.AGREEMENTS:
            status, _, errors = gateway.run("contract", "--out", self.folder / agreement, "--agreement", agreement)
            self.assertEqual(status, 0, errors)
            schemas[agreement] = self.folder / agreement / f"coconect-eco-1-{agreement}.xsd"
        verdicts = self.validate(schemas.values(), REQUESTS)
        for agreement, schema in schemas.items():
            for request in REQUESTS:
                with self.subTest(agreement, request=request.stem):
                    expected = "^valid$" if agreement == "RCEP" else "^cvc-.*AgreementCode|^cvc-.*'RCEP'"
                    self.assertRegex(verdicts[schema, request], expected)

    def test_what_we_refuse_and_what_we_take_java_does_too(self):
        own = '<Extensions><{0} xmlns="urn:coconect:eco:agreement:RCEP:1"><TariffDifferential>VN</TariffDifferential></{0}></Extensions>'
        description = "Grease for bearings, in tubes of 0.400 kg"
        documents = {
            self.changed("longest text", description, "한\n" * 1024): True,
            self.changed("too long a text", description, "한" * 2049): False,
            self.changed("blank text", description, " " * 2048): False,
            self.changed("unit that is not in its list", ">KGM<", ">KGN<"): False,
            self.changed("decimal with too many places", ">812.500<", ">812.5000000<"): False,
            self.changed("element out of order", "<DatasetVersion>1.0</DatasetVersion><FunctionCode>9</FunctionCode>",
                         "<FunctionCode>9</FunctionCode><DatasetVersion>1.0</DatasetVersion>"): False,
            self.changed("element of the agreement", "</SendCO>", own.format("RCEP") + "</SendCO>"): True,
        }
        verdicts = self.validate([SCHEMA], documents)
        for document, expected in documents.items():
            with self.subTest(document.stem):
                status, _, errors = gateway.run("convert", "--to", "json", document)
                self.assertEqual(status == 0, expected, errors)
                self.assertEqual(verdicts[SCHEMA, document] == "valid", expected, verdicts[SCHEMA, document])


if __name__ == "__main__":
    unittest.main()
