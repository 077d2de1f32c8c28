"""Both roads between two gateways: from JSON to JSON, with a partner or the inside down, and with a gateway killed on the way."""

import http.server
import json
import signal
import socket
import unittest

from lxml import etree

import gateway


def to_vietnam(**changes):
    return gateway.example(sender=gateway.PARTIES["korea"], receiver=gateway.PARTIES["vietnam"], **changes)


class RoadsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")
        cls.world.start("korea")

    def submit(self, dataset, wait=None, path="/partners/vietnam/send-co"):
        return self.world.api("korea", "POST", path, dataset, {"Prefer": f"wait={wait}"} if wait else {})

    def problem(self, expected, dataset, path="/partners/vietnam/send-co"):
        """Submits what must be refused; the problem."""
        status, headers, problem = self.submit(dataset, path=path)
        self.assertEqual((status, headers["Content-Type"]), (expected, "application/problem+json"), problem)
        self.assertEqual(problem["status"], expected)
        return problem

    def test_an_address_that_is_not_there_says_so_as_a_problem(self):
        for method, path, expected in [("GET", "/nothing", 404), ("DELETE", "/inbox", 405), ("POST", "/messages", 405)]:
            status, headers, problem = self.world.api("korea", method, path, {} if method == "POST" else None)
            self.assertEqual((status, headers["Content-Type"]), (expected, "application/problem+json"), problem)
            self.assertIn(path, problem["detail"])
            self.assertEqual(headers["Allow"], "GET, HEAD" if expected == 405 else None)

    def test_what_is_not_sent_as_json_is_refused(self):
        status, _, problem = self.world.api(
            "korea", "POST", "/partners/vietnam/send-co", to_vietnam(), {"Content-Type": "text/plain"}
        )
        self.assertEqual(status, 415, problem)

    def test_a_submitted_dataset_waits_in_the_inbox_of_the_partner_as_the_same_json(self):
        dataset = to_vietnam()
        status, headers, sent = self.submit(dataset, wait=20)
        self.assertEqual((status, sent["message"]["state"]), (200, "acknowledged"), sent)
        self.assertEqual(headers["Location"], "/messages/" + sent["message"]["id"])
        inbox = self.world.api("vietnam", "GET", "/inbox")[2]["messages"]
        (received,) = [message for message in inbox if message["messageID"] == dataset["functionalReferenceId"]]
        for name, message in [("korea", sent["message"]), ("vietnam", received)]:
            self.assertEqual(json.loads(self.world.kept(name, message["id"], "dataset.json")), dataset)
        for content in ["request.xml", "response.xml"]:
            ours = self.world.kept("korea", sent["message"]["id"], content)
            self.assertEqual(ours, self.world.kept("vietnam", received["id"], content))

    def test_acknowledging_empties_the_inbox(self):
        self.submit(to_vietnam(), wait=20)
        waiting = self.world.api("vietnam", "GET", "/inbox")[2]["messages"]
        self.assertNotEqual(waiting, [])
        for message in waiting:
            for _ in range(2):
                status, _, taken = self.world.api("vietnam", "POST", f"/messages/{message['id']}/ack")
                self.assertEqual((status, taken["state"]), (200, "delivered"))
        self.assertEqual(self.world.api("vietnam", "GET", "/inbox")[2]["messages"], [])

    def test_without_a_preference_the_answer_is_202_with_a_location_that_tells_the_outcome(self):
        status, headers, queued = self.submit(to_vietnam())
        self.assertEqual((status, queued["message"]["state"]), (202, "queued"))
        done = gateway.until(20, "acknowledged", lambda: self.acknowledged("korea", headers["Location"]))
        self.assertEqual([event["state"] for event in done["events"]], ["queued", "acknowledged"])

    def acknowledged(self, name, location):
        view = self.world.api(name, "GET", location)[2]
        return view if view["message"]["state"] == "acknowledged" else None

    def test_the_same_message_again_is_the_same_message(self):
        dataset = to_vietnam()
        first, second = self.submit(dataset, wait=20), self.submit(dataset, wait=20)
        self.assertEqual(first[2]["message"]["id"], second[2]["message"]["id"])
        self.assertEqual(second[0], 200)
        self.assertEqual(len(self.world.messages("vietnam", dataset["functionalReferenceId"])), 1)

    def test_the_same_id_with_other_content_is_a_conflict(self):
        dataset = to_vietnam()
        self.submit(dataset)
        problem = self.problem(409, dataset | {"remarks": ["something else"]})
        self.assertIn(dataset["functionalReferenceId"], problem["detail"])

    def test_a_dataset_with_problems_is_refused_with_a_json_pointer_for_each(self):
        dataset = to_vietnam(hsVersion="2023", nonsense=1)
        del dataset["exporter"]
        dataset["goodsItems"][1]["grossMass"]["value"] = 1204.75
        problem = self.problem(422, dataset)
        found = {entry["pointer"]: entry["code"] for entry in problem["problems"]}
        self.assertEqual(found, {
            "/hsVersion": "code-list", "/nonsense": "unknown-element", "/exporter": "missing-element",
            "/goodsItems/1/grossMass/value": "wrong-type",
        })
        self.assertEqual(self.world.messages("korea", dataset["functionalReferenceId"]), [])

    def test_a_message_in_another_partys_name_or_to_another_party_is_refused(self):
        problem = self.problem(422, gateway.example(sender=gateway.PARTIES["vietnam"], receiver=gateway.PARTIES["korea"]))
        self.assertEqual([entry["pointer"] for entry in problem["problems"]], ["/sender", "/receiver"])

    def test_an_unknown_partner_or_operation_is_not_found(self):
        self.assertIn("did you mean vietnam?", self.problem(404, to_vietnam(), "/partners/vietnan/send-co")["detail"])
        self.assertIn("send-co", self.problem(404, to_vietnam(), "/partners/vietnam/send-c0")["detail"])


class PartnerDownTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)

    def test_a_message_waits_for_a_partner_that_is_down(self):
        self.world.start("korea")
        _, headers, _ = self.world.api("korea", "POST", "/partners/vietnam/send-co", to_vietnam())
        view = lambda: self.world.api("korea", "GET", headers["Location"])[2]
        tried = gateway.until(10, "tried", lambda: view()["message"]["attempts"] and view())
        self.assertEqual(tried["message"]["state"], "queued")
        self.assertIn("no answer", tried["message"]["detail"])
        self.world.stop("korea")
        self.world.start("korea")
        self.world.start("vietnam")
        done = gateway.until(30, "acknowledged", lambda: view()["message"]["state"] == "acknowledged" and view())
        self.assertGreaterEqual(done["message"]["attempts"], 2)

    def test_a_message_is_parked_after_the_tries_that_were_agreed(self):
        self.world.start("korea", partner={"endpoint": {"url": self.world.soap_url("vietnam"), "tries": 2}})
        status, _, view = self.world.api("korea", "POST", "/partners/vietnam/send-co", to_vietnam(), {"Prefer": "wait=20"})
        self.assertEqual((status, view["message"]["state"], view["message"]["attempts"]), (200, "parked", 2))
        self.assertIn("given up after 2 tries", view["message"]["detail"])


class Inside(http.server.BaseHTTPRequestHandler):
    """A JSON gateway that answers as it was told, and keeps what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers, json.loads(body)))
        status, text = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class InsideTest(unittest.TestCase):
    def setUp(self):
        self.inside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
        self.inside.received = []
        gateway.serve(self.inside, self.addCleanup)
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.world.start("vietnam", inside={"url": f"http://127.0.0.1:{self.inside.server_port}"})

    def deliver(self, *answers):
        """Sends a message; its dataset and its view once it is delivered or parked."""
        self.inside.answers = list(answers)
        dataset = gateway.example()
        self.assertEqual(self.world.post("vietnam", self.world.signed(dataset))[0], 200)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        view = lambda: self.world.api("vietnam", "GET", "/messages/" + message["id"])[2]
        return dataset, gateway.until(20, "settled", lambda: view()["message"]["state"] != "accepted" and view())

    def test_a_message_is_pushed_until_the_inside_takes_it(self):
        dataset, view = self.deliver((503, b"later"), (200, b""))
        self.assertEqual([event["state"] for event in view["events"]], ["accepted", "accepted", "delivered"])
        self.assertIn("503: later", view["events"][1]["detail"])
        self.assertEqual(len(self.inside.received), 2)
        for path, headers, body in self.inside.received:
            self.assertEqual((path, body), ("/send-co", dataset))
            self.assertEqual(headers["Coconect-Message"], view["message"]["id"])
            self.assertEqual((headers["Coconect-Partner"], headers["Coconect-Signer"]), ("korea", view["message"]["signer"]))

    def test_a_message_that_the_inside_refuses_is_parked_with_its_words(self):
        _, view = self.deliver((400, "kein Platz für K001".encode()))
        self.assertEqual(view["message"]["state"], "parked")
        self.assertIn("400: kein Platz für K001", view["message"]["detail"])
        self.assertEqual(len(self.inside.received), 1)


class StopTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)

    def repeated(self, message):
        status, _, response = self.world.post("vietnam", message)
        self.assertEqual(status, 200, response)
        return self.receipt(response)

    @staticmethod
    def receipt(response):
        return [(element.tag, element.text) for element in etree.fromstring(response).find(".//{*}Receipt")]

    def connect(self, sent):
        """A connection on which something was sent."""
        plain = socket.create_connection(("127.0.0.1", self.world.ports["vietnam"]["soap"]), 10)
        connection = self.world.client_context("korea").wrap_socket(plain, server_hostname="localhost")
        self.addCleanup(connection.close)
        connection.sendall(sent)
        return connection

    @staticmethod
    def request(message):
        fields = ["Host: localhost", f"Content-Type: {gateway.CONTENT_TYPES['1.2']}", f"Content-Length: {len(message)}"]
        return "\r\n".join(["POST /send-co HTTP/1.1", *fields, "", ""]).encode() + message

    def test_a_killed_gateway_has_all_of_a_message_or_nothing(self):
        """Killed at another moment each time, from before the last byte to after the receipt."""
        self.world.start("vietnam")
        stored = set()
        for milliseconds in [None, 0, 1, 2, 3, 4, 6, 8, 12, 10_000]:
            dataset = gateway.example()
            message = self.world.signed(dataset)
            request = self.request(message)
            connection = self.connect(request[:-1])
            if milliseconds is not None:
                connection.sendall(request[-1:])
                connection.settimeout(milliseconds / 1000)
                try:
                    connection.recv(1)
                except (TimeoutError, OSError):
                    pass
            self.world.stop("vietnam", signal.SIGKILL)
            self.world.start("vietnam")
            with self.subTest(killed_after=milliseconds):
                before = self.world.messages("vietnam", dataset["functionalReferenceId"])
                stored.add(len(before))
                receipts = [self.repeated(message) for _ in range(2)]
                (kept,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
                self.assertEqual([kept["id"]] * len(before), [earlier["id"] for earlier in before])
                receipts.append(self.receipt(self.world.kept("vietnam", kept["id"], "response.xml")))
                self.assertEqual(receipts, receipts[:1] * 3)
                self.assertEqual(self.world.kept("vietnam", kept["id"], "request.xml"), message)
                self.assertEqual(json.loads(self.world.kept("vietnam", kept["id"], "dataset.json")), dataset)
        self.assertEqual(stored, {0, 1}, "the moments must lie on both sides of the commit")

    def test_sigterm_stops_the_gateway_with_status_0_whatever_clients_hold_open(self):
        """What is held open stands behind a request that was answered, so the gateway has read it."""
        request = self.request(self.world.signed(gateway.example()))
        for what, sent in {"nothing": b"", "half a header": request[:60], "half a body": request[:-9]}.items():
            with self.subTest(sent=what):
                self.world.start("vietnam")
                server = self.world.servers.pop("vietnam")
                try:
                    self.connect(b"GET /?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n" + sent).recv(1)
                    server.terminate()
                    self.assertEqual(server.wait(120), 0)
                finally:
                    server.kill()
                    server.wait()


if __name__ == "__main__":
    unittest.main()
