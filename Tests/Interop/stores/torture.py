"""What is tortured with messages and kills: parts that are killed and started again, and clients that go on sending."""

import contextlib
import http.client
import http.server
import json
import pathlib
import queue
import random
import subprocess
import sys
import threading
import time
import typing
import urllib.request
from concurrent import futures

import gateway
import postgresql
from ports import free_port, is_open

CLIENTS = 8
PATIENCE = 60  # seconds that a client waits for an answer
CRASHES = {"SWIFT_BACKTRACE": "enable=no"}  # at once, so that no crash passes for a kill; the environment may say otherwise
CONTENT_TYPE = {"soap": gateway.CONTENT_TYPES["1.2"], "api": "application/json"}


def json_gateway_command(port, path):
    return [sys.executable, "-B", pathlib.Path(__file__).with_name("json_gateway.py"), str(port), str(path)]


class Part:
    """A process that is killed and started again."""

    def __init__(self, kind, command, log, is_ready, environment=None):
        self.kind, self.command, self.log, self.is_ready, self.environment = kind, command, log, is_ready, environment
        self.process, self.kills = None, 0

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stderr=log, env=self.environment)

    def await_ready(self):
        gateway.until(30, f"{self.kind} is ready; its log is {self.log}", lambda: self.check_alive() or self.is_ready())

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.kind} ended by itself with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")

    def kill(self):
        self.check_alive()
        self.end()
        self.kills += 1

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()


class PostgreSQL(postgresql.Server):
    """A server that is killed and started again as the other parts."""

    kind = "PostgreSQL"

    def __init__(self):
        super().__init__(free_port())
        self.kills = 0

    def start(self):
        """Processes of a killed server may hold its memory for a moment, and keep the next from starting."""
        gateway.until(60, f"PostgreSQL starts; its log is in {self.folder}", lambda: self.run("start", self.port).returncode == 0)

    def await_ready(self):
        pass

    def kill(self):
        super().kill()
        self.kills += 1


class Replica(Part):
    """One of the processes of a party's gateway; the first has the party's own ports."""

    def __init__(self, world, party, configuration, number):
        self.ports = world.ports[party] if number == 0 else {"soap": free_port(), "api": free_port()}
        variables = {f"COCONECT_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        command = [gateway.COMMAND, "serve", "--config", str(configuration)]
        log = world.folder / f"{party}-{number}.log"
        super().__init__(f"{party}'s gateway", command, log, self.answers, CRASHES | gateway.environment() | variables)

    def answers(self):
        with contextlib.suppress(OSError):
            return is_open(self.ports["soap"]) and self.api("/health/ready", timeout=5)

    def api(self, path, timeout=PATIENCE):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['api']}{path}", timeout=timeout) as response:
            return json.load(response)

    def records(self, **query):
        """Every message of the log that a query finds."""
        found, page = [], {"next": ""}
        while "next" in page:
            before = page["next"] and f"&before={page['next']}"
            page = self.api("/messages?limit=499" + before + "".join(f"&{name}={value}" for name, value in query.items()))
            found += page["messages"]
        return found


class Letter(typing.NamedTuple):
    """A message as it is posted, the same bytes at each try."""

    message_id: str
    body: bytes


class Answer(typing.NamedTuple):
    """What came of one try; the values, which must be the same at each repetition, only where the message was taken."""

    message_id: str
    outcome: str
    values: tuple | None
    seconds: float


class Driver:
    """Clients that post each letter to a replica by chance until it is taken, and every third twice; they note every answer."""

    def __init__(self, replicas, kind, path, judge, tls=None):
        self.replicas, self.kind, self.path, self.judge, self.tls = replicas, kind, path, judge, tls
        self.letters, self.answers, self.is_over = queue.Queue(), [], threading.Event()
        self.threads = futures.ThreadPoolExecutor(CLIENTS)
        self.clients = [self.threads.submit(self.client) for _ in range(CLIENTS)]

    def release(self, letters):
        for letter in letters:
            self.letters.put(letter)

    def finish(self):
        """Once every letter is taken."""
        self.release([None] * CLIENTS)
        for client in self.clients:
            client.result()

    def stop(self):
        self.is_over.set()
        self.release([None] * CLIENTS)
        self.threads.shutdown()

    def client(self):
        connections = {}
        for letter in iter(self.letters.get, None):
            for _ in range(random.choice([1, 1, 2])):
                self.deliver(letter, connections)
        for connection in connections.values():
            connection.close()

    def deliver(self, letter, connections):
        deadline = time.monotonic() + 3 * PATIENCE
        while not self.is_over.is_set():
            answer = self.post(letter, random.choice(self.replicas), connections)
            self.answers.append(answer)
            if answer.values:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{letter.message_id} was not taken within {3 * PATIENCE} s: {answer}")
            time.sleep(random.uniform(0, 0.1))

    def post(self, letter, replica, connections):
        connection = connections.setdefault(replica, None) or self.connection(replica)
        connections[replica], start = connection, time.monotonic()
        try:
            connection.request("POST", self.path, letter.body, {"Content-Type": CONTENT_TYPE[self.kind]})
            response = connection.getresponse()
            outcome, values = self.judge(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            outcome, values = type(error).__name__, None
            connection.close()
        return Answer(letter.message_id, outcome, values, time.monotonic() - start)

    def connection(self, replica):
        port = replica.ports[self.kind]
        if self.tls:
            return http.client.HTTPSConnection("localhost", port, timeout=PATIENCE, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
