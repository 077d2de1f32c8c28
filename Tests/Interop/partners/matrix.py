"""What each toolkit was seen to do with ours: a line of JSON for each exchange, in the file that COCONECT_MATRIX names, if it does.

`python3 -m partners.matrix LINES [DOCUMENT]` prints such a file as a table, or writes it into a document, between the two comments that
mark its place."""

import collections
import json
import os
import pathlib
import re
import sys

OPERATIONS = ["send-co", "send-amendment-notification", "send-cancelation-status", "send-feedback"]
VERSIONS = ["1.1", "1.2"]
# A document's table is whole when each of these was seen, over both versions of SOAP.
TOOLKITS = {
    "JAX-WS RI + WSS4J": ["calls us", "called by us"],
    "PHP SoapClient": ["calls us"],
    "PHP SoapServer": ["called by us"],
    "curl + xmlsec1": ["calls us"],
    "gSOAP + wsse": ["calls us", "called by us"],
    "mono ASMX": ["calls us"],
    "mono HttpListener": ["called by us"],
    "spyne": ["called by us"],
    "zeep": ["calls us"],
}
# The words of the table that an outcome of an exchange stands for; each was asserted by a test before it was noted.
OUTCOMES = {
    "accepted": ["receipt"],
    "fault read": ["fault"],
    "changed message refused": ["change"],
    "receipt taken, fault taken": ["receipt", "fault"],
}
WORDS = ["receipt", "fault", "change"]
LEGEND = """\
| word | where the toolkit calls us | where we call it |
|---|---|---|
| receipt | we accepted its message; it verified and read our receipt | it verified and accepted our message; we verified its receipt |
| fault | it verified our fault and read the code in its detail | we verified its fault and took it for final |
| change | we refused its message after one byte had changed; it read the fault | it refused ours after one byte had changed, signed |
"""
BEGIN, END = "<!-- The table: written by `make interop` -->", "<!-- End of the table -->"


def note(toolkit, version, operation, direction, outcome, **more):
    """`version` is the toolkit's; `direction` is "calls us" or "called by us", `outcome` one of those above."""
    assert outcome in OUTCOMES and direction in TOOLKITS[toolkit], (toolkit, direction, outcome)
    path = os.environ.get("COCONECT_MATRIX")
    if not path:
        return
    line = {"toolkit": toolkit, "version": version, "operation": operation, "direction": direction, "outcome": outcome, **more}
    with open(path, "a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def table(lines):
    """A row for a toolkit, a direction and a version of SOAP; in the cell of an operation the words of what was seen."""
    rows = collections.defaultdict(lambda: collections.defaultdict(set))
    for line in lines:
        row = line["toolkit"], line["version"], line["direction"], line["soap"]
        rows[row][line["operation"]].update(OUTCOMES[line["outcome"]])
    yield "| toolkit | direction | SOAP | " + " | ".join(f"`{operation}`" for operation in OPERATIONS) + " |"
    yield "|---" * (3 + len(OPERATIONS)) + "|"
    for (toolkit, version, direction, soap), seen in sorted(rows.items(), key=lambda row: (row[0][0].lower(), row[0])):
        cells = [", ".join(word for word in WORDS if word in seen[operation]) for operation in OPERATIONS]
        yield f"| {toolkit} {version} | {direction} | {soap} | " + " | ".join(cells) + " |"


def missing(text):
    """The rows that a table should have and has not: toolkit, direction, version of SOAP."""
    for toolkit, directions in TOOLKITS.items():
        for direction in directions:
            for version in VERSIONS:
                if not re.search(rf"^\| {re.escape(toolkit)} [^|]* \| {direction} \| {re.escape(version)} \|", text, re.MULTILINE):
                    yield toolkit, direction, version


def write(text, document):
    """Puts the table into a document, in place of the one between its comments."""
    old = document.read_text()
    before, _, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{document} has no place for the table: {BEGIN} … {END}"
    document.write_text(f"{before}{BEGIN}\n\n{text}\n{LEGEND}\n{END}{after}")


def main(lines, document=None):
    text = "".join(line + "\n" for line in table(map(json.loads, pathlib.Path(lines).read_text().splitlines())))
    if not document:
        print(text + "\n" + LEGEND, end="")
    elif unseen := list(missing(text)):
        sys.exit(f"error: not seen: {unseen}\nhelp: {document} stays as it is; which tests were skipped?")
    else:
        write(text, pathlib.Path(document))


if __name__ == "__main__":
    main(*sys.argv[1:])
