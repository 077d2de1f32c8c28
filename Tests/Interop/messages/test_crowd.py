"""Good and bad messages at once, among clients that stall, abort or only wait. COCONECT_CROWD says how many of each are sent."""

import collections
import datetime
import http.client
import itertools
import os
import pathlib
import random
import re
import socket
import struct
import threading
import time
import types
import typing
import unittest
import uuid
from concurrent import futures

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import ECO

CROWD = int(os.environ.get("COCONECT_CROWD", 500))
CONNECTIONS = 50
PATIENCE = 5  # seconds that the gateway gives an idle connection, a head or a body
SLACK = 30  # seconds past that until a connection counts as forgotten
SLOWEST = 60  # seconds of any answer
PLENTY = {"requestsPerMinute": 10_000_000, "concurrentRequests": 1000}
SOAP12 = gateway.CONTENT_TYPES["1.2"]
OTHER_TYPES = ["text/plain", "application/json", "application/octet-stream", "application/xml"]
ENTITIES = b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
NEVER = {"second-opinion", "overloaded", "too-many-requests", "internal-error"}


class Letter(typing.NamedTuple):
    """What is posted, and the right verdict on it: `accepted`, a refusal's code or an HTTP status."""

    kind: str
    body: bytes
    right: str
    message_id: str = ""
    content_type: str = SOAP12


class Answer(typing.NamedTuple):
    letter: Letter
    seconds: float
    verdict: str
    body: bytes


class Writer:
    """Writes the letters of a run."""

    def __init__(self, folder):
        self.signer = foreign.Signer(folder, "foreign-p256", "p256")
        self.content = foreign.content_of(gateway.example())

    def signed(self, message_id, signer=None, created=None):
        """A message that lives an hour."""
        content = re.sub(rb"(?<=<FunctionalReferenceID>)[^<]*", message_id.encode(), self.content)
        draft = foreign.Draft(signer or self.signer, content, foreign.Shape("p256-sha256"))
        created = created or datetime.datetime.utcnow().replace(microsecond=0)
        for element, moment in zip(draft.timestamp, (created, created + datetime.timedelta(hours=1))):
            element.text = moment.isoformat() + "Z"
        return draft.signed()

    def pair(self, number):
        """A good letter and a bad one: of each kind in turn, many of them made of the good letter."""
        message_id = uuid.uuid4().hex
        good = self.signed(message_id)
        kinds = [
            self.garbage, self.mutated, self.flood, self.stranger, self.expired,
            lambda number, good: Letter("DOCTYPE", ENTITIES + good, "doctype"),
            lambda number, good: Letter("other type", good, "415", content_type=OTHER_TYPES[number % 4]),
        ]
        return Letter("good", good, "accepted", message_id), kinds[number % len(kinds)](number // len(kinds), good)

    def garbage(self, number, good):
        """Random bytes, without what would make a DOCTYPE or a processing instruction of them."""
        chance = random.Random(number)
        return Letter("garbage", b"<a " + chance.randbytes(chance.randrange(3000)).translate(None, b"!?"), "not-well-formed")

    def mutated(self, number, good):
        """A changed digit, a changed signature, a cut message, a second Body."""
        place = good.index(b"<ds:SignatureValue>") + 40
        body = good[good.index(b"<soap:Body"):good.index(b"</soap:Envelope>")]
        return Letter("mutated", *[
            (good.replace(b">812.500<", b">812.501<"), "digest-wrong"),
            (good[:place] + (b"B" if good[place:place + 1] == b"A" else b"A") + good[place + 1:], "signature-wrong"),
            (good[:random.Random(number).randrange(1, len(good))], "not-well-formed"),
            (good.replace(body, body + body.replace(b"body-1", b"body-2")), "soap-structure"),
        ][number % 4])

    def stranger(self, number, good):
        signer = foreign.Signer(self.signer.path.parent, "stranger", "p256")
        return Letter("stranger", self.signed(uuid.uuid4().hex, signer), "signer-unknown")

    def flood(self, number, good):
        return Letter("flood", *[
            (b"<a>" * 33_333, "xml-limit"),
            (b"<a " + b" ".join(b"a%d='%d'" % (count, count) for count in range(8000)) + b"/>", "xml-limit"),
            (good.replace(b"<soap:Header>", b"<soap:Header>" + b" " * 100_000 + b"<"), "not-well-formed"),
            (b"x" * 100_000, "not-well-formed"),
        ][number % 4])

    def expired(self, number, good):
        created = datetime.datetime(2020, 1, 1) + datetime.timedelta(minutes=number)
        return Letter("expired", self.signed(uuid.uuid4().hex, created=created), "timestamp-expired")


def verdict(status, body):
    if status == 500:
        return etree.fromstring(body).findtext(f".//{ECO}Code")
    return "accepted" if status == 200 else str(status)


class RoughClients:
    """Clients that the gateway must get rid of by itself; two of each way, again and again until the crowd is through."""

    def __init__(self, world, letter):
        self.address, self.tls = ("localhost", world.ports["vietnam"]["soap"]), world.client_context("korea")
        head = f"POST /send-co HTTP/1.1\r\nHost: localhost\r\nContent-Type: {SOAP12}\r\nContent-Length: {len(letter)}\r\n\r\n".encode()
        self.half = head + letter[:4000]
        self.over, self.seconds, self.odd = threading.Event(), collections.defaultdict(list), []
        self.ways = {
            "silent": lambda: until_cut(self.connect()),
            "silent after an answer": lambda: until_cut(self.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            "head by bytes": lambda: until_cut(self.connect(), head),
            "body by bytes": lambda: until_cut(self.connect(head), letter),
            "half a body": lambda: until_cut(self.connect(self.half)),
            "no handshake": lambda: until_cut(socket.create_connection(self.address)),
            "no HTTP": lambda: until_cut(self.connect(b"\0\1\2 nothing known\r\n\r\n")),
            "aborts": lambda: self.connect(self.half).close(),
            "resets": lambda: reset(self.connect(self.half)),
        }

    def __enter__(self):
        self.threads = futures.ThreadPoolExecutor(2 * len(self.ways))
        for way in 2 * list(self.ways):
            self.threads.submit(self.repeat, way)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.threads.shutdown()

    def repeat(self, way):
        while not self.seconds[way] or not self.over.wait(0.1):
            start = time.monotonic()
            try:
                self.ways[way]()
            except Exception as error:
                self.odd.append((way, repr(error)))
            self.seconds[way].append(time.monotonic() - start)

    def connect(self, data=b""):
        connection = self.tls.wrap_socket(socket.create_connection(self.address, SLOWEST), server_hostname="localhost")
        connection.sendall(data)
        return connection


def until_cut(connection, drops=b""):
    """Sends a byte every quarter of a second until the gateway ends the connection."""
    deadline, rest = time.monotonic() + PATIENCE + SLACK, iter(drops)
    connection.settimeout(0.25)
    with connection:
        while time.monotonic() < deadline:
            try:
                connection.sendall(bytes(itertools.islice(rest, 1)))
                if not connection.recv(4096):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    raise AssertionError(f"still connected after {PATIENCE + SLACK} s")


def reset(connection):
    """Ends the connection without a word, as a machine that is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class CrowdTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)
        self.writer = Writer(self.world.pki)
        settings = gateway.yaml.safe_load(self.world.configure("vietnam").read_text())
        self.world.start(
            "vietnam", soap=settings["soap"] | PLENTY | {"idleSeconds": PATIENCE, "bodySeconds": PATIENCE},
            security=settings["security"] | {"maximumAge": 3600},
            partner={"certificates": [f"../../pki/{self.writer.signer.path.name}"]})
        self.process = pathlib.Path(f"/proc/{self.world.servers['vietnam'].pid}")

    def megabytes(self):
        return int(re.search(r"VmRSS:\s+(\d+) kB", (self.process / "status").read_text())[1]) / 1024

    def files(self):
        return len(os.listdir(self.process / "fd"))

    def test_a_crowd_gets_the_right_answers_and_leaves_nothing_behind(self):
        letters = [letter for number in range(CROWD) for letter in self.writer.pair(number)]
        files = self.files()
        with RoughClients(self.world, self.writer.signed(uuid.uuid4().hex)) as rough:
            self.send(letters)
        self.report(rough)
        verdicts = collections.Counter((answer.letter.kind, answer.letter.right, answer.verdict) for answer in self.answers)
        self.assertEqual({found: count for found, count in verdicts.items() if found[1] != found[2]}, {})
        self.assertEqual((len(self.answers), len(self.opened)), (len(letters), CONNECTIONS), "answers and connections")
        self.assertLess(max(answer.seconds for answer in self.answers), SLOWEST)
        self.check_receipts()
        self.assertEqual(self.log(), collections.Counter((letter.message_id, "accepted") for letter in letters if letter.message_id))
        self.assertEqual(rough.odd, [])
        self.assertFalse(NEVER & set(re.findall(r" code=(\S+)", self.world.log_text("vietnam"))))
        self.assertLess(self.memory["end"], 1.2 * self.memory["middle"] + 16, "MB")
        gateway.until(SLACK, f"from {self.files()} open files to {files}", lambda: self.files() <= files + 5)
        print(f"open files: start {files}, end {self.files()}")
        self.check_stop(rough)

    def send(self, letters):
        """Sends them over all connections at once; notes the answers, and the memory on the way."""
        self.answers, self.opened, self.memory = [], [], {"start": self.megabytes()}
        self.marks = {len(letters) // 10: "after a tenth", len(letters) // 2: "middle"}
        start = time.monotonic()
        with futures.ThreadPoolExecutor(CONNECTIONS) as clients:
            list(clients.map(self.client, [enumerate(letters)] * CONNECTIONS))
        self.seconds, self.memory["end"] = time.monotonic() - start, self.megabytes()

    def client(self, waiting):
        """Sends what no other client has taken, over one connection for as long as the gateway keeps it."""
        context = self.world.client_context("korea")
        connection = http.client.HTTPSConnection("localhost", self.world.ports["vietnam"]["soap"], timeout=SLOWEST, context=context)
        for number, letter in waiting:
            if number in self.marks:
                self.memory[self.marks[number]] = self.megabytes()
            if connection.sock is None:
                self.opened.append(number)
            start, body = time.monotonic(), b""
            try:
                connection.request("POST", "/send-co", letter.body, {"Content-Type": letter.content_type})
                response = connection.getresponse()
                body = response.read()
                found = verdict(response.status, body)
            except (OSError, http.client.HTTPException) as error:
                found = repr(error)
                connection.close()
            self.answers.append(Answer(letter, time.monotonic() - start, found, body))
        connection.close()

    def report(self, rough):
        """Prints what came of each kind of letter, how long each rough client was borne, and the memory."""
        seconds, verdicts = collections.defaultdict(list), collections.defaultdict(collections.Counter)
        for answer in self.answers:
            seconds[answer.letter.kind].append(answer.seconds)
            verdicts[answer.letter.kind][answer.verdict] += 1
        print(f"\n{len(self.answers)} answers in {self.seconds:.1f} s, {len(self.answers) / self.seconds:.0f} a second")
        print(f"{'kind':<24}{'number':>8}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}  verdicts")
        for kind, taken in (seconds | rough.seconds).items():
            taken.sort()
            figures = "".join(f"{1000 * taken[int(part * (len(taken) - 1))]:>9.1f}" for part in (0.5, 0.99, 1))
            print(f"{kind:<24}{len(taken):>8}{figures}  " + ", ".join(f"{found} {count}" for found, count in verdicts[kind].items()))
        print("memory: " + ", ".join(f"{when} {size:.1f} MB" for when, size in self.memory.items()))

    def check_receipts(self):
        """Each names the message that it answers, and is signed by the gateway."""
        signer = types.SimpleNamespace(pem=(self.world.pki / "vietnam-signing.pem").read_bytes())
        for letter, _, found, body in self.answers:
            if letter.right == "accepted":
                receipt = etree.fromstring(body)
                self.assertEqual(receipt.findtext(f".//{ECO}Receipt/{ECO}FunctionalReferenceID"), letter.message_id)
                self.assertTrue(foreign.xmlsec_accepts(receipt, signer), body)

    def log(self):
        """How often each message stands in the log, page by page; a stranger's or a forger's never do."""
        counts, page = collections.Counter(), {"next": ""}
        while "next" in page:
            before = page["next"] and f"&before={page['next']}"
            page = self.world.api("vietnam", "GET", f"/messages?limit=499{before}")[2]
            counts.update((message["messageID"], message["state"]) for message in page["messages"])
        return counts

    def check_stop(self, rough):
        """The gateway ends soon, though clients are still there."""
        with rough.connect(), rough.connect(rough.half):
            start = time.monotonic()
            self.assertEqual(self.world.stop("vietnam"), 0)
        print(f"stopped in {time.monotonic() - start:.1f} s")
        self.assertLess(time.monotonic() - start, 30)


if __name__ == "__main__":
    unittest.main()
