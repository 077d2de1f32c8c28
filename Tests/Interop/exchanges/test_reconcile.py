"""What two gateways exchanged, compared by each with the other's list; Python's csv and lxml judge. On SQLite and on PostgreSQL."""

import csv
import datetime
import hashlib
import io
import json
import ssl
import unittest

from lxml import etree

import gateway
from certificates import cancelation, cancelation_status, certificate, correction, feedback, number
from faults import Peer, hang_up
from foreign_signer import ECO
from two_gateways import PostgreSQL, SQLite, TwoGateways, start_inside

COLUMNS = ["messageId", "sender", "operation", "contentDigest", "bodyDigest", "time", "receipted"]
WORDS = {
    "missingHere": "missing here", "missingThere": "missing there", "atEdge": "at the edge", "differs": "differs",
    "receiptMissing": "no receipt", "notOurs": "not ours",
}
COUNTRIES = {name: party["country"] for name, party in gateway.PARTIES.items()}


def moment(**later):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def id_of(dataset):
    return dataset["functionalReferenceId"]


def message_of(body):
    return etree.fromstring(body).findtext(f".//{ECO}FunctionalReferenceID")


class Reconciliation(TwoGateways):
    """Korea calls Viet Nam through a peer that hands on each message, and may lose the receipt."""

    @classmethod
    def prepare(cls):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cls.world.pki / "vietnam-tls.pem", cls.world.pki / "vietnam-tls.key")
        cls.peer = Peer(message_of, cls.hand_on, tls)
        gateway.serve(cls.peer, cls.addClassCleanup)
        url = f"https://localhost:{cls.peer.server_port}"
        cls.inside = start_inside(cls)
        cls.settings["vietnam"] |= {"publicURL": url, "inside": {"url": f"http://127.0.0.1:{cls.inside.server_port}"}}
        cls.settings["korea"]["partner"] = {"endpoint": {"url": url, "tries": 2}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.co = number()
        notified = cancelation(cls.co)
        cls.sent = [
            certificate(cls.co), correction(cls.co, "2"), feedback(cls.co, "PENDING"), certificate(number()), certificate(number()),
            feedback(cls.co, "GRANTED", at="2026-12-02T09:00:00Z"), certificate(number()), correction(cls.co, "3"), notified,
            cancelation_status(cls.co, "NOT_CANCELED", notified, at="2026-12-03T09:00:00Z"),
        ]
        cls.start_of_list = moment(hours=-1)
        assert [cls.submit(cls, dataset)[0] for dataset in cls.sent] == [200] * 10

    @classmethod
    def hand_on(cls, path, body):
        status, headers, answer = cls.world.post("vietnam", body, path)
        return status, headers["Content-Type"], answer

    # MARK: Lists

    def reconcile(self, name, *arguments, to=None, expected=0):
        window = ["--partner", gateway.counterpart(name), "--from", self.start_of_list, "--to", to or moment(hours=1)]
        return self.command(name, "reconcile", *window, *arguments, expected=expected)

    def list_of(self, name):
        """The rows that a party writes."""
        path = self.world.folder / f"{name}.csv"
        self.assertRegex(self.reconcile(name, "--write", path)[0], rf"^{path}: \d+ messages\n$")
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, strict=True)
            self.assertEqual(reader.fieldnames, COLUMNS)
            return list(reader)

    def save(self, rows, encoding="utf-8", columns=COLUMNS, **options):
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, **options)
        writer.writeheader()
        writer.writerows(rows)
        return self.save_text(text.getvalue(), encoding)

    def save_text(self, text, encoding="utf-8"):
        path = self.world.folder / "partner.csv"
        path.write_bytes(text.encode(encoding))
        return path

    def compare(self, name, rows, *findings, **options):
        """Finds these, each a kind and a message id, in the partner's rows, and agrees on all that is left; in either format."""
        path, is_good = self.save(rows), {kind for kind, _ in findings} <= {"atEdge"}
        report = json.loads(self.reconcile(name, "--with", path, "--format", "json", expected=0 if is_good else 1, **options)[0])
        self.assertEqual([(finding["kind"], finding["messageID"]) for finding in report["findings"]], list(findings))
        *lines, last = self.reconcile(name, "--with", path, expected=0 if is_good else 1, **options)[0].splitlines()
        self.assertEqual(last, f"{report['agreed']} agree, {len(findings)} do not")
        for line, (kind, message) in zip(lines, findings, strict=True):
            self.assertTrue(line.startswith(WORDS[kind] + "  ") and f"  {message}  " in line, line)
        return report["agreed"]

    def row(self, dataset, sender, **changes):
        return dict.fromkeys(COLUMNS, "") | {"messageId": id_of(dataset), "sender": COUNTRIES[sender]} | changes

    def mine(self, rows, dataset):
        (row,) = [row for row in rows if row["messageId"] == id_of(dataset)]
        return row

    # MARK: Tests

    def test_both_sides_list_the_same_and_agree(self):
        lists = {name: self.list_of(name) for name in gateway.PARTIES}
        for name, rows in lists.items():
            self.assertEqual([row["messageId"] for row in rows][:10], [id_of(dataset) for dataset in self.sent])
            self.assertEqual(self.compare(gateway.counterpart(name), rows), len(rows))
            for row in rows[:10]:
                (message,) = self.world.messages(name, row["messageId"])
                self.assertEqual(list(row.values()), [
                    message["messageID"], COUNTRIES[name if message["direction"] == "outbound" else gateway.counterpart(name)],
                    message["operation"], message["contentDigest"], message["bodyDigest"], message["receivedAt"], "yes"])
        timeless = [[{**row, "time": ""} for row in rows[:10]] for rows in lists.values()]
        self.assertEqual(*timeless)

    def test_the_digests_are_those_that_another_program_makes(self):
        lists = {name: self.list_of(name) for name in gateway.PARTIES}
        for dataset in self.sent:
            for name, rows in lists.items():
                message = self.received(dataset, name)["id"]
                body = etree.fromstring(self.world.kept(name, message, "request.xml")).find("{*}Body")
                canonical = etree.tostring(body[0], method="c14n", exclusive=True, with_comments=False, with_tail=False)
                receipt = etree.fromstring(self.world.kept(name, message, "response.xml")).find(f".//{ECO}Receipt")
                row = self.mine(rows, dataset)
                self.assertEqual(row["contentDigest"], hashlib.sha256(canonical).hexdigest())
                self.assertEqual(row["bodyDigest"], receipt.findtext(".//{*}DigestValue"))

    def test_each_difference_is_named(self):
        rows = self.list_of("vietnam")
        whole = len(rows)
        removed, treated, changed, renamed, rewritten = (self.mine(rows, self.sent[place]) for place in [3, 2, 4, 6, 0])
        rows = [row for row in rows if row not in (removed, treated)]
        changed["contentDigest"] = hashlib.sha256(b"other").hexdigest()
        renamed["operation"] = "send-feedback"
        rewritten |= {"contentDigest": "", "bodyDigest": "A" * 43 + "="}
        never, not_ours, unreceipted = certificate(number()), certificate(number()), certificate(number())
        rows += [self.row(never, "vietnam", receipted="yes"), self.row(not_ours, "korea"), self.row(unreceipted, "vietnam", receipted="no")]
        differing = [("differs", row["messageId"]) for row in rows if row in (changed, renamed, rewritten)]
        self.assertEqual(whole - 5, self.compare(
            "korea", rows, *differing, ("missingHere", id_of(never)), ("notOurs", id_of(not_ours)),
            ("missingThere", treated["messageId"]), ("missingThere", removed["messageId"])))

    def test_what_is_missing_at_the_edge_of_the_time_is_no_difference_yet(self):
        late = certificate(number())
        self.send(late)
        rows = [row for row in self.list_of("vietnam") if row["messageId"] != id_of(late)]
        self.compare("korea", rows, ("missingThere", id_of(late)))
        self.compare("korea", rows, ("atEdge", id_of(late)), to=moment(minutes=2))

    def test_a_receipt_that_was_lost_is_missed_until_the_message_is_sent_again(self):
        again, parked = certificate(number()), certificate(number())
        lost = [again, parked]
        self.peer.acts |= {id_of(again): [hang_up], id_of(parked): [hang_up] * 2}
        behind = correction(again["id"], "2")
        for dataset in [*lost, behind]:
            self.assertEqual(self.submit(dataset, wait=0)[0], 202)
        for dataset in lost:
            gateway.until(20, "Viet Nam has it", lambda: self.received(dataset))
            self.assertEqual(self.received(dataset, "korea")["state"], "queued")
        # The correction waits at home, which is no difference.
        self.assertIsNone(self.received(behind))
        self.compare("korea", self.list_of("vietnam"), *[("receiptMissing", row["messageId"]) for row in self.list_of("vietnam")[-2:]])
        self.becomes("acknowledged", behind, "korea")
        self.becomes("parked", parked, "korea")
        self.compare("korea", self.list_of("vietnam"), ("receiptMissing", id_of(parked)))
        self.assertEqual(self.mine(self.list_of("korea"), parked)["receipted"], "no")
        self.command("korea", "retry", self.received(parked, "korea")["id"])
        self.becomes("acknowledged", parked, "korea")
        for name in gateway.PARTIES:
            self.compare(name, self.list_of(gateway.counterpart(name)))

    def test_a_list_is_read_as_spreadsheets_write_it(self):
        rows = self.list_of("vietnam")
        shouted = [
            row | {"contentDigest": row["contentDigest"].upper(), "sender": row["sender"].lower(), "receipted": "Yes"} for row in rows]
        noted = [row | {"note": 'said "yes", twice;\r\nand again'} for row in rows]
        lists = {
            "semicolons and a mark": (rows, {"delimiter": ";", "encoding": "utf-8-sig"}), "tabs": (rows, {"delimiter": "\t"}),
            "lines of Unix": (rows, {"lineterminator": "\n"}), "quotes": (rows, {"quoting": csv.QUOTE_ALL, "encoding": "utf-8-sig"}),
            "other letters": (shouted, {}), "other columns": (noted, {"columns": ["note", *reversed(COLUMNS)]}),
            "few columns": (rows, {"columns": ["sender", "messageId"], "extrasaction": "ignore"}),
        }
        for name, (rows, options) in lists.items():
            with self.subTest(name):
                output, _ = self.reconcile("korea", "--with", self.save(rows, **options))
                self.assertEqual(output, f"{len(rows)} agree, 0 do not\n")

    def test_a_message_that_is_listed_twice_counts_once(self):
        rows = self.list_of("vietnam")
        self.assertEqual(self.compare("korea", rows + rows[:3]), len(rows))

    def test_nothing_that_a_partner_lists_passes_for_a_line_of_the_report(self):
        row = self.row(certificate(number(), functionalReferenceId="a\r\n0 agree\x1b[2J"), "vietnam")
        output, _ = self.reconcile("korea", "--with", self.save([*self.list_of("vietnam"), row]), expected=1)
        self.assertEqual(len(output.splitlines()), 2, output)
        self.assertTrue(output.replace("\n", "").isprintable(), output)

    def test_what_was_received_and_then_given_up_is_still_listed(self):
        given_up = certificate(number())
        self.inside.refused[id_of(given_up)] = 422
        self.send(given_up)
        self.becomes("parked", given_up)
        self.command("vietnam", "abandon", self.received(given_up)["id"], "--because", "withdrawn")
        self.compare("korea", self.list_of("vietnam"))
        self.compare("vietnam", self.list_of("korea"))

    def test_an_id_may_hold_what_a_list_is_made_of(self):
        for id in [f'a,"b";c {number()}', f'"{number()}"', f"=1+1,{number()}"]:
            self.send(certificate(number(), functionalReferenceId=id))
            rows = self.list_of("vietnam")
            self.assertEqual(rows[-1]["messageId"], id)
            self.compare("korea", rows)

    def unreadable(self, *arguments, place=None, **options):
        """The error, at this place."""
        output, errors = self.reconcile("korea", *arguments, expected=2, **options)
        self.assertEqual(output, "")
        error, *rest = errors.splitlines()
        self.assertEqual(rest[:1], [f"  where: {place}"] if place else [])
        return error

    def test_a_list_that_cannot_be_read_is_told_with_its_line(self):
        for text, told in [
            ("", "line 1: the list is empty"), ("messageId;operation\na;send-co\n", "line 1: the columns messageId and sender"),
            ("messageId,sender\na,VN\n\nb\n", "line 4: 1 fields under 2 columns"), ("messageId,sender\na,VN,send-co\n", "line 2: 3 fields"),
            ('messageId,sender,note\na,VN,"two\nlines"\nb,VIE,x\n', "line 4: a message id and the sender's country"),
            ('messageId,sender\na,VN\n"b,VN\nc,VN\n', "line 3: a quotation mark is not closed"),
            ("messageId,sender,receipted\r\na,VN,perhaps\r\n", "line 2: receipted is perhaps"), (",VN\na,VN\n", "line 1: "),
        ]:
            with self.subTest(text):
                path = self.save_text(text)
                self.assertTrue(self.unreadable("--with", path, place=path).startswith("error: the list cannot be read: " + told))
        path = self.save(self.list_of("vietnam"), encoding="utf-16")
        self.assertEqual(self.unreadable("--with", path, place=path), "error: the list is not UTF-8")
        path.unlink()
        self.assertEqual(self.unreadable("--with", path, place=path), "error: no such file")
        self.assertRegex(self.unreadable(), "--write.*--with")
        self.assertRegex(self.unreadable("--write", path, to=self.start_of_list), "--from is not before --to")
        self.assertFalse(path.exists())


class SQLiteReconciliationTest(Reconciliation, unittest.TestCase):
    store = SQLite


class PostgreSQLReconciliationTest(Reconciliation, unittest.TestCase):
    store = PostgreSQL


if __name__ == "__main__":
    unittest.main()
