"""The JSON API against its OpenAPI document: schemathesis plays against it."""

import json
import re
import subprocess
import unittest

import gateway
from contracts.openapi_document import CALLER, EXAMPLES, OTHER, TOOLS, Document, address, dataset, install_tools


def setUpModule():
    install_tools()


class SchemathesisTest(unittest.TestCase):
    """Thousands of right and wrong requests that schemathesis makes from the document."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")
        cls.world.start("korea")
        for operation, name in CALLER.items():
            status, _, view = cls.world.api(
                name, "POST", f"/partners/{OTHER[name]}/{operation}", dataset(operation, name), {"Prefer": "wait=20"}
            )
            assert (status, view["message"]["state"]) == (200, "acknowledged"), view

    def with_examples(self):
        """The document that Viet Nam's gateway serves, with examples from its store. Of the code lists, all of which
        schemathesis would try at each place, only what the examples use."""
        document = Document(self.world.api("vietnam", "GET", "/openapi.json")[2]).whole
        words = set(re.findall(r'"([^"]*)"', "".join(EXAMPLES.values())))
        for name, schema in document["components"]["schemas"].items():
            if name.startswith("code-"):
                schema["enum"] = [code for code in schema["enum"] if code in words] or schema["enum"][:3]
        ids = [message["id"] for message in self.world.api("vietnam", "GET", "/messages")[2]["messages"]]
        document["components"]["parameters"]["id"]["examples"] = {f"m{number}": {"value": id} for number, id in enumerate(ids)}
        document["components"]["parameters"]["partner"]["examples"] = {"korea": {"value": "korea"}}
        # Not how long to wait for a message: it would be waited for up to a minute each time.
        inbox = document["paths"]["/inbox"]["get"]
        inbox["parameters"] = [parameter for parameter in inbox["parameters"] if parameter.get("name") != "wait"]
        for operation in EXAMPLES:
            # The id of the file, not a new one: the same requests in each run.
            own_id = json.loads(EXAMPLES[operation])["functionalReferenceId"]
            content = document["paths"][address(operation)]["post"]["requestBody"]["content"]["application/json"]
            content["examples"] = {"file": {"value": dataset(operation, "vietnam", functionalReferenceId=own_id)}}
        return document

    def test_schemathesis_finds_no_answer_outside_the_document(self):
        folder = self.world.folder / "schemathesis"
        folder.mkdir()
        document = self.with_examples()
        (folder / "openapi.json").write_text(json.dumps(document))
        # positive_data_acceptance is left out: the rules between elements, which no schema can say, refuse most of what
        # fits the schema.
        done = subprocess.run(
            [
                TOOLS / "schemathesis", "--no-color", "run", "openapi.json", "--url", self.world.api_url("vietnam"),
                "--checks", "all", "--exclude-checks", "positive_data_acceptance", "--seed", "20261123", "--max-examples", "20",
                "--generation-database", "none", "--no-shrink", "--continue-on-failure", "--request-timeout", "30",
                "--output-sanitize", "false", "--report", "har", "--report-har-path", "requests.har",
            ],
            cwd=folder, env=gateway.environment() | {"NO_PROXY": "127.0.0.1"}, capture_output=True, text=True, timeout=1200,
        )
        met = self.met(document, json.loads((folder / "requests.har").read_text())["log"]["entries"])
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}\nstatuses by operation: {met}")
        for operation in Document(document).operations:
            self.assertIn(200, met.get(operation, set()), f"{operation} was never answered 200, so little was tried: {met}")
        self.assertEqual(self.world.api("vietnam", "GET", "/health/ready")[0], 200)

    @staticmethod
    def met(document, entries):
        """The statuses that were answered, by method and path; a path without a parameter goes before one with it."""
        patterns = {
            path: re.compile(r"http://[^/]+" + re.sub(r"\\{\w+\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?")
            for path in sorted(document["paths"], key=lambda path: path.count("{"))
        }
        met = {}
        for entry in entries:
            request = entry["request"]
            path = next((path for path, pattern in patterns.items() if pattern.fullmatch(request["url"])), None)
            met.setdefault((request["method"], path), set()).add(entry["response"]["status"])
        return met


if __name__ == "__main__":
    unittest.main()
