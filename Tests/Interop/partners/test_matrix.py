"""The table of toolkits in the documentation is whole."""

import json
import pathlib
import re
import tempfile
import unittest

import gateway
from partners import matrix

DOCUMENT = gateway.ROOT / "wsdl/toolkits.md"


class MatrixTest(unittest.TestCase):
    def test_the_document_lists_every_toolkit_in_each_direction_over_both_versions_of_soap(self):
        self.assertEqual(list(matrix.missing(DOCUMENT.read_text())), [])

    def test_each_was_seen_to_give_and_take_receipts_and_faults_of_every_operation(self):
        rows = re.findall(r"^\| .* \| (?:calls us|called by us) \|.*$", DOCUMENT.read_text(), re.MULTILINE)
        for row in rows:
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            with self.subTest(cells[:3]):
                self.assertEqual(cells[3:], ["receipt, fault, change"] + ["receipt, fault"] * 3)

    def test_a_table_that_lacks_a_toolkit_is_not_written(self):
        with tempfile.TemporaryDirectory() as folder:
            lines, document = pathlib.Path(folder, "lines"), pathlib.Path(folder, "document.md")
            old = f"Before.\n\n{matrix.BEGIN}\n\nold\n\n{matrix.END}\n\nAfter.\n"
            document.write_text(old)
            seen = [
                {"toolkit": toolkit, "version": "1", "operation": "send-co", "direction": direction, "soap": soap, "outcome": "accepted"}
                for toolkit, directions in matrix.TOOLKITS.items() for direction in directions for soap in matrix.VERSIONS
            ]
            lines.write_text("\n".join(map(json.dumps, seen[:-1])))
            with self.assertRaisesRegex(SystemExit, "not seen: .*'zeep', 'calls us', '1.2'"):
                matrix.main(lines, document)
            self.assertEqual(document.read_text(), old)
            lines.write_text("\n".join(map(json.dumps, seen)))
            matrix.main(lines, document)
            text = document.read_text()
            self.assertIn("| zeep 1 | calls us | 1.2 | receipt |  |  |  |", text)
            self.assertTrue(text.startswith("Before.") and text.endswith("After.\n") and "old" not in text)


if __name__ == "__main__":
    unittest.main()
