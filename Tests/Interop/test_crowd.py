"""A crowd at the gateway: good and bad messages at once, among clients that stall, abort or only wait.

COCONECT_CROWD says how many good messages are sent, and as many bad ones."""

import collections
import dataclasses
import datetime
import http.client
import itertools
import math
import os
import pathlib
import random
import re
import socket
import struct
import threading
import time
import types
import unittest
import uuid

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import ECO, Shape

CROWD = int(os.environ.get("COCONECT_CROWD", 500))
CONNECTIONS = 50
PATIENCE = 5  # seconds that the gateway gives an idle connection, a head or a body
SLACK = 10  # seconds past that until the test calls a connection forgotten
SLOWEST = 30  # seconds of any answer
PLENTY = {"requestsPerMinute": 10_000_000, "concurrentRequests": 1000}
SOAP12 = gateway.CONTENT_TYPES["1.2"]
NEVER = {"second-opinion", "overloaded", "too-many-requests", "internal-error"}


@dataclasses.dataclass
class Letter:
    """What is posted, and which verdicts are right: `accepted`, a refusal's code or an HTTP status."""

    kind: str
    body: bytes
    right: set
    message_id: str = ""
    content_type: str = SOAP12


@dataclasses.dataclass
class Answer:
    letter: Letter
    seconds: float
    verdict: str
    body: bytes = b""


class Writer:
    """Writes the letters of one run; equal numbers give equal garbage."""

    def __init__(self, folder):
        self.folder = folder
        self.signer = foreign.Signer(folder, "foreign-p256", "p256")
        self.content = foreign.content_of(gateway.example())

    def signed(self, message_id, signer=None, created=None):
        """A message that lives an hour from `created`."""
        content = re.sub(rb"(?<=<FunctionalReferenceID>)[^<]*", message_id.encode(), self.content)
        draft = foreign.Draft(signer or self.signer, content, Shape("p256-sha256"))
        created = created or datetime.datetime.utcnow().replace(microsecond=0)
        for element, moment in zip(draft.timestamp, (created, created + datetime.timedelta(hours=1))):
            element.text = moment.isoformat() + "Z"
        return draft.signed()

    def good(self):
        message_id = uuid.uuid4().hex
        return Letter("good", self.signed(message_id), {"accepted"}, message_id)

    def bad(self, number, good):
        """One of the kinds in turn, some made of a good letter."""
        kinds = [self.garbage, self.mutated, self.stranger, self.doctype, self.flood, self.content_type, self.expired]
        return kinds[number % len(kinds)](number // len(kinds), good)

    def garbage(self, number, good):
        chance = random.Random(number)
        return Letter("garbage", chance.randbytes(chance.randrange(1, 3000)), {"not-well-formed", "encoding"})

    def mutated(self, number, good):
        body = good.body
        text = body.index(b"<ds:SignatureValue>") + 40
        whole = body[body.index(b"<soap:Body"):body.index(b"</soap:Envelope>")]
        changed, code = [
            (body.replace(b">812.500<", b">812.501<"), "digest-wrong"),
            (body[:text] + (b"B" if body[text:text + 1] == b"A" else b"A") + body[text + 1:], "signature-wrong"),
            (body[:random.Random(number).randrange(1, len(body) - 1)], "not-well-formed"),
            (body.replace(whole, whole + whole.replace(b"body-1", b"body-2")), "soap-structure"),
        ][number % 4]
        return Letter("mutated", changed, {code})

    def stranger(self, number, good):
        signer = foreign.Signer(self.folder, "stranger", "p256")
        return Letter("stranger", self.signed(uuid.uuid4().hex, signer), {"signer-unknown"})

    def doctype(self, number, good):
        bomb = b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
        return Letter("DOCTYPE", bomb + good.body, {"doctype"})

    def flood(self, number, good):
        return Letter("flood", *[
            (b"<a>" * 33_333, {"xml-limit"}),
            (b"<a " + b" ".join(b"a%d='%d'" % (count, count) for count in range(8_000)) + b"/>", {"xml-limit"}),
            (good.body.replace(b"<soap:Header>", b"<soap:Header>" + b" " * 100_000 + b"<", 1), {"not-well-formed"}),
            (b"x" * 100_000, {"not-well-formed"}),
        ][number % 4])

    def content_type(self, number, good):
        sent = ["text/plain", "application/json", "multipart/related; type=text/xml", "application/xml"][number % 4]
        return Letter("content type", good.body, {"415"}, content_type=sent)

    def expired(self, number, good):
        created = datetime.datetime(2020, 1, 1) + datetime.timedelta(minutes=number)
        return Letter("expired", self.signed(uuid.uuid4().hex, created=created), {"timestamp-expired"})


def verdict(status, body):
    if status == 200:
        return "accepted"
    return etree.fromstring(body).findtext(f".//{ECO}Code") if status == 500 else str(status)


class Process:
    """What the kernel says of a running process."""

    def __init__(self, pid):
        self.folder = pathlib.Path(f"/proc/{pid}")

    def megabytes(self):
        return int(re.search(r"VmRSS:\s+(\d+) kB", (self.folder / "status").read_text())[1]) / 1024

    def files(self):
        return len(list((self.folder / "fd").iterdir()))


class RoughClients:
    """Clients that the gateway has to get rid of by itself; each way of it again and again until the crowd is through."""

    def __init__(self, world, letter):
        self.address = ("localhost", world.ports["vietnam"]["soap"])
        self.tls = world.client_context("korea")
        self.letter = letter
        self.seconds, self.odd = collections.defaultdict(list), []
        self.over = threading.Event()
        ways = [self.idle, self.idle_after_an_answer, self.slow_head, self.slow_body, self.no_handshake, self.no_http, self.aborts]
        self.threads = [threading.Thread(target=self.repeat, args=[way]) for way in ways for _ in range(2)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, way):
        while True:
            try:
                self.seconds[way.__name__].append(way())
            except (OSError, AssertionError) as error:
                self.odd.append((way.__name__, repr(error)))
            if self.over.wait(0.1):
                return

    def connect(self):
        return self.tls.wrap_socket(socket.create_connection(self.address, SLOWEST), server_hostname="localhost")

    def head(self):
        return f"POST /send-co HTTP/1.1\r\nHost: localhost\r\nContent-Type: {SOAP12}\r\nContent-Length: {len(self.letter)}\r\n\r\n".encode()

    @staticmethod
    def until_cut(connection, drops=b""):
        """Sends a byte every quarter of a second, and waits for the end; the seconds until then."""
        start, drops = time.monotonic(), iter(drops)
        connection.settimeout(0.25)
        with connection:
            while time.monotonic() - start < PATIENCE + SLACK:
                try:
                    connection.sendall(bytes(itertools.islice(drops, 1)))
                    if connection.recv(4096) == b"":
                        return time.monotonic() - start
                except TimeoutError:
                    continue
                except OSError:
                    return time.monotonic() - start
        raise AssertionError(f"still connected after {PATIENCE + SLACK} s")

    def idle(self):
        return self.until_cut(self.connect())

    def idle_after_an_answer(self):
        connection = self.connect()
        connection.sendall(b"HEAD /send-co?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        return self.until_cut(connection)

    def slow_head(self):
        return self.until_cut(self.connect(), self.head())

    def slow_body(self):
        connection = self.connect()
        connection.sendall(self.head())
        return self.until_cut(connection, self.letter)

    def no_handshake(self):
        return self.until_cut(socket.create_connection(self.address, SLOWEST))

    def no_http(self):
        connection = self.connect()
        connection.sendall(b"\0\1\2 nothing known\r\n\r\n")
        return self.until_cut(connection)

    def aborts(self):
        """Half a body, then the end: every second time without a word, as a lost machine would."""
        connection = self.connect()
        connection.sendall(self.head() + self.letter[:len(self.letter) // 2])
        if len(self.seconds["aborts"]) % 2:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        return 0


class CrowdTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.writer = Writer(cls.world.pki)
        settings = gateway.yaml.safe_load(cls.world.configure("vietnam").read_text())
        cls.world.start(
            "vietnam", soap=settings["soap"] | PLENTY | {"idleSeconds": PATIENCE, "bodySeconds": PATIENCE},
            security=settings["security"] | {"maximumAge": 3600},
            partner={"certificates": [f"../../pki/{cls.writer.signer.path.name}"], "limits": PLENTY})
        cls.process = Process(cls.world.servers["vietnam"].pid)

    def test_every_good_message_is_accepted_and_nothing_else_in_a_crowd(self):
        good = [self.writer.good() for _ in range(CROWD)]
        letters = [letter for number, one in enumerate(good) for letter in (one, self.writer.bad(number, one))]
        files = self.process.files()
        with RoughClients(self.world, self.writer.signed(uuid.uuid4().hex)) as rough:
            self.send(letters)
        self.report(rough)
        self.assertEqual(collections.Counter(answer.verdict for answer in self.answers if answer.letter.kind == "good"), {"accepted": CROWD})
        wrong = [(answer.letter.kind, answer.verdict) for answer in self.answers if answer.verdict not in answer.letter.right]
        self.assertEqual(collections.Counter(wrong), {})
        self.assertEqual(len(self.answers), 2 * CROWD)
        self.assertLess(max(answer.seconds for answer in self.answers), SLOWEST)
        self.assertEqual(self.opened, CONNECTIONS, "connections that the well-behaved needed")
        self.check_receipts()
        self.assertEqual(self.accepted(), collections.Counter(letter.message_id for letter in good))
        self.assertEqual((rough.odd, {way for way, seconds in rough.seconds.items() if not seconds}), ([], set()))
        self.assertFalse(NEVER & set(re.findall(r"code=(\S+)", self.world.log_text("vietnam"))))
        self.assertLess(self.memory["end"], 1.2 * self.memory["middle"] + 16)
        gateway.until(SLACK, "files closed", lambda: self.process.files() <= files + 5)
        print(f"open files: {files} at the start, {self.process.files()} at the end")
        self.check_stop()

    def send(self, letters):
        """Sends them all over so many connections, and notes the answers, the memory on the way and what had to be opened."""
        self.answers, self.opened = [], 0
        self.memory = {"start": self.process.megabytes()}
        marks = {len(letters) // 10: "a tenth", len(letters) // 2: "middle"}
        waiting = enumerate(letters)
        threads = [threading.Thread(target=self.client, args=[waiting, marks]) for _ in range(CONNECTIONS)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds, self.memory["end"] = time.monotonic() - start, self.process.megabytes()
