"""The life of a certificate between two gateways, as their users see it: what each message does to its states on both sides.
On SQLite and on PostgreSQL."""

import unittest

from lxml import etree

import gateway
from certificates import cancelation, cancelation_status, certificate, correction, feedback, number, operation, replacement
from two_gateways import PostgreSQL, SQLite, TwoGateways

ECO = "{urn:coconect:eco:1}"


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

    def test_of_two_notifications_of_one_replacement_the_one_that_is_agreed_to_counts(self):
        """The log has nothing against it, nor against an amendment that waits for its certificate."""
        for agreed in (0, 1):
            old, new = number(), number()
            notified = [replacement(old, new), replacement(old, new, at="2026-11-23T10:00:00Z", versionId="2")]
            self.send(certificate(old), *notified, cancelation_status(old, "CANCELED", notified[agreed]))
            with self.subTest(agreed):
                self.agree(old, state="replaced", replacedBy=new)
                self.agree(new, state="issued", version=str(agreed + 1))
        self.send(correction(number(), "2"))
        for name in gateway.PARTIES:
            for verb in ("seal", "verify"):
                status, output, errors = gateway.run("log", verb, "--config", self.world.folder / name / "gateway.yaml")
                self.assertEqual(status, 0, (verb, output, errors))

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


class SQLiteStatesTest(States, unittest.TestCase):
    store = SQLite


class PostgreSQLStatesTest(States, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
