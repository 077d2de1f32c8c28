"""Stores that fail under a running gateway and come back: who is refused is told to send the message again, and of what was taken nothing
is lost and nothing doubled.

COCONECT_AWAY says for how many seconds PostgreSQL is away."""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from lxml import etree

import gateway
import postgresql
import two_gateways
from faults import Disk, FileLimit, NoDisk
from ports import free_port
from stores.store_fault import StoreFault
from xmlsec1 import DS

AWAY = float(os.environ.get("COCONECT_AWAY", 15))


class SQLiteFault(StoreFault):
    def make_store(self):
        folder = tempfile.TemporaryDirectory(prefix="coconect-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "store.sqlite"
        return {"sqlite": str(self.file)}

    def check_store(self):
        with contextlib.closing(sqlite3.connect(self.file)) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            kept = sorted(store.execute("SELECT direction, message_id FROM message WHERE claims = 1"))
        sent = [("outbound", dataset["functionalReferenceId"]) for dataset in self.sent]
        self.assertEqual(kept, sorted([("inbound", message) for message in self.received] + sent))


class SQLiteDiskFullTest(SQLiteFault, unittest.TestCase):
    """Where no disk may be mounted, a file that may not grow takes its place."""

    room = 10

    def make_store(self):
        store, self.disk = super().make_store(), None
        with contextlib.suppress(NoDisk):
            self.disk = Disk(self.file.parent, 4)
            self.addCleanup(self.disk.unmount)
            self.reason = "database or disk is full"
        return store

    def damage(self):
        self.disk = self.disk or FileLimit(self.world.servers["vietnam"], pathlib.Path(f"{self.file}-wal"))
        self.disk.fill(leaving=150_000)

    def mend(self):
        if "vietnam" in self.world.servers:
            self.disk.free()


class SQLiteReadOnlyTest(SQLiteFault, unittest.TestCase):
    """A disk with errors turns read-only while files are open; so do files that are made immutable."""

    reason = "disk I/O error"

    def switch(self, flag):
        return subprocess.run(["chattr", flag, self.file, f"{self.file}-wal"], capture_output=True, text=True)

    def damage(self):
        done = self.switch("+i")
        if done.returncode != 0:
            self.skipTest(f"no file can be made immutable here: {done.stderr.strip()}")

    def mend(self):
        self.switch("-i")


class PostgreSQLFault(StoreFault):
    def make_store(self):
        databases = two_gateways.PostgreSQL(None)
        self.server, self.url = databases.server, databases.urls["vietnam"]
        return databases.settings("vietnam")

    @property
    def postmaster(self):
        return pathlib.Path(self.server.folder) / "data/postmaster.pid"


class PostgreSQLDiskFullTest(PostgreSQLFault, unittest.TestCase):
    room = 60
    reason = "No space left on device"

    def make_store(self):
        server = postgresql.Server(free_port())
        self.addCleanup(server.end)
        try:
            self.disk = Disk(server.folder, 160)
        except NoDisk as reason:
            self.skipTest(f"no disk can be mounted here: {reason}")
        self.addCleanup(self.disk.unmount)
        self.addCleanup(server.run, "stop")
        server.start()
        self.server, self.url = server, server.make_database("vietnam")
        return {"postgresql": self.url}

    def damage(self):
        self.disk.fill()

    def fault_lasts(self, letter, dataset):
        """Without room for its journal the server ends itself, as soon as it needs more of that."""
        with contextlib.suppress(AssertionError):
            postgresql.query(self.url, "SELECT pg_switch_wal()")
        gateway.until(20, "PostgreSQL has given up", lambda: not self.postmaster.exists())
        self.assertFalse(self.post(letter) or self.submit(dataset) or self.ready())

    def mend(self):
        self.disk.free()
        if not self.postmaster.exists():
            self.server.start()


class PostgreSQLReadOnlyTest(PostgreSQLFault, unittest.TestCase):
    reason = "in a read-only transaction"

    def switch(self, value):
        postgresql.query(self.url, f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        postgresql.query(self.url, "SELECT pg_reload_conf()")

    def damage(self):
        self.switch("on")

    def mend(self):
        self.switch("off")


class PostgreSQLAwayTest(PostgreSQLFault, unittest.TestCase):
    reason = "PostgreSQL cannot be reached"
    holds_a_delivery = True

    def damage(self):
        self.server.run("stop").check_returncode()
        self.end = time.monotonic() + AWAY

    def fault_lasts(self, letter, dataset):
        while time.monotonic() < self.end:
            self.assertFalse(self.post(letter) or self.submit(dataset) or self.ready())
            time.sleep(1)
        with self.subTest("a crowd is refused"), concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = [answer for _, _, answer in pool.map(lambda _: self.world.post("vietnam", letter[1]), range(200))]
            unsigned = [answer for answer in answers if etree.fromstring(answer).find(f".//{{{DS}}}Signature") is None]
            self.assertEqual(len(unsigned), 0, unsigned[:1])

    def mend(self):
        if not self.postmaster.exists():
            self.server.start()


class PostgreSQLHangTest(PostgreSQLFault, unittest.TestCase):
    """A server that takes statements and answers none, as on a disk that does not."""

    prompt = 90

    def signal(self, number):
        postmaster = self.postmaster.read_text().split()[0]
        children = subprocess.run(["pgrep", "-P", postmaster], capture_output=True, text=True, check=True).stdout.split()
        for process in [postmaster, *children]:
            os.kill(int(process), number)

    def damage(self):
        self.signal(signal.SIGSTOP)

    def mend(self):
        self.signal(signal.SIGCONT)


class ReadOnlyStartTest(unittest.TestCase):
    """A store that was read-only before the gateway came."""

    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)

    def check_refused(self, reason, place, **changes):
        file = self.world.configure("vietnam", **changes)
        for command, expected in [("serve", 2), ("check", 1)]:
            with self.subTest(command):
                status, output, errors = gateway.run(command, "--config", file)
                self.assertEqual(status, expected, (output, errors))
                self.assertRegex(
                    output.decode() + errors, rf"(?m)^error: the store cannot be (opened|written): .*{reason}.*\n  where: {place}")

    def test_a_file_on_a_read_only_disk(self):
        for existing in [False, True]:
            with self.subTest(existing=existing), tempfile.TemporaryDirectory(prefix="coconect-") as folder:
                try:
                    disk = Disk(folder, 4)
                except NoDisk as reason:
                    self.skipTest(f"no disk can be mounted here: {reason}")
                try:
                    changes = {"store": {"sqlite": f"{folder}/store.sqlite"}}
                    if existing:
                        self.world.start("vietnam", **changes)
                        self.assertEqual(self.world.post("vietnam", self.world.signed(gateway.example()))[0], 200)
                        self.world.stop("vietnam")
                    disk.make_read_only()
                    self.check_refused("(read-?only|cannot be written)", f"{folder}/store.sqlite", **changes)
                finally:
                    disk.unmount()

    def test_a_database_that_gives_read_only_transactions(self):
        url = two_gateways.PostgreSQL(None).urls["vietnam"]
        postgresql.query(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
        self.check_refused("in a read-only transaction", "postgresql://127.0.0.1:", store={"postgresql": url})


if __name__ == "__main__":
    unittest.main()
