"""What must become of messages while a gateway's store fails, and after: the same whatever befell the store."""

import json
import threading
import time

from lxml import etree

import gateway
from certificates import number
from faults import Peer, instead, wait
from foreign_signer import ECO

PATIENCE = 90  # seconds until all is done; the lease of what could not be recorded ends after 20
NOT_STORED = "The message could not be stored; nothing was accepted. Send the same message again later."


class StoreFault:
    """Viet Nam, whose store fails, with a JSON gateway that stays well; Korea is its partner in both directions.

    A fault says how to make the store (`make_store`), what befalls it (`damage`), and how that ends (`mend`)."""

    maxDiff = None
    prompt = 45  # seconds in which everyone must be answered
    reason = ""  # what the log must give
    # Messages for which there may be room yet; then so little may be left that it is enough for a probe and not for a message.
    room = 0
    holds_a_delivery = False  # one under way while the store fails; its outcome cannot be recorded

    def setUp(self):
        settings = self.make_store()
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.inside = Peer(lambda body: json.loads(body)["functionalReferenceId"], lambda path, body: (200, "application/json", b"{}"))
        gateway.serve(self.inside, self.addCleanup)
        self.received, self.sent = {}, []  # what was taken: the bytes of messages by their ids, and datasets
        self.world.start("vietnam", store=settings, inside={"url": f"http://127.0.0.1:{self.inside.server_port}"})

    def log(self):
        return self.world.log_text("vietnam").splitlines()

    def errors(self, what):
        return [line for line in self.log() if " error " in line and line.endswith(what) and self.reason in line]

    # MARK: What is sent, and how it is answered

    def promptly(self, call, *arguments, **options):
        start = time.monotonic()
        try:
            return call(*arguments, **options)
        except TimeoutError:
            self.fail("no answer")
        finally:
            self.assertLess(time.monotonic() - start, self.prompt)

    def letter(self):
        """A message of the partner: its id and its bytes."""
        dataset = gateway.example(id=number())
        return dataset["functionalReferenceId"], self.world.signed(dataset)

    def dataset(self):
        """A message from inside."""
        return gateway.example(sender=gateway.PARTIES["vietnam"], receiver=gateway.PARTIES["korea"], id=number())

    def post(self, letter):
        """Whether a letter is taken; where it is not, a signed fault says what is to be done."""
        message, body = letter
        status, _, answer = self.promptly(self.world.post, "vietnam", body)
        self.assertEqual(self.world.verify(answer, self.world.trust("vietnam"))[0], 0, answer)
        envelope = etree.fromstring(answer)
        if status == 200:
            self.assertEqual(envelope.findtext(f".//{ECO}Receipt/{ECO}FunctionalReferenceID"), message)
            self.received[message] = body
            return True
        self.assertEqual((status, envelope.findtext(f".//{ECO}Refusal/{ECO}Code")), (500, "internal-error"), answer)
        self.assertRegex(envelope.findtext(".//{*}Fault/{*}Code/{*}Value"), ":Receiver$")
        self.assertEqual(envelope.findtext(".//{*}Fault/{*}Reason/{*}Text"), NOT_STORED)
        return False

    def submit(self, dataset):
        """Whether a dataset is taken; where it is not, a problem says what is to be done."""
        status, headers, answer = self.promptly(self.world.api, "vietnam", "POST", "/partners/korea/send-co", dataset)
        if status == 202:
            self.sent.append(dataset)
            return True
        told = (status, headers["Content-Type"], answer["type"], answer["detail"])
        self.assertEqual(told, (
            503, "application/problem+json", "urn:coconect:problem:store",
            "the message could not be stored; nothing was accepted: send it again later"))
        return False

    def refused(self, make, send):
        """The first message that is not taken."""
        for _ in range(self.room + 1):
            if not send(message := make()):
                return message
        raise AssertionError(f"all of {self.room + 1} messages were taken")

    def ready(self):
        status, _, answer = self.promptly(self.world.api, "vietnam", "GET", "/health/ready")
        self.assertIn((status, answer["status"]), {(200, "ready"), (503, "not ready")})
        return status == 200

    # MARK: The test

    def test_who_is_refused_is_told_to_send_again_and_all_that_is_taken_goes_on_once(self):
        for _ in range(2):
            self.assertTrue(self.post(self.letter()) and self.submit(self.dataset()))
        delayed, held, store_has_failed = self.letter(), self.letter(), threading.Event()
        self.addCleanup(store_has_failed.set)
        self.inside.acts[delayed[0]] = [instead(503, "text/plain", b"later")] * 2
        self.inside.acts[held[0]] = [wait(store_has_failed)]
        self.assertTrue(self.post(delayed))
        if self.holds_a_delivery:
            self.assertTrue(self.post(held))
            gateway.until(20, "under way", lambda: self.inside.calls_of(held[0]))

        self.addCleanup(self.mend)
        self.damage()
        store_has_failed.set()
        letter, dataset = self.refused(self.letter, self.post), self.refused(self.dataset, self.submit)
        self.check_told()
        self.world.start("korea")
        self.fault_lasts(letter, dataset)

        self.mend()
        gateway.until(PATIENCE, "ready", self.ready)
        for refused in [letter[0], dataset["functionalReferenceId"]]:
            self.assertEqual(self.world.messages("vietnam", refused), [])
        for send, message in [(self.post, letter), (self.submit, dataset), (self.post, self.letter())]:
            self.assertTrue(send(message))
        self.check_received()
        self.check_sent()
        self.assertIsNone(self.world.servers["vietnam"].poll())
        self.world.stop("vietnam")
        self.check_store()

    def check_told(self):
        """What the operator is told."""
        if not self.room:
            with self.subTest("readiness"):
                self.assertFalse(self.ready())
        refusals = self.errors("message refused")
        self.assertNotEqual(refusals, [], self.log())
        with self.subTest("who was refused"):
            self.assertIn("partner=korea", refusals[0])
        self.assertNotEqual(self.errors("message could not be stored"), [], self.log())
        if self.holds_a_delivery:
            gateway.until(self.prompt, "told", lambda: self.errors("outcome could not be stored"))

    def fault_lasts(self, letter, dataset):
        pass

    def settles(self, message, state):
        """Its one record, in the state that it should end in."""
        gateway.until(PATIENCE, state, lambda: self.world.messages("vietnam", message)[0]["state"] == state)
        (record,) = self.world.messages("vietnam", message)
        return record

    def check_received(self):
        for message, body in self.received.items():
            record = self.settles(message, "delivered")
            self.assertEqual({call.key for call in self.inside.calls_of(message)}, {record["id"]})
            self.assertEqual(self.world.kept("vietnam", record["id"], "request.xml"), body)

    def check_sent(self):
        for dataset in self.sent:
            record = self.settles(dataset["functionalReferenceId"], "acknowledged")
            self.assertEqual(json.loads(self.world.kept("vietnam", record["id"], "dataset.json")), dataset)
            self.assertEqual(len(self.world.messages("korea", dataset["functionalReferenceId"])), 1)

    def check_store(self):
        """What stands in the store itself."""
