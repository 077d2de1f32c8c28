"""The log of messages and the inbox, as operators and a JSON gateway that pulls use them. On SQLite and on PostgreSQL."""

import concurrent.futures
import json
import re
import time
import unittest
import urllib.parse
import uuid

import gateway
from certificates import certificate, correction, feedback, number
from ports import free_port
from two_gateways import PostgreSQL, SQLite, TwoGateways, start_inside


def ids(messages):
    return [message["messageID"] for message in messages]


def names(*datasets):
    return [dataset["functionalReferenceId"] for dataset in datasets]


class Log(TwoGateways):
    """`coconect-soap messages` and GET /messages."""

    @classmethod
    def prepare(cls):
        cls.settings["korea"]["partner"] = {"endpoint": {"url": cls.world.soap_url("vietnam"), "tries": 1}}

    def error(self, expected, *arguments, name="vietnam"):
        """Runs what must fail; its error and help from standard error, where nothing else may stand."""
        output, errors = self.command(name, *arguments, expected=expected)
        self.assertEqual(output, "")
        parts = re.fullmatch(r"error: (.+?)\n(?:  where: [^\n]+\n)?(?:  help: ([^\n]+)\n)?", errors)
        self.assertIsNotNone(parts, errors)
        return parts.groups()

    def listed(self, *arguments, expected=0):
        return json.loads(self.command("vietnam", "list", "--format", "json", *arguments, expected=expected)[0])

    def page(self, **query):
        status, _, page = self.world.api("vietnam", "GET", "/messages?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote))
        self.assertEqual(status, 200, page)
        return page["messages"]

    def three(self):
        """A certificate's number, and its send-co, correction and feedback, the first of them delivered."""
        co = number()
        sent = [certificate(co), correction(co, "2"), feedback(co, "PENDING")]
        self.send(*sent)
        self.assertEqual(self.world.api("vietnam", "POST", f"/messages/{self.received(sent[0])['id']}/ack")[0], 200)
        return co, sent

    def test_the_list_is_narrowed_by_each_of_its_options(self):
        co, (issued, corrected, treated) = self.three()
        self.send(certificate(number()))
        between = self.received(corrected)["receivedAt"]
        for option, value, wanted in [
            ("direction", "inbound", [corrected, issued]), ("direction", "outbound", [treated]),
            ("partner", "korea", [treated, corrected, issued]), ("partner", "vietnam", []),
            ("operation", "send-co", [issued]), ("operation", "send-cancelation-status", []),
            ("state", "accepted", [corrected]), ("state", "delivered", [issued]), ("state", "acknowledged", [treated]),
            ("message-id", issued["functionalReferenceId"], [issued]), ("message-id", "none", []),
            ("from", between, [treated, corrected]), ("to", between, [issued]), ("to", "2020-01-01T00:00:00+07:00", []),
            ("limit", "2", [treated, corrected]),
        ]:
            with self.subTest(option, value=value):
                listed = self.listed("--co", co, "--" + option, value, expected=0 if wanted else 1)
                self.assertEqual(ids(listed), names(*wanted))
                key = {"message-id": "messageId"}.get(option, option)
                self.assertEqual(self.page(certificate=co, **{key: value}), listed)
                if option != "limit":
                    alone = self.listed("--" + option, value, "--limit", "1000", expected=0 if self.page(**{key: value}) else 1)
                    self.assertLessEqual(set(names(*wanted)), set(ids(alone)))

    def test_the_list_for_people_has_a_line_for_each_message_and_their_number(self):
        co, sent = self.three()
        *lines, last = self.command("vietnam", "list", "--co", co)[0].splitlines()
        self.assertEqual(last, "3 messages")
        for line, dataset in zip(lines, reversed(sent), strict=True):
            message = self.received(dataset)
            for key in ["id", "receivedAt", "direction", "partner", "operation", "state", "messageID"]:
                self.assertIn(message[key], line.split("  "))
            self.assertIn(co, line)
        self.assertIn("more may follow", self.command("vietnam", "list", "--co", co, "--limit", "2")[0])
        self.assertEqual(self.command("vietnam", "list", "--co", number(), expected=1)[0], "0 messages\n")

    def test_a_message_is_shown_with_all_that_happened_to_it(self):
        _, sent = self.three()
        message = self.received(sent[0])
        view = self.world.api("vietnam", "GET", "/messages/" + message["id"])[2]
        shown = json.loads(self.command("vietnam", "show", message["id"], "--format", "json")[0])
        self.assertEqual(shown, {"message": view["message"], "events": view["events"]})
        first, *rest = self.command("vietnam", "show", message["id"])[0].splitlines()
        self.assertIn(message["messageID"], first)
        self.assertEqual([line.split()[:2] for line in rest], [[event["at"], event["state"]] for event in view["events"]])
        self.assertEqual([line.split()[1] for line in rest], ["accepted", "delivered"])

    def test_an_unknown_id_is_told_with_where_ids_are_found(self):
        for arguments in [["show", "none"], ["retry", "none"], ["abandon", "none", "--because", "lost"]]:
            with self.subTest(arguments[0]):
                error, help = self.error(1, *arguments)
                self.assertEqual(error, "no message has the id none")
                self.assertIn("coconect-soap messages list", help)

    def test_a_wrong_value_is_told_with_those_there_are(self):
        for option, value, told in [
            ("--state", "lost", "accepted"), ("--direction", "up", "inbound, outbound"), ("--operation", "send", "send-feedback"),
            ("--from", "yesterday", "2026-11-22T10:05:00Z"), ("--to", "2026-13-01T00:00:00Z", "2026-11-22T10:05:00Z"),
            ("--limit", "0", "between 1 and"),
        ]:
            with self.subTest(option):
                error, _ = self.error(2, "list", option, value)
                self.assertIn(f"{option} {value}", error)
                self.assertIn(told, error)
        self.error(2, "retry")
        self.error(2, "retry", "none", "--all")
        self.assertIn("--because", self.command("vietnam", "abandon", "none", expected=2)[1])

    def test_what_is_not_parked_is_neither_resumed_nor_given_up(self):
        _, sent = self.three()
        for dataset, state in zip(sent, ["delivered", "accepted", "acknowledged"]):
            message = self.received(dataset)["id"]
            for arguments in [["retry", message], ["abandon", message, "--because", "a mistake"]]:
                with self.subTest(state, what=arguments[0]):
                    self.assertEqual(self.error(1, *arguments)[0], f"the message is {state}, not parked")
            self.assertEqual(self.received(dataset)["state"], state)

    def look_alikes(self, co):
        """A number of letters, digits and dashes as people type it."""
        yield co
        yield co.lower()
        yield "".join(chr(ord(character) + 0xFEE0) for character in co)
        yield co.replace("0", "O").replace("1", "l")
        yield co.replace("0", "o").replace("1", "I")
        yield co.replace("K", "К").replace("C", "С").replace("A", "А")
        for dash in "‐‑–—−－":
            yield co.replace("-", dash)
        yield f" {co[:5]} {co[5:]}\N{ZERO WIDTH SPACE} "

    def test_a_number_is_found_however_it_is_typed(self):
        co = f"KCA-01-{uuid.uuid4().hex[:10].upper()}-10"
        issued = certificate(co)
        self.send(issued)
        for typed in self.look_alikes(co):
            with self.subTest(typed):
                self.assertEqual(ids(self.listed("--co", typed)), names(issued))
                self.assertEqual(ids(self.page(certificate=typed)), names(issued))
                status, _, found = self.world.api("vietnam", "GET", "/certificates/" + urllib.parse.quote(typed))
                self.assertEqual((status, [view["number"] for view in found["certificates"]]), (200, [co]))
                self.assertEqual("warning" in found, typed != co, found.get("warning"))
        # The number itself is kept as it was signed.
        self.assertEqual(self.received(issued)["certificateNumber"], co)

    def test_a_number_with_a_slash_is_found_by_its_address(self):
        co = number() + "/26"
        self.send(certificate(co))
        status, _, found = self.world.api("vietnam", "GET", "/certificates/" + urllib.parse.quote(co, safe=""))
        self.assertEqual((status, [view["number"] for view in found.get("certificates", [])]), (200, [co]))

    def test_numbers_that_only_look_alike_are_two_certificates_with_a_warning(self):
        co = number() + "-0"
        other = co[:-1] + "O"
        issued, alike = certificate(co), certificate(other)
        self.send(issued, alike, correction(other, "2"))
        for name in gateway.PARTIES:
            for typed in [co, other, co.lower()]:
                found = self.world.api(name, "GET", "/certificates/" + urllib.parse.quote(typed))[2]
                self.assertEqual(
                    {view["number"]: (view["version"], len(view["messages"])) for view in found["certificates"]},
                    {co: ("1", 1), other: ("2", 2)})
                self.assertIn(f"{co}, {other}", found["warning"])
        self.assertEqual(len(self.page(certificate=co)), 3)

    def partner_down(self):
        self.world.stop("vietnam")
        self.addCleanup(lambda: "vietnam" in self.world.servers or self.start("vietnam"))

    def parked(self, *datasets):
        """Messages of Korea that Viet Nam was not there for."""
        for dataset in datasets:
            self.assertEqual(self.submit(dataset, wait=0)[0], 202)
        for dataset in datasets:
            self.becomes("parked", dataset, "korea")

    def test_all_that_is_parked_is_resumed_at_once(self):
        self.partner_down()
        sent = [certificate(number()), certificate(number())]
        self.parked(*sent)
        self.start("vietnam")
        self.command("korea", "retry", "--all", "--partner", "nobody", expected=1)
        output, _ = self.command("korea", "retry", "--all", "--partner", "vietnam")
        for dataset in sent:
            self.assertIn(dataset["functionalReferenceId"], output)
            self.becomes("acknowledged", dataset, "korea")
            self.assertEqual(self.received(dataset)["state"], "accepted")
        self.command("korea", "retry", "--all", expected=1)

    def test_a_certificate_that_is_given_up_lets_its_amendment_be_sent(self):
        self.partner_down()
        co = number()
        issued, corrected, again = certificate(co), correction(co, "2"), certificate(number())
        self.parked(issued, again)
        self.assertEqual(self.submit(corrected, wait=0)[0], 202)
        self.start("vietnam")
        time.sleep(1.5)  # in which a worker looks for work, and must not find the correction
        self.assertEqual((self.received(corrected, "korea")["attempts"], self.received(corrected)), (0, None))
        self.command("korea", "abandon", self.received(issued, "korea")["id"], "--because", "withdrawn")
        self.becomes("acknowledged", corrected, "korea")
        self.assertEqual(self.received(corrected)["state"], "held")
        self.assertIsNone(self.received(issued))
        # Who hands a parked message over again wants it sent.
        self.send(again)


class Inbox(TwoGateways):
    """GET /inbox with leases, and the acknowledgement. Nobody is pushed to."""

    def setUp(self):
        """Takes what other tests left."""
        for message in self.waiting():
            self.ack(message)

    def waiting(self):
        return self.world.api("vietnam", "GET", "/inbox?limit=500")[2]["messages"]

    def take(self, lease=30, wait=0, limit=500):
        """What is given out now."""
        status, _, page = self.world.api("vietnam", "GET", f"/inbox?lease={lease}&wait={wait}&limit={limit}")
        self.assertEqual(status, 200, page)
        return page["messages"]

    def ack(self, message, expected=200):
        status, _, answer = self.world.api("vietnam", "POST", f"/messages/{message['id']}/ack")
        self.assertEqual((status, answer.get("state")), (expected, "delivered" if expected == 200 else None), answer)

    def test_messages_are_given_out_in_order_for_each_certificate(self):
        co = number()
        first, second, third, other = certificate(co), correction(co, "2"), correction(co, "3"), certificate(number())
        self.send(first, second, other, third)
        taken = self.take()
        self.assertEqual(ids(taken), names(first, other))
        self.assertEqual(self.take(), [])
        for dataset in [second, third]:
            self.ack(taken[0])
            taken = self.take()
            self.assertEqual(ids(taken), names(dataset))

    def test_what_is_not_acknowledged_is_given_out_again_after_its_lease_and_not_before(self):
        issued = certificate(number())
        self.send(issued)
        (message,) = self.take(lease=2)
        given = time.monotonic()
        self.assertEqual(self.take(), [])
        self.assertEqual(ids(self.waiting()), names(issued))
        (again,) = self.take(lease=1, wait=10)
        self.assertGreater(time.monotonic() - given, 1.5)
        self.assertEqual(again["id"], message["id"])
        self.ack(again)
        self.assertEqual(self.take(wait=2), [])
        self.assertEqual(self.waiting(), [])

    def test_an_acknowledgement_may_be_repeated_and_may_come_late(self):
        issued = certificate(number())
        self.send(issued)
        (message,) = self.take(lease=1)
        time.sleep(1.2)
        for _ in range(3):
            self.ack(message)
        self.assertEqual(self.take(), [])
        self.assertEqual(self.events(issued), ["accepted", "delivered"])

    def test_who_waits_is_answered_as_soon_as_a_message_comes(self):
        started = time.monotonic()
        self.assertEqual(self.take(wait=1), [])
        self.assertGreater(time.monotonic() - started, 0.9)
        issued = certificate(number())
        with concurrent.futures.ThreadPoolExecutor() as pool:
            asked = pool.submit(self.take, wait=30)
            time.sleep(0.5)
            self.assertFalse(asked.done())
            started = time.monotonic()
            self.send(issued)
            self.assertEqual(ids(asked.result(20)), names(issued))
        self.assertLess(time.monotonic() - started, 20)

    def test_many_who_pull_at_once_are_given_nothing_twice(self):
        sent = [certificate(number()) for _ in range(12)]
        self.send(*sent)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: self.take(limit=3), range(8)))
        self.assertLessEqual(max(map(len, pages)), 3)
        given = ids(message for page in pages for message in page)
        self.assertEqual(sorted(given), sorted(names(*sent)))

    def test_what_waits_for_its_certificate_is_not_given_out(self):
        co = number()
        early, issued = correction(co, "2"), certificate(co)
        self.send(early)
        self.assertEqual((self.take(), self.waiting()), ([], []))
        self.ack(self.received(early), 409)
        self.send(issued)
        (message,) = self.take()
        self.assertEqual(ids([message]), names(issued))
        self.ack(message)
        self.assertEqual(ids(self.take()), names(early))

    def test_a_restart_keeps_what_was_given_out_and_what_waits(self):
        sent = [certificate(number()), certificate(number())]
        self.send(*sent)
        (given,) = self.take(limit=1)
        self.world.stop("vietnam")
        self.start("vietnam")
        (message,) = self.take()
        self.assertEqual(sorted(ids([given, message])), sorted(names(*sent)))
        self.ack(given)
        self.ack(message)

    def test_a_gateway_that_comes_to_be_pushed_to_is_given_what_waited(self):
        co = number()
        issued, corrected, other = certificate(co), correction(co, "2"), certificate(number())
        self.send(issued, corrected, other)
        (given,) = self.take(lease=5, limit=1)
        self.assertEqual(ids([given]), names(issued))
        inside = start_inside(type(self))
        self.world.stop("vietnam")
        self.addCleanup(lambda: (self.world.stop("vietnam"), self.start("vietnam")))
        self.start("vietnam", inside={"url": f"http://127.0.0.1:{inside.server_port}"})
        self.becomes("delivered", corrected, seconds=30)
        self.assertEqual([message for _, message, _ in inside.calls], names(other, issued, corrected))
        self.assertEqual(self.world.api("vietnam", "GET", "/inbox?lease=5")[0], 400)


class UnreachableStoreTest(unittest.TestCase):
    """A PostgreSQL that is not there is told as any other error."""

    def test_a_store_that_cannot_be_reached_is_told(self):
        world = gateway.World()
        self.addCleanup(world.close)
        url = f"postgresql://coconect@127.0.0.1:{free_port()}/postgres"
        file = world.configure("korea", store={"postgresql": url})
        for arguments in [["messages", "list"], ["serve"]]:
            with self.subTest(arguments[0]):
                status, output, errors = gateway.run(*arguments, "--config", file)
                self.assertEqual((status, output), (2, b""), errors[:300])
                self.assertRegex(errors, r"^error: the store cannot be opened: PostgreSQL cannot be reached: .+\n  where: postgresql://")


class SQLiteLogTest(Log, unittest.TestCase):
    store = SQLite


class PostgreSQLLogTest(Log, unittest.TestCase):
    store = PostgreSQL


class SQLiteInboxTest(Inbox, unittest.TestCase):
    store = SQLite


class PostgreSQLInboxTest(Inbox, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
