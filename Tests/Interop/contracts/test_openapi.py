"""The JSON API against its OpenAPI document: openapi-spec-validator reads it, and each answer and webhook that it names is
brought about once and held against it."""

import contextlib
import http.server
import json
import re
import sqlite3
import subprocess
import threading
import unittest
import urllib.parse
import urllib.request
import uuid

import gateway
from contracts.openapi_document import CALLER, EXAMPLES, OTHER, TOOLS, Document, address, dataset, install_tools
from exchanges.test_roads import Inside


def setUpModule():
    install_tools()


class DocumentTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.file = gateway.ROOT / "wsdl/openapi.json"
        cls.document = Document(json.loads(cls.file.read_text()))

    def validate(self, file):
        done = subprocess.run(
            [TOOLS / "openapi-spec-validator", "--validation-errors", "all", file], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_openapi_spec_validator_accepts_the_document_of_the_contracts(self):
        self.validate(self.file)

    def test_the_running_gateway_serves_the_same_document(self):
        world = gateway.World()
        self.addCleanup(world.close)
        world.start("vietnam")
        status, headers, served = gateway.answer(urllib.request.Request(world.api_url("vietnam") + "/openapi.json"))
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        file = world.folder / "openapi.json"
        file.write_bytes(served)
        self.validate(file)
        self.assertEqual(served, self.file.read_bytes())

    def test_the_examples_fit_the_document(self):
        for operation, text in EXAMPLES.items():
            schema = self.document.operations["POST", address(operation)]["requestBody"]["content"]["application/json"]["schema"]
            self.assertEqual(self.document.problems(schema, json.loads(text), operation), [])

    def test_every_parameter_header_and_property_is_described(self):
        bare = []

        def visit(part, place):
            if not isinstance(part, dict):
                for number, item in enumerate(part if isinstance(part, list) else []):
                    visit(item, f"{place}/{number}")
                return
            named = {"properties": part.get("properties", {}), "headers": part.get("headers", {})}
            if "in" in part:
                named["parameters"] = {part["name"]: part}
            for kind, things in named.items():
                for name, thing in things.items():
                    if "description" not in thing and "description" not in self.document.resolved(thing):
                        bare.append(f"{place}: {kind} {name}")
            for name, item in part.items():
                visit(item, f"{place}/{name}")

        visit(self.document.whole, "")
        self.assertEqual(bare, [])


class AnswersTest(unittest.TestCase):
    """Each answer that the document names, from two gateways with one role each."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam", partner={"roles": ["inbound-gateway"]})
        cls.world.start("korea", partner={"roles": ["outbound-gateway"]})
        cls.document = Document(cls.world.api("korea", "GET", "/openapi.json")[2])

    def setUp(self):
        self.seen = set()

    def request(self, name, method, url, body=None, headers=None):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Content-Type": "application/json"} | (headers or {})
        return gateway.answer(urllib.request.Request(self.world.api_url(name) + url, data, headers, method=method))

    def call(self, expected, name, method, path, body=None, headers=None, query="", **values):
        """Brings about one answer and holds it against the document; its headers, and its JSON or text."""
        url = path.format(**values) + query
        status, answered, data = self.request(name, method, url, body, headers)
        with self.subTest(f"{name}: {method} {url} → {expected}"):
            problems = self.document.answer_problems(method, path, status, answered, data)
            self.assertEqual((status, problems), (expected, []), data[:500])
        self.seen.add((method, path, status))
        return answered, json.loads(data or b"null") if answered.get_content_type().endswith("json") else data.decode(errors="replace")

    @contextlib.contextmanager
    def without_store(self, name):
        """A gateway whose store fails at each use."""
        store = sqlite3.connect(self.world.folder / name / "store.sqlite", isolation_level=None)
        with contextlib.closing(store):
            store.execute("ALTER TABLE message RENAME TO lost")
            try:
                yield
            finally:
                store.execute("ALTER TABLE lost RENAME TO message")

    def test_every_answer_of_the_document_is_given_as_it_says(self):
        sent = self.submissions()
        self.readings(sent)
        self.inbox()
        self.failing_store(sent)
        self.assertEqual(sorted(self.document.answers - self.seen), [], "named in the document, but not given")

    def submissions(self):
        """The local id of a message that was handed over, by its operation."""
        sent = {}
        for operation, name in CALLER.items():
            path, partner, good = address(operation), OTHER[name], dataset(operation, name)
            submit = lambda expected, body, headers=None, partner=partner: self.call(
                expected, name, "POST", path, body, headers, partner=partner
            )
            submit(202, good)
            headers, view = submit(200, good, {"Prefer": "wait=20"})
            self.assertEqual(view["message"]["state"], "acknowledged")
            self.assertEqual(headers["Location"], "/messages/" + view["message"]["id"])
            sent[operation] = view["message"]["id"]
            submit(409, good | {"versionId": "99"})
            submit(422, {})
            submit(422, b"{")
            submit(413, b" " * (4 * 1024 * 1024 + 1))
            submit(404, good, partner="nobody")
            self.call(403, partner, "POST", path, dataset(operation, partner), partner=name)
            for kind in ["text/plain", "application/json-seq", "application/jsonx"]:
                submit(415, b"{}", {"Content-Type": kind})
            for kind in ["application/json; charset=utf-8", "Application/JSON"]:
                submit(422, b"{}", {"Content-Type": kind})
        return sent

    def readings(self, sent):
        for path in ["/", "/openapi.json", "/health/live", "/health/ready", "/metrics"]:
            self.call(200, "korea", "GET", path)
        some = {
            "direction": "outbound", "partner": "vietnam", "operation": "send-co", "state": "acknowledged", "limit": "1",
            "certificate": json.loads(EXAMPLES["send-co"])["id"], "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z",
        }
        named = {parameter["name"] for parameter in map(self.document.resolved, self.document.operations["GET", "/messages"]["parameters"])}
        self.assertEqual(named, {*some, "before", "messageId"})
        _, page = self.call(200, "korea", "GET", "/messages", query="?" + urllib.parse.urlencode(some))
        self.assertEqual([message["id"] for message in page["messages"]], [sent["send-co"]])
        self.call(200, "korea", "GET", "/messages", query=f"?before={page['next']}&messageId=none")
        for wrong in ["state=lost", "direction=up", "limit=0", "limit=501", "limit=x", "before=x", "lmit=1"]:
            self.call(400, "korea", "GET", "/messages", query="?" + wrong)
        for operation, name in CALLER.items():
            received = self.world.messages(OTHER[name], self.call(
                200, name, "GET", "/messages/{id}", id=sent[operation]
            )[1]["message"]["messageID"])[0]["id"]
            for party, message in [(name, sent[operation]), (OTHER[name], received)]:
                self.contents(party, message, operation)
        self.call(404, "korea", "GET", "/messages/{id}", id="none")
        _, found = self.call(200, "korea", "GET", "/certificates/{number}", number=urllib.parse.quote(some["certificate"].lower()))
        (certificate,) = found["certificates"]
        self.assertEqual((certificate["number"], certificate["state"]), (some["certificate"], "issued"))
        self.assertIn("not as it was typed", found["warning"])
        self.assertIn(sent["send-co"], [message["id"] for message in certificate["messages"]])
        self.call(404, "korea", "GET", "/certificates/{number}", number="none")
        self.call(404, "korea", "GET", "/messages/{id}/{content}", id="none", content="request.xml")
        self.call(200, "korea", "GET", "/messages/{id}/evidence.asice", id=sent["send-co"])
        self.call(404, "korea", "GET", "/messages/{id}/evidence.asice", id="none")
        self.call(404, "korea", "GET", "/messages/{id}/{content}", id=sent["send-co"], content="nonsense")

    def contents(self, name, message, operation):
        """Each kind of content of a message; all that its links tell."""
        path = "/messages/{id}/{content}"
        (content,) = [
            parameter for parameter in map(self.document.resolved, self.document.operations["GET", path]["parameters"])
            if parameter["name"] == "content"
        ]
        _, view = self.call(200, name, "GET", "/messages/{id}", id=message)
        self.assertEqual(view["links"], {kind: f"/messages/{message}/{kind}" for kind in content["schema"]["enum"]})
        for kind in view["links"]:
            headers, value = self.call(200, name, "GET", path, id=message, content=kind)
            self.assertEqual(headers.get_content_type(), "text/xml" if kind.endswith(".xml") else "application/json")
            if kind == "dataset.json":
                schema = self.document.operations["POST", address(operation)]["requestBody"]["content"]["application/json"]["schema"]
                self.assertEqual(self.document.problems(schema, value, kind), [])

    def inbox(self):
        for _ in range(2):
            self.world.api("korea", "POST", "/partners/vietnam/send-co", dataset("send-co", "korea"), {"Prefer": "wait=20"})
        _, page = self.call(200, "vietnam", "GET", "/inbox", query="?limit=1")
        _, rest = self.call(200, "vietnam", "GET", "/inbox", query=f"?limit=500&before={page['next']}")
        self.assertNotIn("next", rest)
        for wrong in ["limit=0", "limit=x", "before=x", "state=accepted", "lease=0", "wait=61"]:
            self.call(400, "vietnam", "GET", "/inbox", query="?" + wrong)
        (message,) = page["messages"]
        for _ in range(2):
            _, taken = self.call(200, "vietnam", "POST", "/messages/{id}/ack", b"", id=message["id"])
            self.assertEqual(taken["state"], "delivered")
        self.call(404, "vietnam", "POST", "/messages/{id}/ack", b"", id="none")
        self.call(409, "vietnam", "POST", "/messages/{id}/ack", b"", id=self.refused_message())

    def refused_message(self):
        """The local id of a message that was signed well but is not for Viet Nam."""
        wrong = gateway.example(receiver=gateway.PARTIES["korea"])
        self.assertEqual(self.world.post("vietnam", self.world.signed(wrong))[0], 500)
        _, page = self.call(200, "vietnam", "GET", "/messages", query="?state=refused")
        (message,) = page["messages"]
        self.call(200, "vietnam", "GET", "/messages/{id}", id=message["id"])
        return message["id"]

    def failing_store(self, sent):
        for name, other in OTHER.items():
            message = next(sent[operation] for operation, caller in CALLER.items() if caller == name)
            with self.without_store(name):
                self.call(503, name, "GET", "/health/ready")
                self.call(200, name, "GET", "/health/live")
                for operation, caller in CALLER.items():
                    if caller == name:
                        self.call(503, name, "POST", address(operation), dataset(operation, name), partner=other)
                for path in ["/messages", "/inbox", "/messages/{id}", "/certificates/{number}"]:
                    self.call(503, name, "GET", path, id=message, number="K001")
                self.call(503, name, "GET", "/messages/{id}/{content}", id=message, content="dataset.json")
                self.call(503, name, "GET", "/messages/{id}/evidence.asice", id=message)
                self.call(503, name, "POST", "/messages/{id}/ack", b"", id=message)
            self.call(200, name, "GET", "/health/ready")

    def test_head_answers_like_get_without_the_content(self):
        for method, path in self.document.operations:
            if method == "GET" and "{" not in path:
                with self.subTest(path):
                    (status, headers, _), (head, short, data) = [
                        self.request("korea", method, path) for method in ["GET", "HEAD"]
                    ]
                    self.assertEqual((head, short["Content-Type"], data), (status, headers["Content-Type"], b""))

    def test_another_method_is_answered_405_with_those_there_are(self):
        for path, methods in self.document.whole["paths"].items():
            there = {method.upper() for method in methods} | ({"HEAD"} if "get" in methods else set())
            url = path.format(partner="vietnam", id="none", content="request.xml", number="none")
            given, wanted = {}, {}
            for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - there):
                status, headers, _ = self.request("korea", method, url)
                given[method] = (status, headers["Content-Type"], set(re.split(r",\s*", headers["Allow"] or "")))
                wanted[method] = (405, "application/problem+json", there)
            with self.subTest(path):
                self.assertEqual(given, wanted)

    def test_a_percent_encoded_address_is_the_same_address(self):
        _, _, view = self.world.api("korea", "POST", "/partners/vietnam/send-co", dataset("send-co", "korea"))
        message = view["message"]["id"]
        for method, url, expected in [
            ("POST", "/partners/v%69etnam/send-co", 422), ("GET", f"/messages/%{ord(message[0]):x}{message[1:]}", 200),
            ("GET", f"/messages/{message}/dataset%2Ejson", 200),
        ]:
            with self.subTest(url):
                status, _, data = self.request("korea", method, url, b"{}" if method == "POST" else None)
                self.assertEqual(status, expected, data)


class RawInside(Inside):
    """As `Inside`, but keeps the bytes of a call."""

    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers, data))
        self.send_response(self.server.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()


class WebhooksTest(unittest.TestCase):
    """What is pushed to the JSON gateway inside."""

    def setUp(self):
        self.inside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RawInside)
        self.inside.received = []
        threading.Thread(target=self.inside.serve_forever).start()
        self.addCleanup(self.inside.server_close)
        self.addCleanup(self.inside.shutdown)
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.world.start("vietnam", inside={"url": f"http://127.0.0.1:{self.inside.server_port}/taken"})
        self.world.start("korea")
        self.document = Document(self.world.api("vietnam", "GET", "/openapi.json")[2])

    def push(self, operation, *statuses):
        """Sends Viet Nam a message, which its inside answers so; the dataset and Viet Nam's view once it is settled."""
        # What is said of one certificate is pushed one after the other, the certificate first.
        sent = dataset(operation, "korea")
        if operation == "send-co":
            sent["id"] = uuid.uuid4().hex
        elif operation == "send-amendment-notification":
            self.inside.answers = [200]
            self.world.issue("korea", wait=20)
            gateway.until(20, "the certificate is pushed", lambda: self.inside.received)
        else:
            self.world.issue("vietnam", wait=20)
        self.inside.answers, self.inside.received = list(statuses), []
        path = address(operation).format(partner="vietnam")
        self.assertEqual(self.world.api("korea", "POST", path, sent, {"Prefer": "wait=20"})[0], 200)
        (message,) = self.world.messages("vietnam", sent["functionalReferenceId"])
        view = lambda: self.world.api("vietnam", "GET", "/messages/" + message["id"])[2]["message"]
        return sent, gateway.until(20, "settled", lambda: view()["state"] != "accepted" and view())

    def test_each_operation_is_pushed_as_its_webhook_says(self):
        webhooks = self.document.whole["webhooks"]
        self.assertEqual(set(webhooks), set(EXAMPLES))
        for operation, methods in webhooks.items():
            with self.subTest(operation):
                self.assertEqual(set(methods), {"post"})
                sent, message = self.push(operation, 200)
                self.assertEqual(message["state"], "delivered")
                ((path, headers, data),) = self.inside.received
                self.assertEqual(path, "/taken/" + operation)
                self.assertEqual(self.document.call_problems(methods["post"], headers, data), [])
                self.assertEqual(json.loads(data), sent)
                told = [headers[name] for name in ["Idempotency-Key", "Coconect-Message", "Coconect-Partner", "Coconect-Signer"]]
                self.assertEqual(told, [message["id"], message["id"], "korea", message["signer"]])

    def test_each_answer_of_the_inside_does_what_the_document_says(self):
        """A status of its own in the document is one that is taken otherwise than its hundred."""
        answers = self.document.whole["webhooks"]["send-co"]["post"]["responses"]
        for status, state in [(204, "delivered"), (400, "parked"), (408, "delivered"), (429, "delivered"), (503, "delivered")]:
            with self.subTest(status):
                tried_again = status >= 300 and state == "delivered"
                _, message = self.push("send-co", *([status, 200] if tried_again else [status]))
                self.assertEqual(message["state"], state)
                keys = [headers["Idempotency-Key"] for _, headers, _ in self.inside.received]
                self.assertEqual(keys, [message["id"]] * (2 if tried_again else 1))
                answer = answers.get(str(status)) or answers[f"{status // 100}XX"]
                self.assertEqual("again" in answer["description"], tried_again, answer)


if __name__ == "__main__":
    unittest.main()
