"""The life of a certificate between two gateways, as their users see it: what each message does to its states on both sides, and
the order in which messages reach the other side and its JSON gateway. On SQLite and on PostgreSQL."""

import contextlib
import datetime
import http.server
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import unittest
import urllib.parse
import uuid

from lxml import etree

import gateway

ECO = "{urn:coconect:eco:1}"
STATES = ["state", "version", "replacedBy", "openNotification", "treatment", "treatmentByItem", "isExpired"]


def day(days):
    """A day so many from now."""
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


def number():
    """A certificate's number that no other test has."""
    return "K-" + uuid.uuid4().hex[:16].upper()


def about(operation, number, **changes):
    """What an operation says of a certificate; with a message id of its own."""
    dataset, _ = gateway.example_of(operation)
    return dataset | {"id": number} | changes


def certificate(number, version="1", until=300, **changes):
    """A send-co; valid for so many days yet."""
    return about("send-co", number, versionId=version, validity={"from": day(-30), "to": day(until)}, **changes)


def amendment(kind, number, at="2026-11-23T09:00:00Z", **changes):
    dataset = about("send-amendment-notification", number)
    dataset["amendment"] |= {"kind": kind, "dateTime": at}
    dataset["amendment"]["certificate"] |= {"validity": {"from": day(-30), "to": day(300)}} | changes
    return dataset


def correction(number, version, **changes):
    return amendment("4", number, id=number, versionId=version, **changes)


def replacement(number, by, **changes):
    return amendment("5", number, id=by, versionId="1", replaces={"id": number}, **changes)


def cancelation(number, **changes):
    dataset = amendment("1", number, **changes)
    del dataset["amendment"]["certificate"]
    return dataset


def cancelation_status(number, code, notification=None, at="2026-12-01T09:00:00Z"):
    """The importing side's word on a cancelation: an answer to a notification, or of its own."""
    said = {"statusCode": code, "dateTime": at, "reasonCode": "DISPUTED" if code == "NOT_CANCELED" else "REQUESTED"}
    if notification:
        said["respondsTo"] = notification["functionalReferenceId"]
    return about("send-cancelation-status", number, cancelation=said)


def feedback(number, treatments, at="2026-12-01T09:00:00Z"):
    """One treatment for all, or one by the number of each item."""
    items = [{"treatment": treatments}] if isinstance(treatments, str) else [
        {"sequence": sequence, "treatment": treatment} for sequence, treatment in treatments.items()
    ]
    for item in items:
        if item["treatment"] in ("DENIED", "PARTIAL", "REVOKED"):
            item["reasonCode"] = "QUANTITY"
    scope = "ALL" if isinstance(treatments, str) else "ITEM"
    return about("send-feedback", number, feedback={"scope": scope, "dateTime": at, "items": items})


def operation(dataset):
    return next(name for name, key in {
        "send-amendment-notification": "amendment", "send-cancelation-status": "cancelation", "send-feedback": "feedback",
        "send-co": "goodsItems",
    }.items() if key in dataset)


class SQLite:
    """A store in a file beside each configuration."""

    def __init__(self, world):
        self.world = world

    def settings(self, name):
        return {"sqlite": "store.sqlite"}

    def change(self, name, sql):
        """Changes a party's store while its gateway runs."""
        with contextlib.closing(sqlite3.connect(self.world.folder / name / "store.sqlite", timeout=20)) as store, store:
            store.execute(sql)


class PostgreSQL:
    """A database for each party, on a server that the tests of a module share."""

    server = None

    def __init__(self, world):
        self.urls = {}
        if PostgreSQL.server is None:
            PostgreSQL.start()
        for name in gateway.PARTIES:
            database = f"{name}_{uuid.uuid4().hex[:8]}"
            self.query(PostgreSQL.server, f"CREATE DATABASE {database}")
            self.urls[name] = PostgreSQL.server.rpartition("/")[0] + "/" + database

    @classmethod
    def start(cls):
        script, folder = gateway.ROOT / "Scripts/postgresql", pathlib.Path(tempfile.mkdtemp(prefix="coconect-postgresql-"))
        unittest.addModuleCleanup(cls.stop, script, folder)
        started = subprocess.run([script, "start", folder, str(gateway.free_port())], capture_output=True, text=True)
        assert started.returncode == 0, started.stderr
        cls.server = started.stdout.strip()

    @classmethod
    def stop(cls, script, folder):
        if cls.server:
            subprocess.run([script, "stop", folder], check=True)
        shutil.rmtree(folder)
        cls.server = None

    def settings(self, name):
        return {"postgresql": self.urls[name]}

    @staticmethod
    def query(url, sql):
        done = subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def change(self, name, sql):
        self.query(self.urls[name], sql)


class Inside(http.server.BaseHTTPRequestHandler):
    """A JSON gateway that takes all but the messages that it is told to refuse, and keeps the order in which it took them."""

    def do_POST(self):
        dataset = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = dataset["functionalReferenceId"]
        status = self.server.refused.get(message, 200)
        self.server.calls.append((dataset["id"], message, status))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def start_inside(case):
    """A JSON gateway that runs until the tests of a class are over."""
    inside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    inside.calls, inside.refused = [], {}
    threading.Thread(target=inside.serve_forever).start()
    case.addClassCleanup(inside.server_close)
    case.addClassCleanup(inside.shutdown)
    return inside


class TwoGateways:
    """Korea, which issues certificates, and Viet Nam, on one kind of store. Each test has certificates of its own."""

    maxDiff = None
    store = None

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.stores = cls.store(cls.world)
        cls.settings = {name: {"store": cls.stores.settings(name)} for name in gateway.PARTIES}
        cls.prepare()
        for name in gateway.PARTIES:
            cls.start(name)

    @classmethod
    def prepare(cls):
        """Where a kind of test sets the gateways up otherwise."""

    @classmethod
    def start(cls, name, **changes):
        cls.world.start(name, **(cls.settings[name] | changes))

    def submit(self, dataset, wait=20):
        """Hands a message to the gateway of its sender; status and answer."""
        name = operation(dataset)
        sender = gateway.counterpart(gateway.PROVIDERS[name])
        path = f"/partners/{gateway.counterpart(sender)}/{name}"
        status, _, answer = self.world.api(sender, "POST", path, dataset, {"Prefer": f"wait={wait}"} if wait else {})
        return status, answer

    def send(self, *datasets):
        """Sends messages, each after the receipt of the one before."""
        for dataset in datasets:
            status, answer = self.submit(dataset)
            self.assertEqual((status, answer.get("message", answer)["state"]), (200, "acknowledged"), answer)

    def refuse(self, expected, dataset, wait=20):
        """What our own gateway must not take; the problem."""
        status, problem = self.submit(dataset, wait)
        self.assertEqual((status, problem.get("type")), (expected[0], "urn:coconect:problem:" + expected[1]), problem)
        return problem

    def received(self, dataset, name="vietnam"):
        """A message as its receiver has it; `None` before it has come."""
        messages = self.world.messages(name, dataset["functionalReferenceId"])
        self.assertLess(len(messages), 2)
        return messages[0] if messages else None

    def events(self, dataset, name="vietnam"):
        view = self.world.api(name, "GET", "/messages/" + self.received(dataset, name)["id"])[2]
        return [event["state"] for event in view["events"]]

    def becomes(self, state, dataset, name="vietnam", seconds=20):
        return gateway.until(seconds, f"the message is {state}", lambda: self.received(dataset, name)["state"] == state)

    def view(self, name, number):
        status, _, found = self.world.api(name, "GET", "/certificates/" + urllib.parse.quote(number))
        self.assertEqual(status, 200, found)
        (certificate,) = found["certificates"]
        return certificate

    def agree(self, number, *datasets, **expected):
        """Both sides see the same states, which are these, and have the same messages, if any are named."""
        seen = {name: self.view(name, number) for name in gateway.PARTIES}
        states = {name: {key: view.get(key) for key in STATES} for name, view in seen.items()}
        self.assertEqual(states["korea"], states["vietnam"])
        standard = {key: None for key in STATES} | {"version": "1", "treatment": "NONE", "treatmentByItem": {}, "isExpired": False}
        self.assertEqual(states["korea"], standard | expected)
        if datasets:
            wanted = [dataset["functionalReferenceId"] for dataset in datasets]
            for name, view in seen.items():
                self.assertEqual([message["messageID"] for message in view["messages"]], wanted, name)

    def command(self, name, *arguments, expected=0):
        """Runs `coconect-soap messages` on a party's store; standard output and standard error."""
        status, output, errors = gateway.run("messages", *arguments, "--config", self.world.folder / name / "gateway.yaml")
        self.assertEqual(status, expected, (arguments, output, errors))
        return output.decode(), errors


class States(TwoGateways):
    """What each message does to the states of its certificate."""

    def test_a_correction_is_the_next_version(self):
        co = number()
        issued, corrected = certificate(co), correction(co, "2")
        self.send(issued)
        self.agree(co, issued, state="issued")
        self.send(corrected)
        self.agree(co, issued, corrected, state="issued", version="2")

    def test_an_amendment_with_an_old_version_is_answered_and_changes_nothing(self):
        co = number()
        sent = [certificate(co), correction(co, "2"), correction(co, "10"), correction(co, "2"), correction(co, "9"), correction(co, "10")]
        self.send(*sent)
        self.agree(co, *sent, state="issued", version="10")
        for dataset in sent:
            self.assertEqual(self.received(dataset)["state"], "accepted")

    def test_a_replacement_that_is_agreed_to_puts_the_new_certificate_in_the_place_of_the_old(self):
        old, new = number(), number()
        issued, notified = certificate(old), replacement(old, new)
        answer = cancelation_status(old, "CANCELED", notified)
        self.send(issued, notified)
        self.agree(old, issued, notified, state="replacement-notified", openNotification=notified["functionalReferenceId"])
        for name in gateway.PARTIES:
            self.assertEqual(self.world.api(name, "GET", "/certificates/" + new)[0], 404)
        self.send(answer)
        self.agree(old, issued, notified, answer, state="replaced", replacedBy=new)
        self.agree(new, state="issued")

    def test_the_new_certificate_may_also_come_by_itself_and_lives_on(self):
        old, new = number(), number()
        notified, own, corrected = replacement(old, new), certificate(new), correction(new, "2")
        self.send(certificate(old), notified, own)
        self.agree(new, own, state="issued")
        self.send(cancelation_status(old, "CANCELED", notified), corrected)
        self.agree(old, state="replaced", replacedBy=new)
        self.agree(new, own, corrected, state="issued", version="2")
        self.send(feedback(new, "GRANTED"))
        self.agree(new, state="issued", version="2", treatment="GRANTED")
        self.agree(old, state="replaced", replacedBy=new)

    def test_a_replacement_that_is_not_agreed_to_leaves_the_old_certificate(self):
        old, new = number(), number()
        notified = replacement(old, new)
        self.send(certificate(old), notified, cancelation_status(old, "NOT_CANCELED", notified))
        self.agree(old, state="issued")
        for name in gateway.PARTIES:
            self.assertEqual(self.world.api(name, "GET", "/certificates/" + new)[0], 404)

    def test_a_cancelation_is_asked_for_until_it_is_agreed_to(self):
        co = number()
        first, second = cancelation(co), cancelation(co, at="2026-12-02T09:00:00Z")
        self.send(certificate(co), first)
        self.agree(co, state="cancelation-notified", openNotification=first["functionalReferenceId"])
        self.send(cancelation_status(co, "NOT_CANCELED", first))
        self.agree(co, state="issued")
        self.send(second)
        self.agree(co, state="cancelation-notified", openNotification=second["functionalReferenceId"])
        self.send(cancelation_status(co, "CANCELED", second, at="2026-12-03T09:00:00Z"))
        self.agree(co, state="canceled")
        self.send(cancelation_status(co, "NOT_CANCELED", second, at="2026-12-04T09:00:00Z"), cancelation(co, at="2026-12-05T09:00:00Z"))
        self.agree(co, state="canceled")

    def test_the_importing_side_may_cancel_without_having_been_asked(self):
        co = number()
        self.send(certificate(co), cancelation_status(co, "CANCELED"))
        self.agree(co, state="canceled")

    def test_feedback_gives_each_item_its_treatment(self):
        co = number()
        self.send(certificate(co), feedback(co, {1: "GRANTED", 2: "PARTIAL"}))
        self.agree(co, state="issued", treatment="MIXED", treatmentByItem={"1": "GRANTED", "2": "PARTIAL"})
        self.send(feedback(co, {2: "DENIED"}, at="2026-12-02T09:00:00Z"))
        self.agree(co, state="issued", treatment="MIXED", treatmentByItem={"1": "GRANTED", "2": "DENIED"})
        self.send(feedback(co, "REVOKED", at="2026-12-03T09:00:00Z"))
        self.agree(co, state="issued", treatment="REVOKED", treatmentByItem={"1": "REVOKED", "2": "REVOKED"})

    def test_of_several_decisions_the_latest_holds_also_when_it_comes_first(self):
        co = number()
        late = feedback(co, "GRANTED", at="2026-12-03T00:30:00+07:00")
        early = feedback(co, "PENDING", at="2026-12-02T17:29:59.999Z")
        latest = feedback(co, "DENIED", at="2026-12-02T17:30:00.001Z")
        issued = certificate(co)
        self.send(issued, late, early)
        self.agree(co, issued, late, early, state="issued", treatment="GRANTED")
        self.send(latest)
        self.agree(co, issued, late, early, latest, state="issued", treatment="DENIED")

    def test_a_cancelation_is_not_agreed_to_while_preference_is_given(self):
        co = number()
        asked = cancelation(co)
        self.send(certificate(co), feedback(co, "GRANTED"), asked)
        problem = self.refuse((409, "preference-given"), cancelation_status(co, "CANCELED", asked))
        self.assertIn(co, problem["detail"])
        self.agree(
            co, state="cancelation-notified", treatment="GRANTED", openNotification=asked["functionalReferenceId"])
        self.send(feedback(co, "REVOKED", at="2026-12-02T09:00:00Z"), cancelation_status(co, "CANCELED", asked))
        self.agree(co, state="canceled", treatment="REVOKED")

    def test_preference_counts_as_given_before_the_partner_has_heard_of_it(self):
        co = number()
        asked = cancelation(co)
        self.send(certificate(co), asked)
        self.world.stop("korea")
        self.addCleanup(self.start, "korea")
        self.assertEqual(self.submit(feedback(co, "GRANTED"), wait=0)[0], 202)
        self.refuse((409, "preference-given"), cancelation_status(co, "CANCELED", asked), wait=0)

    def test_preference_that_is_given_lets_a_cancelation_be_declined_or_come_unasked(self):
        declined, unasked = number(), number()
        asked = cancelation(declined)
        self.send(certificate(declined), feedback(declined, {2: "PARTIAL"}), asked)
        self.refuse((409, "preference-given"), cancelation_status(declined, "CANCELED", asked))
        self.send(cancelation_status(declined, "NOT_CANCELED", asked))
        self.agree(declined, state="issued", treatment="PARTIAL", treatmentByItem={"2": "PARTIAL"})
        self.send(certificate(unasked), feedback(unasked, "GRANTED"), cancelation_status(unasked, "CANCELED"))
        self.agree(unasked, state="canceled", treatment="GRANTED")

    def test_a_certificate_expires_by_itself_and_a_correction_may_prolong_it(self):
        co = number()
        self.send(certificate(co, until=-1))
        self.agree(co, state="issued", isExpired=True)
        self.send(correction(co, "2"))
        self.agree(co, state="issued", version="2")

    def test_what_is_sent_again_changes_nothing(self):
        co = number()
        issued, asked = certificate(co), cancelation(co)
        sent = [issued, asked, cancelation_status(co, "NOT_CANCELED", asked), feedback(co, "DENIED")]
        self.send(*sent)
        self.send(*reversed(sent))
        for dataset in reversed(sent):
            name = gateway.PROVIDERS[operation(dataset)]
            sender = gateway.counterpart(name)
            request = self.world.kept(sender, self.received(dataset, sender)["id"], "request.xml")
            self.assertEqual(self.world.post(name, request, "/" + operation(dataset), sender=sender)[0], 200)
        self.agree(co, *sent, state="issued", treatment="DENIED")

    def test_what_is_said_of_a_certificate_that_was_never_received_is_not_taken_from_inside(self):
        co = number()
        answer = cancelation_status(co, "NOT_CANCELED", cancelation(co))
        for dataset in [feedback(co, "DENIED"), cancelation_status(co, "CANCELED"), answer]:
            with self.subTest(operation(dataset)):
                problem = self.refuse((422, "certificate-unknown"), dataset)
                self.assertIn(co, problem["detail"])
                self.assertEqual(self.world.messages("vietnam", dataset["functionalReferenceId"]), [])

    def refused_by_korea(self, dataset, message):
        """Viet Nam's word, which Korea refuses because it never sent the certificate."""
        request = self.world.signed(dataset, sender="vietnam", message=message)
        code, _, response = self.world.post("korea", request, "/" + operation(dataset), sender="vietnam")
        fault = etree.fromstring(response)
        self.assertEqual((code, fault.findtext(f".//{ECO}Code")), (500, "certificate-unknown"), response)
        self.assertEqual(fault.findtext(f".//{ECO}Rule"), "713")
        verdict, report = self.world.verify(response, self.world.trust("korea"))
        self.assertEqual(verdict, 0, report)
        self.assertEqual(self.world.messages("korea", dataset["functionalReferenceId"]), [])

    def test_what_is_said_of_a_certificate_that_was_never_sent_is_refused_with_a_signed_fault(self):
        co = number()
        self.refused_by_korea(feedback(co, "DENIED"), "SendFeedback")
        self.refused_by_korea(cancelation_status(co, "CANCELED"), "SendCancelationStatus")
        self.assertEqual(self.world.api("korea", "GET", "/certificates/" + co)[0], 404)

    def test_an_amendment_alone_does_not_make_its_certificate_known(self):
        co = number()
        self.send(cancelation(co))
        with self.subTest("from inside"):
            self.refuse((422, "certificate-unknown"), feedback(co, "DENIED"))
        with self.subTest("from the partner"):
            self.refused_by_korea(feedback(co, "DENIED"), "SendFeedback")


class Order(TwoGateways):
    """In which order messages of one certificate go on, whatever order they came in and whoever is away."""

    @classmethod
    def prepare(cls):
        cls.inside = start_inside(cls)
        cls.settings["vietnam"]["inside"] = {"url": f"http://127.0.0.1:{cls.inside.server_port}"}

    def tried(self, dataset):
        """The answers of the inside to a message."""
        return [status for _, message, status in self.inside.calls if message == dataset["functionalReferenceId"]]

    def taken(self, co):
        return [message for certificate, message, status in self.inside.calls if certificate == co and status == 200]

    def delivered(self, co, *datasets):
        """Waits until the last is taken; the inside has taken these of a certificate, and in this order."""
        wanted = [dataset["functionalReferenceId"] for dataset in datasets]
        gateway.until(20, "delivered", lambda: wanted[-1] in self.taken(co))
        self.assertEqual(self.taken(co), wanted)
        self.becomes("delivered", datasets[-1])

    def refuse_inside(self, dataset, status):
        self.inside.refused[dataset["functionalReferenceId"]] = status

    def take_inside(self, dataset):
        del self.inside.refused[dataset["functionalReferenceId"]]

    def never_came(self, dataset):
        """Moves the time to which a message is held into the past."""
        message = self.received(dataset)["id"]
        self.stores.change(
            "vietnam",
            f"UPDATE work SET due_at = '2020-01-01T00:00:00.000Z' WHERE message = (SELECT sequence FROM message WHERE id = '{message}')",
        )

    def test_amendments_that_come_before_their_certificate_are_held_and_delivered_behind_it(self):
        co, later = number(), number()
        early = [cancelation(co), replacement(co, later, at="2026-11-24T09:00:00Z")]
        issued = certificate(co)
        self.send(*early)
        for dataset in early:
            self.assertEqual(self.received(dataset)["state"], "held")
        self.assertEqual(self.view("vietnam", co)["state"], "none")
        self.send(issued)
        self.delivered(co, issued, *early)
        self.agree(co, state="replacement-notified", openNotification=early[1]["functionalReferenceId"])
        self.assertEqual(self.events(early[0]), ["held", "accepted", "delivered"])

    def test_a_correction_that_comes_early_issues_no_certificate(self):
        co = number()
        early = [correction(co, "2"), correction(co, "3")]
        issued = certificate(co)
        self.send(*early)
        self.assertEqual([self.received(dataset)["state"] for dataset in early], ["held", "held"])
        self.assertEqual([self.view(name, co)["state"] for name in gateway.PARTIES], ["none", "none"])
        self.assertEqual(self.taken(co), [])
        self.send(issued)
        self.delivered(co, issued, *early)
        self.agree(co, state="issued", version="3")

    def test_what_is_held_too_long_is_parked_and_goes_on_with_its_certificate_or_by_hand(self):
        with_certificate, by_hand = number(), number()
        comes, never = cancelation(with_certificate), cancelation(by_hand)
        self.send(comes, never)
        for dataset in [comes, never]:
            self.never_came(dataset)
        for dataset in [comes, never]:
            self.becomes("parked", dataset, seconds=40)
            id = self.received(dataset)["id"]
            alarms = [line for line in self.world.log_text("vietnam").splitlines() if id in line and "held too long" in line]
            self.assertEqual(len(alarms), 1, alarms)
            self.assertIn("error", alarms[0])
        self.assertEqual(self.tried(comes) + self.tried(never), [])
        issued = certificate(with_certificate)
        self.send(issued)
        self.delivered(with_certificate, issued, comes)
        self.agree(with_certificate, state="cancelation-notified", openNotification=comes["functionalReferenceId"])
        self.command("vietnam", "retry", self.received(never)["id"])
        self.delivered(by_hand, never)

    def test_an_amendment_waits_for_its_certificate_while_the_inside_is_away_and_others_do_not(self):
        co, other = number(), number()
        issued, corrected, another = certificate(co), correction(co, "2"), certificate(other)
        self.refuse_inside(issued, 503)
        self.send(issued, corrected, another)
        self.delivered(other, another)
        gateway.until(20, "tried twice", lambda: len(self.tried(issued)) > 1)
        self.assertEqual((self.taken(co), self.tried(corrected)), ([], []))
        self.take_inside(issued)
        self.delivered(co, issued, corrected)
        self.assertEqual(set(self.tried(issued)[:-1]), {503})

    def parked(self):
        """A certificate that the inside refused, and an amendment behind it."""
        co = number()
        issued, corrected = certificate(co), correction(co, "2")
        self.refuse_inside(issued, 400)
        self.send(issued, corrected)
        self.becomes("parked", issued)
        self.take_inside(issued)
        other = number()
        another = certificate(other)
        self.send(another)
        self.delivered(other, another)
        self.assertEqual((self.tried(issued), self.tried(corrected)), ([400], []))
        self.assertEqual(self.received(corrected)["state"], "accepted")
        return co, issued, corrected

    def test_a_certificate_that_the_inside_refuses_is_parked_and_resumed_with_what_waits_behind_it(self):
        co, issued, corrected = self.parked()
        output, _ = self.command("vietnam", "retry", self.received(issued)["id"])
        self.assertIn(self.received(issued)["id"], output)
        self.delivered(co, issued, corrected)

    def test_a_certificate_that_is_given_up_lets_go_on_what_waits_behind_it(self):
        co, issued, corrected = self.parked()
        self.command("vietnam", "abandon", self.received(issued)["id"], "--because", "sent on paper")
        self.delivered(co, corrected)
        view = self.world.api("vietnam", "GET", "/messages/" + self.received(issued)["id"])[2]
        self.assertEqual(view["message"]["state"], "abandoned")
        self.assertIn("sent on paper", view["message"]["detail"])
        self.agree(co, state="issued", version="2")

    def test_messages_wait_for_a_partner_that_is_down_and_arrive_in_their_order(self):
        co = number()
        sent = [certificate(co), correction(co, "2"), cancelation(co)]
        self.world.stop("vietnam")
        self.addCleanup(lambda: "vietnam" in self.world.servers or self.start("vietnam"))
        for dataset in sent:
            self.assertEqual(self.submit(dataset, wait=0)[0], 202)
        gateway.until(20, "tried", lambda: self.received(sent[0], "korea")["attempts"])
        self.assertEqual([self.received(dataset, "korea")["attempts"] for dataset in sent[1:]], [0, 0])
        self.start("vietnam")
        self.becomes("acknowledged", sent[-1], "korea", 40)
        self.delivered(co, *sent)
        for dataset in sent:
            self.assertEqual(self.events(dataset), ["accepted", "delivered"])
        self.agree(co, *sent, state="cancelation-notified", version="2", openNotification=sent[-1]["functionalReferenceId"])


class SQLiteStatesTest(States, unittest.TestCase):
    store = SQLite


class PostgreSQLStatesTest(States, unittest.TestCase):
    store = PostgreSQL


class SQLiteOrderTest(Order, unittest.TestCase):
    store = SQLite


class PostgreSQLOrderTest(Order, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
