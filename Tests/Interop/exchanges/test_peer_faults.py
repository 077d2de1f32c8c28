"""Partners, JSON gateways and responders that hang, break off, fail and forge before they answer as they should: nothing is lost, nothing
doubled, and nothing taken for an answer that is none."""

import json
import re
import ssl
import time
import unittest

from lxml import etree

import foreign_signer as foreign
import gateway
from certificates import certificate, correction, number, operation
from faults import Peer, changed, cut, drip, go_on, hang, hang_up, instead, stall
from foreign_signer import ECO
from trust.trust_world import GatewayTest
from two_gateways import PostgreSQL, SQLite
from xmlsec1 import WSSE

PATIENCE = 45  # seconds until all is done; a JSON gateway is given 30 to answer


def shown(world, name, id):
    """What `coconect-soap messages show` tells of a message: its own line, and one for each event."""
    status, output, errors = gateway.run("messages", "show", id, "--config", world.folder / name / "gateway.yaml")
    assert status == 0, errors
    first, *events = output.decode().splitlines()
    return first, events


class JSONGatewayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        right = 200, "application/json", json.dumps({"taken": True, "remarks": "none" * 100}).encode()
        cls.inside = Peer(lambda body: json.loads(body)["functionalReferenceId"], lambda path, body: right)
        gateway.serve(cls.inside, cls.addClassCleanup)
        cls.world.start("vietnam", inside={"url": f"http://127.0.0.1:{cls.inside.server_port}"})

    def send(self, *datasets):
        for dataset in datasets:
            name = operation(dataset)
            message = {"send-co": "SendCO", "send-amendment-notification": "SendAmendmentNotification"}[name]
            status, _, answer = self.world.post("vietnam", self.world.signed(dataset, message=message), "/" + name)
            self.assertEqual(status, 200, answer)

    def pair(self, *acts):
        """A certificate that the JSON gateway does this with, and what is said of it later."""
        co = number()
        issued, corrected = certificate(co), correction(co, "2")
        self.inside.acts[issued["functionalReferenceId"]] = list(acts)
        self.send(issued, corrected)
        return issued, corrected

    def record(self, dataset):
        (record,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        return record

    def becomes(self, state, dataset):
        gateway.until(PATIENCE, f"the message is {state}", lambda: self.record(dataset)["state"] == state)

    def check_in_order(self, tries, issued, corrected):
        """So many calls with the certificate, under one key; only then one with the correction."""
        calls = [call for call in self.inside.calls if call.message in {d["functionalReferenceId"] for d in (issued, corrected)}]
        wanted = [issued] * tries + [corrected]
        self.assertEqual([call.message for call in calls], [dataset["functionalReferenceId"] for dataset in wanted])
        self.assertEqual([call.key for call in calls], [self.record(dataset)["id"] for dataset in wanted])

    def test_a_message_is_delivered_and_then_what_comes_behind_it_once_the_json_gateway_is_well(self):
        no_answer = "no answer from the JSON gateway: "
        faults = {
            "hangs": ([hang], no_answer), "stalls": ([stall], no_answer), "drips": ([drip], no_answer),
            "hangs up": ([hang_up], no_answer), "breaks off": ([cut], no_answer),
            "fails": ([instead(500, "text/plain", b"out of order")] * 2, "the JSON gateway answered 500: out of order"),
        }
        pairs = {name: self.pair(*acts) for name, (acts, _) in faults.items()}
        with self.subTest("others meanwhile"):
            well = self.pair()
            self.becomes("delivered", well[1])
            self.assertEqual(self.record(pairs["hangs"][0])["state"], "accepted")
        for name, (acts, reason) in faults.items():
            issued, corrected = pairs[name]
            with self.subTest(name):
                self.becomes("delivered", corrected)
                self.check_in_order(len(acts) + 1, issued, corrected)
                _, events = shown(self.world, "vietnam", self.record(issued)["id"])
                told = [re.split("  +", event.strip(), maxsplit=2)[1:] for event in events]
                self.assertEqual([state for state, *_ in told], ["accepted"] * (len(acts) + 1) + ["delivered"], events)
                for _, detail in told[1:-1]:
                    self.assertTrue(detail.startswith(reason), detail)
                    self.assertNotEqual(detail, no_answer.strip())

    def test_what_the_json_gateway_refuses_is_parked_with_its_words_until_a_person_resumes_it(self):
        words = "Ursprungszeugnis gehört nicht hierher"
        issued, corrected = self.pair(instead(422, "text/plain; charset=utf-8", words.encode()))
        self.becomes("parked", issued)
        id = self.record(issued)["id"]
        first, events = shown(self.world, "vietnam", id)
        for line in [first, events[-1]]:
            self.assertIn("parked", line)
            self.assertIn(f"the JSON gateway answered 422: {words}", line)
        self.assertEqual(self.record(corrected)["state"], "accepted")
        self.assertEqual(self.inside.calls_of(corrected["functionalReferenceId"]), [])
        gateway.run("messages", "retry", id, "--config", self.world.folder / "vietnam/gateway.yaml")
        self.becomes("delivered", corrected)
        self.check_in_order(2, issued, corrected)


UNSIGNED_FAULT = b"""<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault>
  <soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">No.</soap:Text></soap:Reason>
</soap:Fault></soap:Body></soap:Envelope>"""


def without_signature(answer):
    envelope = etree.fromstring(answer)
    security = envelope.find(f".//{{{WSSE}}}Security")
    security.getparent().remove(security)
    return etree.tostring(envelope)


def replaced(pattern, text):
    """The function that puts a text where a pattern is found."""
    def change(content):
        content, count = re.subn(pattern, text, content)
        assert count, pattern
        return content
    return change


class Partner:
    """Korea sends to Viet Nam through a peer that hands on each message to Viet Nam's own gateway, and changes the answers.

    The receipts that count are therefore real ones, and the forged ones are made of them."""

    store = None
    timeout = 2  # seconds that the partner is given to answer

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cls.world.pki / "vietnam-tls.pem", cls.world.pki / "vietnam-tls.key")
        cls.peer = Peer(cls.message_of, cls.hand_on, tls)
        gateway.serve(cls.peer, cls.addClassCleanup)
        cls.url = f"https://localhost:{cls.peer.server_port}"
        cls.world.start("vietnam", publicURL=cls.url)
        # Viet Nam's second key, with which the tests forge what Viet Nam itself would not say.
        cls.own, cls.stranger = foreign.Signer(cls.world.pki, "vietnam-own"), foreign.Signer(cls.world.pki, "stranger")
        cls.world.start("korea", store=cls.store(cls.world).settings("korea"), partner={
            "certificates": ["../../pki/vietnam-signing.pem", "../../pki/vietnam-own.pem"],
            "endpoint": {"url": cls.url, "timeout": cls.timeout},
        })
        # The receipt of an earlier message.
        cls.earlier = cls.world.issue("korea", wait=20)["functionalReferenceId"]
        (record,) = cls.world.messages("korea", cls.earlier)
        assert record["state"] == "acknowledged", record
        cls.receipt = cls.world.kept("korea", record["id"], "response.xml")

    @staticmethod
    def message_of(body):
        return etree.fromstring(body).findtext(f".//{ECO}FunctionalReferenceID")

    @classmethod
    def hand_on(cls, path, body):
        status, headers, answer = cls.world.post("vietnam", body, path)
        return status, headers["Content-Type"], answer

    @staticmethod
    def signed_by(signer, change=lambda receipt: receipt):
        """The act of answering the right receipt, or one that is made of it, signed by this hand."""
        def forge(answer):
            body = etree.fromstring(answer).find(".//{*}Body")
            return foreign.message(signer, change(etree.tostring(body[0])))
        return changed(forge)

    @classmethod
    def faults(cls):
        """What the partner does, by name, and what must be told of it."""
        no_answer, not_signed = f"no answer from {re.escape(cls.url)}: .", "is not signed as it must be"
        kind, page = gateway.CONTENT_TYPES["1.2"], b"<html><body><h1>Internal error</h1><br></body></html>"
        return {
            "hangs": (hang, no_answer),
            "stalls": (stall, no_answer),
            "drips": (drip, no_answer),
            "goes on without end": (go_on, no_answer),
            "hangs up": (hang_up, no_answer),
            "breaks off": (cut, no_answer),
            "fails with a page": (instead(500, "text/html", page), "HTTP 500 without a SOAP answer"),
            "says nothing": (instead(200, kind, b""), "HTTP 200 without a SOAP answer"),
            "does not sign": (changed(without_signature), not_signed),
            "refuses without a signature": (instead(500, kind, UNSIGNED_FAULT), not_signed),
            "was changed on the way": (changed(replaced(rb"<ReceivedDateTime>..", b"<ReceivedDateTime>19")), not_signed),
            "is a stranger": (cls.signed_by(cls.stranger), "signer-unknown"),
            "gives the receipt of another message": (instead(200, kind, cls.receipt), "the answer relates to "),
            "signs a receipt for another message": (
                cls.signed_by(cls.own, replaced(rb"(?<=<FunctionalReferenceID>)[^<]+", cls.earlier.encode())),
                f"the receipt is for message {cls.earlier}"),
            "signs a receipt for other content": (
                cls.signed_by(cls.own, replaced(rb"(?<=<DigestValue>)[^<]+", b"A" * 43 + b"=")),
                f"the receipt names the digest {'A' * 43}="),
            "signs the receipt of another operation": (
                cls.signed_by(cls.own, replaced(rb"SendCOResponse", b"SendFeedbackResponse")), "the answer is not a SendCOResponse"),
        }

    def view(self, dataset):
        (record,) = self.world.messages("korea", dataset["functionalReferenceId"])
        return self.world.api("korea", "GET", "/messages/" + record["id"])[2]

    def check_once(self, dataset, tries):
        """Acknowledged once, after so many tries; Viet Nam has it once."""
        view = gateway.until(PATIENCE, "acknowledged", lambda: self.settled(dataset))
        self.assertEqual([event["state"] for event in view["events"]], ["queued"] * tries + ["acknowledged"], view)
        self.assertEqual(view["message"]["attempts"], tries)
        self.assertEqual(len(self.world.messages("vietnam", dataset["functionalReferenceId"])), 1)
        self.assertEqual(len(self.peer.calls_of(dataset["functionalReferenceId"])), tries)
        # What is kept as the receipt is Viet Nam's.
        receipt = self.world.kept("korea", view["message"]["id"], "response.xml")
        self.assertEqual(self.message_of(receipt), dataset["functionalReferenceId"])
        self.assertEqual(self.world.verify(receipt, self.world.trust("vietnam"))[0], 0)
        return view

    def settled(self, dataset):
        view = self.view(dataset)
        return view if view["message"]["state"] != "queued" else None

    def test_only_the_partners_own_receipt_for_the_message_acknowledges_it(self):
        faults, sent = self.faults(), {}
        for name, (act, _) in faults.items():
            sent[name] = dataset = gateway.example(sender=gateway.PARTIES["korea"], receiver=gateway.PARTIES["vietnam"], id=number())
            self.peer.acts[dataset["functionalReferenceId"]] = [act]
            status, _, answer = self.world.api("korea", "POST", "/partners/vietnam/send-co", dataset)
            self.assertEqual((status, answer["message"]["state"]), (202, "queued"))
        for name, (_, reason) in faults.items():
            with self.subTest(name):
                view = self.check_once(sent[name], 2)
                _, events = shown(self.world, "korea", view["message"]["id"])
                for told in [view["events"][1]["detail"], events[1]]:
                    self.assertRegex(told, reason)


class ResponderTest(GatewayTest):
    def test_a_responder_that_does_not_end_its_answer_is_not_waited_for(self):
        for act in [hang, stall]:
            with self.subTest(act.__name__):
                responder = Peer(lambda body: "any", lambda path, body: (200, "application/ocsp-response", bytes(1000)))
                gateway.serve(responder, self.addCleanup)
                responder.acts["any"] = [act]
                self.trust_authority(revocation={"ocsp": f"http://127.0.0.1:{responder.server_port}"})
                start = time.monotonic()
                self.expect("revocation-unknown", self.signer(), "the OCSP responder did not answer")
                self.assertLess(time.monotonic() - start, 60)


class SQLitePartnerTest(Partner, unittest.TestCase):
    store = SQLite


class PostgreSQLPartnerTest(Partner, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
