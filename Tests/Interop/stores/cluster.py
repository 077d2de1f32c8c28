"""The cluster of `make cluster` as tests run it: its processes, and senders that keep sending to it. Tests are elsewhere."""

import collections
import contextlib
import csv
import http.client
import json
import pathlib
import random
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import types
import urllib.request
import uuid

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import ECO
from ports import free_block

PKI = gateway.ROOT / "certs/dev"
REPLICAS = (1, 2, 3)
SENDERS = 8
CONTENT_TYPE = {"Content-Type": gateway.CONTENT_TYPES["1.2"]}


class Cluster:
    """`Scripts/cluster` with ports and a folder of its own."""

    def __init__(self):
        self.base = free_block()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coconect-cluster-"))
        # PostgreSQL runs as another user where the tests run as root.
        self.folder.chmod(0o755)
        self.soap, self.api, self.state, self.database = (self.base + offset for offset in (43, 80, 4, 32))
        self.output = self.folder / "output"
        self.script = self.run()

    def run(self, output=None):
        environment = gateway.environment() | {"CLUSTER_PORT": str(self.base), "CLUSTER_FOLDER": str(self.folder)}
        with open(output or self.output, "wb") as file:
            return subprocess.Popen([gateway.ROOT / "Scripts/cluster", gateway.COMMAND], stdout=file, stderr=file, env=environment)

    def await_up(self):
        gateway.until(60, "the cluster is up", lambda: self.script.poll() is not None or "The cluster is up" in self.output.read_text())
        assert self.script.poll() is None, self.output.read_text()

    def stop(self):
        """The exit status."""
        self.script.terminate()
        return self.script.wait(120)

    def close(self):
        if self.script.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)

    def process(self, number):
        """The process of a replica."""
        for process, environment in self.processes().items():
            if f"COCONECT_SOAP_PORT={self.base + 10 + number}" in environment:
                return process

    def processes(self):
        """The environment of each process that the script started; of PostgreSQL's none is to be seen."""
        found = {}
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (process / "environ").read_bytes().decode(errors="replace").split("\0")
                if f"CLUSTER_FOLDER={self.folder}" in environment:
                    found[int(process.name)] = environment
        return found

    def postgresql(self, verb, *arguments):
        command = [gateway.ROOT / "Scripts/postgresql", verb, self.folder / "postgresql", *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True)

    # MARK: What HAProxy and the replicas say

    def servers(self):
        """HAProxy's numbers of each replica."""
        text = self.get(self.state, "/;csv")[1].removeprefix("# ")
        return {row["svname"]: row for row in csv.DictReader(text.splitlines()) if row["pxname"] == "soap" and "replica" in row["svname"]}

    def up(self):
        return [name for name, row in self.servers().items() if row["status"].startswith("UP")]

    def await_all(self):
        gateway.until(30, "all replicas are up", lambda: len(self.up()) == len(REPLICAS) and all(map(self.is_ready, REPLICAS)))

    def is_ready(self, number):
        with contextlib.suppress(OSError):
            return self.get(self.base + 20 + number, "/health/ready")[0] == 200

    def get(self, port, path):
        status, _, body = gateway.answer(urllib.request.Request(f"http://127.0.0.1:{port}{path}"))
        return status, body.decode()

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def replica_of(self, correlation):
        """Which replica gave an answer, by HAProxy's log."""
        found = gateway.until(5, correlation, lambda: re.search(rf"replica=(\S+) .*correlation={correlation} ", self.log("haproxy")))
        return found[1]

    def kept(self):
        """How many records there are of each inbound message that was taken."""
        count, after = collections.Counter(), ""
        while after is not None:
            status, text = self.get(self.api, f"/messages?direction=inbound&state=accepted&limit=499{after}")
            assert status == 200, text
            page = json.loads(text)
            count.update(message["messageID"] for message in page["messages"])
            after = f"&before={page['next']}" if "next" in page else None
        return count

    # MARK: Partners

    def connection(self, client="korea", source="127.0.0.1"):
        context = ssl.create_default_context(cafile=PKI / "tls-ca.pem")
        context.load_cert_chain(PKI / f"{client}-tls.pem", PKI / f"{client}-tls.key")
        return http.client.HTTPSConnection("localhost", self.soap, timeout=60, context=context, source_address=(source, 0))

    def post(self, body, connection=None, headers=None):
        """Status, headers, body."""
        used = connection or self.connection()
        try:
            used.request("POST", "/send-co", body, CONTENT_TYPE | (headers or {}))
            response = used.getresponse()
            return response.status, response.headers, response.read()
        finally:
            if not connection:
                used.close()


class Letters:
    """Signed certificates of Korea's, each with an id of its own."""

    def __init__(self):
        key = PKI / "korea-signing-p256"
        der = ssl.PEM_cert_to_DER_cert(key.with_suffix(".pem").read_text())
        self.signer = types.SimpleNamespace(der=der, key_pem=key.with_suffix(".key").read_bytes())
        dataset = gateway.example(id="K001-26-0000000")
        self.content = foreign.content_of(dataset)
        self.ids = [dataset["functionalReferenceId"], dataset["id"]]

    def next(self):
        """Message id and bytes."""
        own, content = uuid.uuid4().hex, self.content
        for old, new in zip(self.ids, (own, f"K001-26-{random.randrange(10**7):07}")):
            content = content.replace(old.encode(), new.encode())
        return own, foreign.message(self.signer, content, foreign.Shape("p256-sha256"))


class Senders:
    """Clients that send letters as long as this context lasts, each until it is taken and every second one twice; half of them keep
    their connection, half make a new one each time."""

    def __init__(self, cluster, letters):
        self.cluster, self.letters = cluster, letters
        self.taken, self.failures, self.is_over = collections.defaultdict(set), [], threading.Event()
        self.threads = [threading.Thread(target=self.send, args=[number % 2 == 0]) for number in range(SENDERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def send(self, keeps):
        connection = self.cluster.connection() if keeps else None
        while not self.is_over.is_set():
            message_id, body = self.letters.next()
            for _ in range(random.choice([1, 2])):
                while not self.is_taken(message_id, body, connection):
                    time.sleep(0.1)
            # Below soap.requestsPerMinute, also where the machine is fast.
            time.sleep(0.03)
        if connection:
            connection.close()

    def is_taken(self, message_id, body, connection):
        try:
            status, _, answer = self.cluster.post(body, connection)
            if status == 200:
                self.taken[message_id].add(receipt(answer))
                return True
            self.failures.append((status, answer[-300:]))
        except (OSError, http.client.HTTPException) as error:
            self.failures.append((type(error).__name__, str(error)))
            if connection:
                connection.close()


def ports_of(base):
    """Every port of a cluster."""
    return [base + offset for offset in (4, 11, 12, 13, 21, 22, 23, 32, 43, 80)]


def receipt(answer):
    """Its values."""
    return tuple(element.text for element in etree.fromstring(answer).find(f".//{ECO}Receipt"))
