"""Messages while gateways, JSON gateway and PostgreSQL are killed at random, again and again: nothing is lost, nothing doubled.

COCONECT_TORTURE says how many messages are sent in each case; there are as many more kills."""

import collections
import contextlib
import datetime
import json
import os
import random
import sqlite3
import threading
import time
import types
import unittest
import uuid
from concurrent import futures

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import ECO
from ports import free_port, is_open
from stores.torture import PATIENCE, Driver, Letter, Part, PostgreSQL, Replica, json_gateway_command

MESSAGES = int(os.environ.get("COCONECT_TORTURE", 80))
MOMENTS = int(os.environ.get("COCONECT_TORTURE", 40))
BATCH = 15  # messages let go before each round of kills
REPLICAS = 3
LEASE = 20  # seconds until what a killed gateway had taken is done by another
PASSING = {"internal-error", "overloaded"}  # why a message may be refused for now
PLENTY = {"requestsPerMinute": 10_000_000, "concurrentRequests": 1000}


class TortureTest(unittest.TestCase):
    def setUp(self):
        self.start = time.monotonic()
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.world.ports = {name: {"soap": free_port(), "api": free_port()} for name in gateway.PARTIES}
        self.deliveries_file = self.world.folder / "deliveries"
        self.signer = foreign.Signer(self.world.pki, "driver", "p256")

    # MARK: What is killed

    def json_gateway(self):
        port = free_port()
        self.inside_url = f"http://127.0.0.1:{port}"
        command = json_gateway_command(port, self.deliveries_file)
        return self.begin(Part("JSON gateway", command, self.world.folder / "json-gateway.log", lambda: is_open(port)))

    def postgresql(self):
        return self.begin(PostgreSQL())

    def gateways(self, party, store, count=1, inside=False):
        """A party's replicas on one store, a moment after they were killed while they made its tables."""
        soap = gateway.yaml.safe_load(self.world.configure(party).read_text())["soap"]
        changes = {"store": store, "soap": soap | PLENTY, "security": {"maximumAge": 86_400}}
        if inside:
            changes["inside"] = {"url": self.inside_url}
        other = gateway.counterpart(party)
        partner = {
            "certificates": [f"../../pki/{other}-signing.pem", f"../../pki/{self.signer.path.name}"],
            "endpoint": {"url": self.world.soap_url(other), "tries": 1000},
        }
        configuration = self.world.configure(party, partner=partner, **changes)
        replicas = [Replica(self.world, party, configuration, number) for number in range(count)]
        for replica in replicas:
            self.addCleanup(replica.end)
            replica.start()
        time.sleep(random.uniform(0, 0.5))
        for replica in replicas:
            replica.kill()
            replica.start()
        for replica in replicas:
            replica.await_ready()
        return replicas

    def begin(self, part):
        self.addCleanup(part.end)
        part.start()
        part.await_ready()
        return part

    def torture(self, driver, letters, victims):
        """Lets the letters go a few at a time, and kills some of the victims in the midst of each few; every victim in its turn."""
        self.victims, self.driver = victims, driver
        self.addCleanup(driver.stop)
        for number, first in enumerate(range(0, len(letters), BATCH)):
            driver.release(letters[first:first + BATCH])
            time.sleep(random.uniform(0, 0.4))
            killed = {victims[number % len(victims)], *random.sample(victims, random.randrange(len(victims)))}
            for victim in random.sample(sorted(killed, key=victims.index), len(killed)):
                victim.kill()
                time.sleep(random.choice([0, random.uniform(0, 0.2)]))
            time.sleep(random.uniform(0, 0.4))
            for victim in sorted(killed, key=victims.index):
                victim.start()
            for victim in sorted(killed, key=victims.index):
                victim.await_ready()
        driver.finish()

    # MARK: Messages

    def dataset(self, number):
        parties = {"sender": gateway.PARTIES["korea"], "receiver": gateway.PARTIES["vietnam"]}
        return gateway.example(id=f"K001-26-{number:07}", **parties)

    def signed_letters(self, count):
        dataset = self.dataset(0)
        content = foreign.content_of(dataset)
        for number in range(count):
            message_id = uuid.uuid4().hex
            own = content.replace(dataset["functionalReferenceId"].encode(), message_id.encode())
            own = own.replace(dataset["id"].encode(), f"K001-26-{number:07}".encode())
            draft = foreign.Draft(self.signer, own, foreign.Shape("p256-sha256"))
            created = datetime.datetime.utcnow().replace(microsecond=0)
            draft.timestamp[1].text = (created + datetime.timedelta(days=1)).isoformat() + "Z"
            yield Letter(message_id, draft.signed())

    def json_letters(self, count):
        for number in range(count):
            dataset = self.dataset(number)
            yield Letter(dataset["functionalReferenceId"], json.dumps(dataset).encode())

    def partner(self, replicas):
        """Korea by a foreign hand."""
        vietnam = types.SimpleNamespace(pem=(self.world.pki / "vietnam-signing.pem").read_bytes())

        def judge(status, body):
            answer = etree.fromstring(body)
            receipt = answer.find(f".//{ECO}Receipt")
            if status != 200 or receipt is None:
                code = answer.findtext(f".//{ECO}Refusal/{ECO}Code")
                self.assertIn(code, PASSING, body)
                return code, None
            self.assertTrue(foreign.xmlsec_accepts(answer, vietnam), body)
            return "receipt", tuple(element.text for element in receipt)

        return Driver(replicas, "soap", "/send-co", judge, self.world.client_context("korea"))

    def sender(self, replicas):
        """The JSON gateway of Korea."""
        def judge(status, body):
            self.assertIn(status, {200, 202, 503}, body)
            return str(status), None if status == 503 else (json.loads(body)["message"]["id"],)

        return Driver(replicas, "api", "/partners/vietnam/send-co", judge)

    # MARK: What must have come of it

    def taken(self):
        """What each message was answered with, the same each time."""
        values = collections.defaultdict(set)
        for answer in self.driver.answers:
            if answer.values:
                values[answer.message_id].add(answer.values)
        self.assertEqual({key: found for key, found in values.items() if len(found) > 1}, {}, "answers that differ")
        return {message_id: found for message_id, (found,) in values.items()}

    def settled(self, replica, direction, waiting, state):
        """Every record of a party, once none waits; each is in the state that it should end in."""
        limit = 3 * LEASE + 2 * (time.monotonic() - self.start)
        gateway.until(limit, f"no message is {waiting}", lambda: not replica.api(f"/messages?state={waiting}&limit=1")["messages"])
        for victim in self.victims:
            victim.await_ready()
        records = replica.records()
        wrong = [record for record in records if (record["direction"], record["state"]) != (direction, state)]
        self.assertEqual(wrong, [])
        return records

    def check_once(self, letters, records):
        sent = collections.Counter(letter.message_id for letter in letters)
        recorded = collections.Counter(record["messageID"] for record in records)
        self.assertEqual(recorded - sent, collections.Counter(), "recorded twice, or never sent")
        self.assertEqual(sent - recorded, collections.Counter(), "taken, but not recorded")

    def check_delivered(self, records):
        self.deliveries = [json.loads(line) for line in self.deliveries_file.read_text().splitlines()]
        delivered = {(delivery["key"], delivery["message"], delivery["path"]) for delivery in self.deliveries}
        self.assertEqual(delivered, {(record["id"], record["messageID"], "/send-co") for record in records})

    def check_inbound(self, letters, replica):
        records = self.settled(replica, "inbound", "accepted", "delivered")
        self.check_once(letters, records)
        self.check_delivered(records)
        receipts = self.taken()
        for record in records:
            message_id, received_at, _, digest = receipts[record["messageID"]]
            self.assertEqual((message_id, received_at, digest), (record["messageID"], record["receivedAt"], record["bodyDigest"]))

    def check_outbound(self, letters, sender, receiver):
        records = self.settled(sender, "outbound", "queued", "acknowledged")
        self.check_once(letters, records)
        self.assertEqual({record["messageID"]: (record["id"],) for record in records}, self.taken())
        received = self.settled(receiver, "inbound", "accepted", "delivered")
        self.check_once(letters, received)
        self.check_delivered(received)

    def check_file(self, party):
        """What SQLite finds wrong with a file whose gateways were all killed."""
        with contextlib.closing(sqlite3.connect(self.world.folder / party / "store.sqlite")) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def report(self, letters):
        answers, kills = self.driver.answers, collections.Counter()
        for victim in self.victims:
            kills[victim.kind] += victim.kills
        outcomes = collections.Counter(answer.outcome for answer in answers)
        taken = sum(1 for answer in answers if answer.values)
        print(
            f"\n{len(letters)} messages, {len(answers)} sends, {taken} times taken, {taken - len(letters)} repetitions, "
            f"{len(self.deliveries)} deliveries, {time.monotonic() - self.start:.0f} s"
            f"\nkilled: {figures(kills)}\nanswers: {figures(outcomes)}; slowest {max(answer.seconds for answer in answers):.1f} s")

    # MARK: The cases

    def test_inbound_on_sqlite(self):
        inside = self.json_gateway()
        vietnam = self.gateways("vietnam", {"sqlite": "store.sqlite"}, inside=True)
        letters = list(self.signed_letters(MESSAGES))
        self.torture(self.partner(vietnam), letters, [inside, *vietnam])
        self.check_inbound(letters, vietnam[0])
        self.report(letters)
        vietnam[0].kill()
        self.check_file("vietnam")

    def test_inbound_on_postgresql_with_three_replicas(self):
        inside, postgresql = self.json_gateway(), self.postgresql()
        vietnam = self.gateways("vietnam", {"postgresql": postgresql.make_database("vietnam")}, REPLICAS, inside=True)
        letters = list(self.signed_letters(MESSAGES))
        self.torture(self.partner(vietnam), letters, [postgresql, inside, *vietnam])
        self.check_inbound(letters, random.choice(vietnam))
        self.report(letters)

    def test_outbound_on_sqlite(self):
        inside = self.json_gateway()
        vietnam = self.gateways("vietnam", {"sqlite": "store.sqlite"}, inside=True)
        korea = self.gateways("korea", {"sqlite": "store.sqlite"})
        letters = list(self.json_letters(MESSAGES))
        self.torture(self.sender(korea), letters, [inside, *vietnam, *korea])
        self.check_outbound(letters, korea[0], vietnam[0])
        self.report(letters)
        for party, replica in {"vietnam": vietnam[0], "korea": korea[0]}.items():
            replica.kill()
            self.check_file(party)

    def test_outbound_on_postgresql_with_three_replicas(self):
        inside, postgresql = self.json_gateway(), self.postgresql()
        vietnam = self.gateways("vietnam", {"postgresql": postgresql.make_database("vietnam")}, inside=True)
        korea = self.gateways("korea", {"postgresql": postgresql.make_database("korea")}, REPLICAS)
        letters = list(self.json_letters(MESSAGES))
        self.torture(self.sender(korea), letters, [postgresql, inside, *vietnam, *korea])
        self.check_outbound(letters, random.choice(korea), vietnam[0])
        self.report(letters)

    def test_the_same_id_at_two_replicas_at_the_same_moment(self):
        replicas = self.gateways("vietnam", {"postgresql": self.postgresql().make_database("vietnam")}, 2)
        letters = list(self.signed_letters(MOMENTS))
        driver, barrier, connections = self.partner(replicas), threading.Barrier(len(replicas)), [{}, {}]
        self.addCleanup(driver.stop)

        def post(letter, replica):
            barrier.wait(PATIENCE)
            return driver.post(letter, replicas[replica], connections[replica])

        with futures.ThreadPoolExecutor(len(replicas)) as threads:
            pairs = [list(threads.map(post, [letter] * 2, range(2))) for letter in letters]
        self.assertEqual([pair for pair in pairs if pair[0].values is None or pair[0].values != pair[1].values], [])
        for replica in replicas:
            self.check_once(letters, replica.records())
        print(f"\n{len(pairs)} messages at two replicas at once, {time.monotonic() - self.start:.0f} s")


def figures(counts):
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    unittest.main()
