"""What each toolkit was seen to do with ours: a line of JSON for each exchange, in the file that COCONECT_MATRIX names, if it does.

Run by itself it prints such a file as a table."""

import collections
import json
import os
import pathlib
import sys

OPERATIONS = ["send-co", "send-amendment-notification", "send-cancelation-status", "send-feedback"]
# What an outcome of a call to us, or by us, means; each was asserted by a test before it was noted.
OUTCOMES = {
    "accepted": "request accepted, its receipt verified and read by the toolkit",
    "fault read": "our signed fault verified and read by the toolkit",
    "changed message refused": "a request with one changed byte refused, and the fault read",
    "receipt taken, fault taken": "our request verified by the toolkit, its receipt and its fault verified by us",
}


def note(toolkit, version, operation, direction, outcome, **more):
    """`version` is the toolkit's; `direction` is "calls us" or "called by us", `outcome` one of those above."""
    assert outcome in OUTCOMES, outcome
    path = os.environ.get("COCONECT_MATRIX")
    if not path:
        return
    line = {"toolkit": toolkit, "version": version, "operation": operation, "direction": direction, "outcome": outcome, **more}
    with open(path, "a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def table(lines):
    seen = collections.defaultdict(set)
    for line in lines:
        seen[line["toolkit"], line["version"], line["direction"], line.get("soap", ""), line["outcome"]].add(line["operation"])
    yield "| toolkit | direction | SOAP | what was seen | " + " | ".join(f"`{operation}`" for operation in OPERATIONS) + " |"
    yield "|---" * (4 + len(OPERATIONS)) + "|"
    for (toolkit, version, direction, soap, outcome), operations in sorted(seen.items()):
        cells = ["yes" if operation in operations else "" for operation in OPERATIONS]
        yield f"| {toolkit} {version} | {direction} | {soap} | {OUTCOMES[outcome]} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print("\n".join(table(map(json.loads, pathlib.Path(sys.argv[1]).read_text().splitlines()))))
