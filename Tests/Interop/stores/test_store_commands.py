"""Backup, restore and retirement of a store whose gateway is at work; Python's gzip judges the files. On SQLite and on PostgreSQL."""

import base64
import concurrent.futures
import contextlib
import datetime
import gzip
import itertools
import json
import os
import pathlib
import signal
import subprocess
import threading
import unittest

from lxml import etree

import gateway
import postgresql
from certificates import certificate, correction, feedback, number
from foreign_signer import ECO
from stores.store_commands import StoreCommands, content_of
from two_gateways import PostgreSQL, SQLite

PENDING = {"accepted", "held", "parked", "queued"}  # states in which something is still to be done


def receipt(answer):
    return [(element.tag, element.text) for element in etree.fromstring(answer).find(f".//{ECO}Receipt")]


def changed(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Archives(StoreCommands):
    other = None  # the kind of store that is not this one

    @contextlib.contextmanager
    def sending(self):
        """A client that sends one message after the other, every second one about a certificate that was there before; the ids of
        those that it got the receipts for."""
        receipts, is_over = [], threading.Event()

        def send():
            for version in itertools.count(2):
                for co in [dataset["id"] for dataset in self.filled]:
                    for dataset in [certificate(number()), correction(co, str(version))]:
                        self.send(dataset)
                        receipts.append(dataset["functionalReferenceId"])
                        if is_over.is_set():
                            return

        with concurrent.futures.ThreadPoolExecutor() as pool:
            client = pool.submit(send)
            try:
                yield receipts
            finally:
                is_over.set()
            client.result()

    def sent(self, receipts, count):
        count += len(receipts)
        gateway.until(20, "the client sends", lambda: len(receipts) >= count)

    def test_a_backup_is_one_moment_of_a_gateway_at_work(self):
        undelivered = certificate(number())
        self.refuse_inside(undelivered, 503)
        self.send(undelivered)
        with self.sending() as receipts:
            self.sent(receipts, 10)
            before = {dataset["functionalReferenceId"] for dataset in self.filled} | set(receipts)
            backup, stopped_at = self.stopped_backup(), now()
            self.inside.refused.clear()
            self.becomes("delivered", undelivered)
            self.sent(receipts, 30)
            backup.send_signal(signal.SIGCONT)
            self.assertEqual(backup.wait(240), 0)
        self.assertEqual((self.file.stat().st_mode & 0o7777, os.listdir(self.folder)), (0o600, [self.file.name]))

        found = content_of(self.file)
        messages = {line["message"]["sequence"]: line["message"] for line in found["message"]}
        states = {message["messageID"]: message["state"] for message in messages.values()}
        self.assertLessEqual(before, states.keys())
        self.assertEqual([id for id in receipts if id in states], receipts[:len(states.keys() & set(receipts))])
        self.assertEqual(states[undelivered["functionalReferenceId"]], "accepted")
        for line in found["certificate"]:
            self.assertLessEqual(line["certificate"]["updatedAt"], stopped_at)
            self.assertEqual([fact for fact in line["facts"] if fact["message"] not in messages], [])
        for line in found["message"]:
            message, last = line["message"], line["events"][-1]
            self.assertLessEqual(message["updatedAt"], stopped_at)
            self.assertEqual((last["state"], last["at"]), (message["state"], message["updatedAt"]))
            self.assertEqual("work" in line, message["state"] in PENDING, message)
            request = base64.b64decode(line["contents"]["request.xml"], validate=True)
            self.assertEqual(request, self.world.kept("vietnam", message["id"], "request.xml"))
            self.assertEqual(etree.fromstring(request).findtext(f".//{ECO}FunctionalReferenceID"), message["messageID"])

    def test_a_store_of_the_other_kind_goes_on_where_the_backup_was_made(self):
        co, early, later = number(), number(), number()
        settled = [certificate(co), correction(co, "2"), feedback(co, "PENDING")]
        undelivered, held = certificate(later), correction(early, "2")
        self.refuse_inside(undelivered, 503)
        self.send(*settled, undelivered, held)
        self.becomes("delivered", settled[1])
        self.world.stop("korea")
        self.addCleanup(lambda: "korea" in self.world.servers or self.start("korea"))
        queued = feedback(later, "PENDING")
        self.assertEqual(self.submit(queued, wait=0)[0], 202)
        told, request = self.told(co, *settled), self.world.kept("vietnam", self.received(settled[0])["id"], "request.xml")
        kept = self.world.kept("vietnam", self.received(settled[0])["id"], "response.xml")
        self.stop()
        self.run_store("backup", self.file)
        store = self.empty(self.other)
        self.run_store("restore", self.file, config=self.on(store))
        self.assertEqual(self.listed(self.on(store)), self.listed())

        self.start("vietnam", store=store)
        self.assertEqual(self.told(co, *settled), told)
        status, _, answer = self.world.post("vietnam", request)
        self.assertEqual((status, receipt(answer)), (200, receipt(kept)))
        self.start("korea")
        self.becomes("acknowledged", queued)
        self.inside.refused.clear()
        issued = certificate(early)
        self.send(correction(co, "3"), issued)
        for dataset in [undelivered, held]:
            self.becomes("delivered", dataset)
        self.assertEqual([message for number, message, _ in self.inside.calls if number == early], [
            dataset["functionalReferenceId"] for dataset in (issued, held)])
        self.agree(co, version="3", state="issued", treatment="PENDING")

    def test_what_is_no_whole_backup_or_no_empty_store_is_left_alone(self):
        self.run_store("backup", self.file)
        whole = self.file.read_bytes()
        middle, lines = len(whole) // 2, gzip.decompress(whole).splitlines(keepends=True)
        damaged = {
            "cut": whole[:middle], "cut at its end": whole[:-1], "a byte changed": changed(whole, middle),
            "the sum changed": changed(whole, len(whole) - 8), "not in gzip format": gzip.decompress(whole), "empty": b"",
            "its end missing": gzip.compress(b"".join(lines[:-1])), "a message missing": gzip.compress(b"".join(lines[:5] + lines[6:])),
            "a message twice": gzip.compress(b"".join(lines[:6] + lines[4:5] + lines[7:])),
        }
        config = self.on(self.empty(self.store))
        for name, data in damaged.items():
            with self.subTest(name):
                self.file.write_bytes(data)
                self.refused("restore", self.file, config=config)
        self.refused("restore", self.folder / "none", place=self.folder / "none", config=config)
        self.file.write_bytes(whole)
        self.run_store("restore", self.file, config=config)
        listed = self.listed(config)
        self.assertIn("is not empty", self.refused("restore", self.file, config=config))
        self.assertEqual(self.listed(config), listed)

    def test_a_backup_that_cannot_be_made_leaves_nothing(self):
        self.assertIn("there is no store", self.refused(
            "backup", self.file, place=self.config.with_name("none.sqlite"), config=self.on({"sqlite": "none.sqlite"})))
        self.assertFalse(self.config.with_name("none.sqlite").exists())
        self.file.write_text("something")
        self.assertIn("is there already", self.refused("backup", self.file))
        self.assertEqual(self.file.read_text(), "something")
        self.file.unlink()
        for place in [self.folder / "none" / "backup", pathlib.Path("/sys/backup")]:  # where not even root may write
            self.assertIn("cannot be written", self.refused("backup", place, place=place))
        self.assertRegex(self.without_room("backup", self.file), f"^error: .+ cannot be written: File too large\n  where: {self.file}\n")
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_backup_that_was_killed_does_not_pass_for_one(self):
        backup = self.stopped_backup()
        backup.kill()
        backup.wait()
        self.assertEqual(os.listdir(self.folder), [self.file.name + ".part"])
        self.file.with_name(self.file.name + ".part").chmod(0o644)
        self.run_store("backup", self.file)
        self.assertEqual((self.file.stat().st_mode & 0o7777, os.listdir(self.folder)), (0o600, [self.file.name]))
        self.assertGreaterEqual(len(content_of(self.file)["message"]), len(self.filled))

    def test_two_backups_to_one_file_never_mix(self):
        first = self.stopped_backup()
        second, _, _ = gateway.run("store", "backup", self.file, "--config", self.config)
        first.send_signal(signal.SIGCONT)
        self.assertEqual({first.wait(240), second}, {0, 2})
        content_of(self.file)

    def aged(self, months, over):
        """A backup in which the messages of each month were received then, and one certificate is over since."""
        self.run_store("backup", self.file)
        lines = [json.loads(line) for line in gzip.decompress(self.file.read_bytes()).splitlines()]
        months = {dataset["functionalReferenceId"]: month for month, datasets in months.items() for dataset in datasets}
        for line in lines:
            if message := line.get("message", {}).get("message"):
                if month := months.get(message["messageID"]):
                    message["receivedAt"] = f"{month}-05T10:00:00.000Z"
            if record := line.get("certificate", {}).get("certificate"):
                if record["key"]["number"] == over:
                    record |= {"validUntil": "2020-04-30", "updatedAt": "2020-04-05T10:00:00.000Z"}
        path = self.folder / "aged.jsonl.gz"
        path.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines)))
        return path

    def restored(self, path):
        """Settings of a new store of the same kind that is filled with a backup; on PostgreSQL with parts for two old months."""
        store = self.empty(self.store)
        if self.store is PostgreSQL:
            gateway.run("messages", "list", "--config", self.on(store))
            for month in [202003, 202004]:
                postgresql.query(store["postgresql"], f"CREATE TABLE content_{month} PARTITION OF content FOR VALUES IN ({month})")
        self.run_store("restore", path, config=self.on(store))
        return store

    def test_finished_messages_of_past_months_are_moved_to_archives_and_the_rest_stays(self):
        co = number()
        months = {
            "2020-03": [certificate(co), correction(co, "2"), feedback(co, "PENDING"), certificate(number())],
            "2020-04": [certificate(number()), certificate(number()), correction(number(), "2")],
            "2020-05": [certificate(number())],
        }
        march, (finished, parked, held), (may,) = months.values()
        self.refuse_inside(march[3], 422)
        self.refuse_inside(parked, 422)
        # The last message always stays.
        self.send(*march, *months["2020-04"], may, certificate(number()))
        for dataset in [march[3], parked]:
            self.becomes("parked", dataset)
        self.command("vietnam", "abandon", self.received(march[3])["id"], "--because", "a mistake")
        for dataset in [march[1], finished, may]:
            self.becomes("delivered", dataset)
        moved = {"2020-03": march, "2020-04": [finished], "2020-05": [may]}
        requests = {
            id: self.world.kept("vietnam", id, "request.xml")
            for datasets in months.values() for dataset in datasets for id in [self.received(dataset)["id"]]}
        store = self.restored(self.aged(months, over=finished["id"]))
        self.stop()
        self.start("vietnam", store=store)
        archives, before = self.folder / "archives", self.listed()
        archives.mkdir()
        retire = ["retire", "--before", "2020-06", "--archives", archives]

        self.assertEqual(self.run_store(*retire, "--dry-run"), [
            "2020-03: 4 messages", "2020-04: 1 message", "2020-05: 1 message", "6 messages would be moved"])
        self.without_room(*retire)
        self.assertEqual((os.listdir(archives), self.listed()), ([], before))
        self.assertEqual(self.run_store(*retire)[-1], "6 messages were moved")
        self.assertEqual(set(os.listdir(archives)), {f"messages-{month}.jsonl.gz" for month in moved})
        for month, datasets in moved.items():
            lines = content_of(archives / f"messages-{month}.jsonl.gz")["message"]
            self.assertEqual(
                [line["message"]["messageID"] for line in lines], [dataset["functionalReferenceId"] for dataset in datasets])
            for line in lines:
                id = line["message"]["id"]
                self.assertEqual(base64.b64decode(line["contents"]["request.xml"], validate=True), requests.pop(id))
                self.assertEqual(self.get(f"/messages/{id}")[0], 404)
                self.assertEqual(self.get(f"/messages/{id}/request.xml")[0], 404)
        self.assertEqual(len(self.listed()), len(before) - 6)
        (over,) = content_of(archives / "messages-2020-05.jsonl.gz")["certificate"]
        self.assertEqual((over["certificate"]["key"]["number"], len(over["facts"])), (finished["id"], 1))
        self.assertEqual(self.world.api("vietnam", "GET", "/certificates/" + finished["id"])[0], 404)
        self.assertEqual(self.run_store(*retire)[-1], "0 messages were moved")
        self.assertEqual(len(os.listdir(archives)), 3)

        self.assertEqual(set(requests), {self.received(dataset)["id"] for dataset in [parked, held]})
        for id, request in requests.items():
            self.assertEqual(self.world.kept("vietnam", id, "request.xml"), request)
        if self.store is PostgreSQL:
            self.check_parts(store)
        self.assertEqual(self.get("/health/ready")[0], 200)
        self.inside.refused.clear()
        self.command("vietnam", "retry", "--all")
        # The certificate's state is made of facts that stay.
        self.send(certificate(held["id"]), correction(co, "3"))
        for dataset in [parked, held]:
            self.becomes("delivered", dataset)
        for name in gateway.PARTIES:
            view = self.view(name, co)
            self.assertEqual((view["version"], view["state"], view["treatment"]), ("3", "issued", "PENDING"))

    def test_tables_of_an_earlier_version_are_changed_by_nobody_but_who_is_asked_to(self):
        """A command of the new version that looks into the store of a running gateway would else keep that from starting again."""
        self.stop()
        before = self.listed()
        self.go_back_to_step_3()
        status, output, errors = gateway.run("check", "--config", self.config)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("warning: the store was made by an earlier version of this program (step 3 of its tables", output.decode())
        for command in [("messages", "list"), ("store", "backup", self.file), ("log", "verify")]:
            status, output, errors = gateway.run(*command, "--config", self.config)
            self.assertEqual((status, output), (2, b""), (command, errors))
            self.assertRegex(errors, "^error: the store was made by an earlier version .*step 3.*\n  where: .*\n  help: .*store upgrade")

        status, output, errors = gateway.run("store", "upgrade", "--config", self.config)
        self.assertEqual(status, 0, errors)
        self.assertRegex(errors, r"^from step 3 of the tables to step \d, with about \d+ messages")
        self.assertRegex(output.decode(), r": upgraded to step \d in ")
        self.assertEqual(self.listed(), before)
        self.assertRegex(self.run_store("upgrade")[0], "this version's already$")

        self.go_back_to_step_3()
        self.come_back()
        (line,) = [line for line in self.world.log_text("vietnam").splitlines() if "upgrading the store" in line]
        self.assertIn("from-step=3", line)
        self.send(certificate(number()))

    def go_back_to_step_3(self):
        for sql in [
            "DROP INDEX message_operation", "DROP INDEX message_direction", "DROP INDEX work_due", "DROP INDEX work_overdue",
            "ALTER TABLE work DROP COLUMN partner", "CREATE INDEX work_due ON work (direction, due_at)",
            "DELETE FROM schema_step WHERE number > 3",
        ]:
            self.stores.change("vietnam", sql)

    def check_parts(self, store):
        """PostgreSQL gives back the room of a month of which nothing is left."""
        done = subprocess.run(
            ["psql", "-qAt", "-c", "SELECT relname FROM pg_class WHERE relname ~ '^content_2020..$'; SELECT COUNT(*) FROM content_rest",
             store["postgresql"]], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["content_202004", "0"])


class SQLiteArchivesTest(Archives, unittest.TestCase):
    store, other = SQLite, PostgreSQL


class PostgreSQLArchivesTest(Archives, unittest.TestCase):
    store, other = PostgreSQL, SQLite


if __name__ == "__main__":
    unittest.main()
