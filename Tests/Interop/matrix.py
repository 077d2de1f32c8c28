"""What each toolkit was seen to do with ours: a line of JSON for each exchange, in the file that COCONECT_MATRIX names, if it does."""

import json
import os


def note(toolkit, version, operation, direction, outcome, **more):
    """`version` is the toolkit's; `direction` is "calls us" or "called by us", `outcome` says in a word or two what came of it."""
    path = os.environ.get("COCONECT_MATRIX")
    if not path:
        return
    line = {"toolkit": toolkit, "version": version, "operation": operation, "direction": direction, "outcome": outcome, **more}
    with open(path, "a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
