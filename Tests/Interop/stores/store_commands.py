"""What tests of `coconect-soap store` share: a gateway with messages, stores beside its own, and what Python's gzip finds in archives."""

import concurrent.futures
import gzip
import json
import signal
import subprocess
import urllib.request
import uuid

import yaml

import gateway
from certificates import certificate, number
from two_gateways import PostgreSQL, SQLite, TwoGateways, start_inside


def content_of(path):
    """The lines of an archive by their kind, once its last line counts them rightly."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        first, *lines, last = [json.loads(line) for line in file]
    counted, log = ["message", "certificate", "refusal"], ["change", "seal", "unsealed", "tally"]
    found = {kind: [line[kind] for line in lines if kind in line] for kind in counted + log}
    counts = {kind + "s": len(found[kind]) for kind in counted}
    assert (first["archive"]["format"], last, sum(map(len, found.values()))) == (2, {"end": counts}, len(lines)), (first, last, counts)
    return found


class StoreCommands(TwoGateways):
    """Commands on Viet Nam's store."""

    @classmethod
    def prepare(cls):
        cls.inside = start_inside(cls)
        cls.settings["vietnam"]["inside"] = {"url": f"http://127.0.0.1:{cls.inside.server_port}"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.filled = [certificate(number()) for _ in range(200)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda dataset: cls.submit(cls, dataset), cls.filled)
            assert {status for status, _ in answers} == {200}

    def setUp(self):
        self.folder = self.world.folder / uuid.uuid4().hex
        self.folder.mkdir()
        self.file = self.folder / "backup.jsonl.gz"
        self.config = self.world.folder / "vietnam/gateway.yaml"

    # MARK: Stores and commands

    def empty(self, kind):
        """Settings of a store that is not made yet."""
        return {"sqlite": f"{uuid.uuid4().hex}.sqlite"} if kind is SQLite else PostgreSQL(self.world).settings("vietnam")

    def on(self, store):
        """Viet Nam's configuration with another store."""
        path = self.config.with_name(uuid.uuid4().hex + ".yaml")
        path.write_text(yaml.safe_dump(yaml.safe_load(self.config.read_text()) | {"store": store}))
        return path

    def run_store(self, *arguments, config=None, expected=0):
        status, output, errors = gateway.run("store", *arguments, "--config", config or self.config)
        self.assertEqual((status, bool(errors)), (expected, expected != 0), (arguments, output, errors))
        return (output.decode() or errors).splitlines()

    def refused(self, *arguments, place=None, config=None):
        """Runs what must fail with one error that names a file; the error."""
        error, *where = self.run_store(*arguments, config=config, expected=2)
        self.assertRegex(error, "^error: ..")
        self.assertEqual(where[:1], [f"  where: {place or self.file}"])
        return error

    def listed(self, config=None):
        status, output, errors = gateway.run(
            "messages", "list", "--format", "json", "--limit", "1000", "--config", config or self.config)
        self.assertEqual((status, errors), (0, ""))
        return json.loads(output)

    def stop(self):
        """Stops Viet Nam's gateway; when the test is over it is on its own store again."""
        self.world.stop("vietnam")
        self.addCleanup(self.come_back)

    def come_back(self):
        if "vietnam" in self.world.servers:
            self.world.stop("vietnam")
        self.start("vietnam")

    def stopped_backup(self):
        """A backup that stands still in the middle."""
        command = [gateway.COMMAND, "store", "backup", self.file, "--config", self.config]
        backup = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=gateway.environment())
        self.addCleanup(backup.wait)
        self.addCleanup(backup.kill)
        part = self.file.with_name(self.file.name + ".part")
        while not (part.exists() and part.stat().st_size) and backup.poll() is None:
            pass
        backup.send_signal(signal.SIGSTOP)
        self.assertFalse(self.file.exists())
        return backup

    def without_room(self, *arguments):
        """Runs what may write no file of more than some thousand bytes; the error."""
        command = ["env", "--ignore-signal=XFSZ", "prlimit", "--fsize=4096", gateway.COMMAND, "store", *arguments, "--config", self.config]
        done = subprocess.run(command, capture_output=True, text=True, env=gateway.environment())
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        return done.stderr

    # MARK: What gateways tell

    def get(self, path):
        return gateway.answer(urllib.request.Request(self.world.api_url("vietnam") + path))[::2]

    def told(self, co, *datasets):
        """All that the API tells of a certificate and its messages, by address."""
        addresses = ["/messages?certificate=" + co, "/certificates/" + co]
        for dataset in datasets:
            address = "/messages/" + self.received(dataset)["id"]
            addresses += [address, *self.world.api("vietnam", "GET", address)[2]["links"].values()]
        told = {address: self.get(address) for address in addresses}
        self.assertEqual({status for status, _ in told.values()}, {200})
        return told

    def refuse_inside(self, dataset, status):
        self.inside.refused[dataset["functionalReferenceId"]] = status
