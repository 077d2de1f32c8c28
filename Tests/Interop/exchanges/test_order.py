"""The order in which the messages of a certificate reach the other side and its JSON gateway. On SQLite and on PostgreSQL."""

import unittest

import gateway
from certificates import cancelation, certificate, correction, number, replacement
from two_gateways import PostgreSQL, SQLite, TwoGateways, start_inside


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


class SQLiteOrderTest(Order, unittest.TestCase):
    store = SQLite


class PostgreSQLOrderTest(Order, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
