"""The log of gateways at work: intact at every moment, whoever seals and whatever is killed; stamped whenever the authority lets it be."""

import collections
import contextlib
import json
import random
import re
import signal
import threading
import time
import unittest
import urllib.request
from concurrent import futures

import gateway
from certificates import certificate, number
from evidence.test_log import KINDS, Databases, Files, Sealing
from ports import free_port
from stores.torture import Replica


class AtWork(Sealing):
    def check_whole(self):
        """Every record under one seal, every seal once."""
        self.until_sealed()
        seals, keys = list(self.seals()), collections.Counter(key for _, leaves in self.seals() for key, _ in leaves)
        self.assertEqual([json.loads(statement)["number"] for statement, _ in seals], list(range(1, len(seals) + 1)))
        self.assertEqual((len(keys), max(keys.values()), self.intact(self.config)["notes"]), (sum(map(self.count, KINDS)), 1, []))

    def test_it_is_intact_at_every_moment_whoever_seals(self):
        """Beside the gateway a second replica seals on PostgreSQL, the command on both."""
        is_over, logs = threading.Event(), [self.world.log("vietnam")]
        if self.store is Databases:
            replica = Replica(self.world, "vietnam", self.config, 1)
            self.addCleanup(replica.end)
            replica.start()
            replica.await_ready()
            logs.append(replica.log)

        def send():
            while not is_over.is_set():
                self.send(certificate(number()))

        with futures.ThreadPoolExecutor(2) as pool, contextlib.ExitStack() as stack:
            stack.callback(is_over.set)
            clients = [pool.submit(send) for _ in range(2)]
            for _ in range(10):
                self.intact(self.config)
                self.runs(self.config, "log", "seal")
        for client in clients:
            client.result()
        self.check_whole()
        self.assertEqual([line for log in logs for line in log.read_text().splitlines() if "sealed meanwhile" in line], [])

    def test_a_gateway_that_was_killed_goes_on_where_it_was(self):
        for _ in range(3):
            for _ in range(8):
                self.assertEqual(self.submit(certificate(number()), wait=0)[0], 202)
            time.sleep(random.uniform(0, 1.2))
            self.world.stop("vietnam", signal.SIGKILL)
            self.intact(self.config)
            self.start("vietnam")
        self.check_whole()


class PostgreSQLAtWorkTest(AtWork, unittest.TestCase):
    store = Databases


class SQLiteAtWorkTest(AtWork, unittest.TestCase):
    store = Files

    def sealing(self):
        return self.world.api("vietnam", "GET", "/health/ready")[2]["sealing"]

    def stamped(self):
        return self.count("seal WHERE stamp IS NOT NULL")

    def held_up(self, answer, words):
        """Without an authority that does so messages go on, it is told, and nothing is kept of what it says."""
        stamped, start, told = self.stamped(), time.monotonic(), []
        self.stamps.answer = answer
        self.send(certificate(number()))
        self.assertLess(time.monotonic() - start, 20)
        with self.subTest(words):
            gateway.until(30, words, lambda: told.append(self.sealing()) or re.search("stamp: .*" + words, told[-1]))
        with urllib.request.urlopen(self.world.api_url("vietnam") + "/metrics") as page:
            self.assertRegex(page.read().decode(), r"(?m)^coconect_seals_unstamped [1-9]")
        self.assertEqual(self.stamped(), stamped)

    def test_stamps_come_when_the_authority_does_and_only_good_ones_are_kept(self):
        stamps, hangs, slow = self.stamps, threading.Event(), threading.Event()
        self.addCleanup(hangs.set)
        self.until_sealed()
        changed = lambda query, place: query[:place] + bytes([query[place] ^ 1]) + query[place + 1:]
        for answer, words in [
            (lambda query: (500, b""), "answers HTTP 500"), (lambda query: (200, b"garbage"), "it is no TimeStampResp"),
            (lambda query: stamps.stamp(query, digests="sha512"), "the authority refused"),
            (lambda query: stamps.stamp(changed(query, query.index(b"\4\x20") + 9)), "message imprint mismatch"),
            (lambda query: stamps.stamp(changed(query, len(query) - 4)), "nonce mismatch"),
            (lambda query: stamps.stamp(query, stamps.foreign), "certificate verify error"),
            (lambda query: (500, b"") if hangs.wait(600) else None, "(no whole answer|deadlineExceeded)"),
        ]:
            self.held_up(answer, words)
        hangs.set()
        before, stamps.answer = self.stamped(), lambda query: (slow.wait(1.5), stamps.stamp(query))[1]
        with self.subTest("a slow authority holds up no seal"):
            gateway.until(20, "stamps come", lambda: self.stamped() > before)
            self.send(certificate(number()))
            gateway.until(5, "it is sealed", lambda: self.count("unsealed") == 0)
        slow.set()
        gateway.until(20, "all is well", lambda: self.sealing() == "goes on")
        self.check_whole()
        for signature, stamp in self.bytes_of("signature", "stamp"):
            stamps.check(signature, stamp)

    def test_an_authority_that_is_not_there_yet(self):
        """Nobody listens at its port until it comes."""
        self.until_sealed()
        self.world.stop("vietnam")
        url = f"http://127.0.0.1:{free_port()}"
        self.start("vietnam", seal={"interval": 1, "timestamps": self.settings["vietnam"]["seal"]["timestamps"] | {"url": url}})
        self.held_up(self.stamps.stamp, "")
        self.world.stop("vietnam")
        self.start("vietnam")
        self.check_whole()


if __name__ == "__main__":
    unittest.main()
