"""Two gateways on one kind of store and what tests do with them; the JSON gateway that may stand behind one."""

import contextlib
import http.server
import json
import sqlite3
import unittest
import urllib.parse
import uuid

import gateway
import postgresql
from certificates import operation
from ports import free_port

STATES = ["state", "version", "replacedBy", "openNotification", "treatment", "treatmentByItem", "isExpired"]


class SQLite:
    """A store in a file beside each configuration."""

    def __init__(self, world):
        self.world = world

    def settings(self, name):
        return {"sqlite": "store.sqlite"}

    def change(self, name, sql):
        """Changes a party's store while its gateway runs."""
        with contextlib.closing(sqlite3.connect(self.world.folder / name / "store.sqlite", timeout=60)) as store, store:
            store.execute(sql)


class PostgreSQL:
    """A database for each party, on a server that the tests of a module share."""

    server = None

    def __init__(self, world):
        if PostgreSQL.server is None:
            PostgreSQL.start()
        self.urls = {name: PostgreSQL.server.make_database(f"{name}_{uuid.uuid4().hex[:8]}") for name in gateway.PARTIES}

    @classmethod
    def start(cls):
        server = postgresql.Server(free_port())
        unittest.addModuleCleanup(cls.stop, server)
        server.start()
        cls.server = server

    @classmethod
    def stop(cls, server):
        cls.server = None
        server.end()

    def settings(self, name):
        return {"postgresql": self.urls[name]}

    def change(self, name, sql):
        postgresql.query(self.urls[name], sql)


class Inside(http.server.BaseHTTPRequestHandler):
    """A JSON gateway that takes all but the messages that it is told to refuse, and keeps the order in which it took them."""

    def do_POST(self):
        dataset = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = dataset["functionalReferenceId"]
        status = self.server.refused.get(message, 200)
        self.server.calls.append((dataset["id"], message, status))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def start_inside(case):
    """A JSON gateway that runs until the tests of a class are over."""
    inside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    inside.calls, inside.refused = [], {}
    gateway.serve(inside, case.addClassCleanup)
    return inside


class TwoGateways:
    """Korea, which issues certificates, and Viet Nam, on one kind of store. Each test has certificates of its own."""

    maxDiff = None
    store = None

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.stores = cls.store(cls.world)
        cls.settings = {name: {"store": cls.stores.settings(name)} for name in gateway.PARTIES}
        cls.prepare()
        for name in gateway.PARTIES:
            cls.start(name)

    @classmethod
    def prepare(cls):
        """Where a kind of test sets the gateways up otherwise."""

    @classmethod
    def start(cls, name, **changes):
        cls.world.start(name, **(cls.settings[name] | changes))

    def submit(self, dataset, wait=20):
        """Hands a message to the gateway of its sender; status and answer."""
        name = operation(dataset)
        sender = gateway.counterpart(gateway.PROVIDERS[name])
        path = f"/partners/{gateway.counterpart(sender)}/{name}"
        status, _, answer = self.world.api(sender, "POST", path, dataset, {"Prefer": f"wait={wait}"} if wait else {})
        return status, answer

    def send(self, *datasets):
        """Sends messages, each after the receipt of the one before."""
        for dataset in datasets:
            status, answer = self.submit(dataset)
            self.assertEqual((status, answer.get("message", answer)["state"]), (200, "acknowledged"), answer)

    def refuse(self, expected, dataset, wait=20):
        """What our own gateway must not take; the problem."""
        status, problem = self.submit(dataset, wait)
        self.assertEqual((status, problem.get("type")), (expected[0], "urn:coconect:problem:" + expected[1]), problem)
        return problem

    def received(self, dataset, name="vietnam"):
        """A message as its receiver has it; `None` before it has come."""
        messages = self.world.messages(name, dataset["functionalReferenceId"])
        self.assertLess(len(messages), 2)
        return messages[0] if messages else None

    def events(self, dataset, name="vietnam"):
        view = self.world.api(name, "GET", "/messages/" + self.received(dataset, name)["id"])[2]
        return [event["state"] for event in view["events"]]

    def becomes(self, state, dataset, name="vietnam", seconds=20):
        return gateway.until(seconds, f"the message is {state}", lambda: self.received(dataset, name)["state"] == state)

    def view(self, name, number):
        status, _, found = self.world.api(name, "GET", "/certificates/" + urllib.parse.quote(number))
        self.assertEqual(status, 200, found)
        (certificate,) = found["certificates"]
        return certificate

    def agree(self, number, *datasets, **expected):
        """Both sides see the same states, which are these, and have the same messages, if any are named."""
        seen = {name: self.view(name, number) for name in gateway.PARTIES}
        states = {name: {key: view.get(key) for key in STATES} for name, view in seen.items()}
        self.assertEqual(states["korea"], states["vietnam"])
        standard = {key: None for key in STATES} | {"version": "1", "treatment": "NONE", "treatmentByItem": {}, "isExpired": False}
        self.assertEqual(states["korea"], standard | expected)
        if datasets:
            wanted = [dataset["functionalReferenceId"] for dataset in datasets]
            for name, view in seen.items():
                self.assertEqual([message["messageID"] for message in view["messages"]], wanted, name)

    def command(self, name, *arguments, expected=0):
        """Runs `coconect-soap messages` on a party's store; standard output and standard error."""
        status, output, errors = gateway.run("messages", *arguments, "--config", self.world.folder / name / "gateway.yaml")
        self.assertEqual(status, expected, (arguments, output, errors))
        return output.decode(), errors
