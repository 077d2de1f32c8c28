"""HTTP to Viet Nam's gateway on a raw connection of TLS: a test writes every byte itself, and reads every byte of the answer."""

import collections
import http.client
import re
import socket
import types
import unittest

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import ECO
from xmlsec1 import SOAP

MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
REMARK = "Đồng Nai, 한국 𠮷 – €"


def head(*fields, http="1.1", target="/send-co"):
    """A request's head; the fields as lines."""
    return "\r\n".join([f"POST {target} HTTP/{http}", "Host: localhost", *fields, "", ""]).encode()


def content_type(version, parameters="; charset=utf-8"):
    return f"Content-Type: {MEDIA_TYPES[version]}{parameters}"


def length(body):
    return f"Content-Length: {len(body)}"


def chunks(body, *sizes, extension="", trailer="", spelling="{:x}"):
    """A body in chunks of those sizes, over and over."""
    made, start, count = [], 0, 0
    while start < len(body):
        chunk = body[start:start + sizes[count % len(sizes)]]
        made.append(spelling.format(len(chunk)).encode() + extension.encode() + b"\r\n" + chunk + b"\r\n")
        start, count = start + len(chunk), count + 1
    return b"".join(made) + f"0{extension}\r\n{trailer}\r\n".encode()


Answer = collections.namedtuple("Answer", "status headers body")


class Wire:
    """A connection to Viet Nam's gateway on which a test writes every byte itself."""

    def __init__(self, world):
        plain = socket.create_connection(("localhost", world.ports["vietnam"]["soap"]), 6)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # An end without a good-bye of TLS is an error, as it is for many clients.
        self.socket = world.client_context("korea").wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def interim(self):
        """The status of an answer that goes before the real one, `None` where none comes."""
        try:
            status = self._status()
        except TimeoutError:
            return None
        assert not http.client.parse_headers(self.file).keys()
        return status

    def answer(self):
        status = self._status()
        while status == 100:
            http.client.parse_headers(self.file)
            status = self._status()
        headers = http.client.parse_headers(self.file)
        return Answer(status, headers, self.file.read(int(headers["Content-Length"])))

    def has_ended(self):
        try:
            return self.file.read(1) == b""
        except TimeoutError:
            return False

    def _status(self):
        line = self.file.readline()
        assert line.startswith(b"HTTP/1."), line
        return int(line.split()[1])


class WireCase(unittest.TestCase):
    """Viet Nam's gateway, to which Korea sends messages of any layout over a wire."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.signer = foreign.Signer(cls.world.pki, "foreign")
        cls.world.start("vietnam", partner={"certificates": ["../../pki/foreign.pem"]})
        cls.receiver = types.SimpleNamespace(pem=(cls.world.pki / "vietnam-signing.pem").read_bytes())
        cls.content = foreign.content_of(gateway.example(remarks=[REMARK]))
        cls.url = cls.world.soap_url("vietnam") + "/send-co"

    def setUp(self):
        self.wire = self.connect()

    def connect(self):
        wire = Wire(self.world)
        self.addCleanup(wire.close)
        return wire

    def signed(self, message):
        """A message with an id of its own, and what its receipt must give back."""
        content = foreign.with_own_id(self.content)
        body, digest = message.signed(self.signer, content)
        return body, (re.search(rb"<FunctionalReferenceID>([^<]*)", content)[1].decode(), digest)

    def made(self, message):
        """As `signed`; xmlsec must agree that it is signed well."""
        body, expected = self.signed(message)
        self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(body), self.signer), body)
        return body, expected

    def request(self, body, version, *fields, parameters="; charset=utf-8"):
        return head(content_type(version, parameters), length(body), *fields) + body

    def assertReceipt(self, expected, answer, version, body=b""):
        """A signed receipt for this message."""
        envelope = etree.fromstring(answer.body)
        receipt = envelope.find(f"{{{SOAP[version]}}}Body/*/{ECO}Receipt")
        if receipt is None:
            self.fail(f"{answer.status} {answer.body.decode()}\n{self.world.log_text('vietnam').splitlines()[-1]}\n{body}")
        self.assertEqual((answer.status, answer.headers.get_content_type()), (200, MEDIA_TYPES[version]))
        found = tuple(receipt.findtext(f".//{ECO}{name}") for name in ("FunctionalReferenceID", "DigestValue"))
        self.assertEqual(found, expected)
        self.assertTrue(foreign.xmlsec_accepts(envelope, self.receiver))

    def assertAccepted(self, message, **options):
        body, expected = self.made(message)
        self.wire.send(self.request(body, message.version, **options))
        self.assertReceipt(expected, self.wire.answer(), message.version, body)

    def assertRefused(self, rule, body, version="1.2"):
        """A signed fault that names the rule; the fault."""
        self.wire.send(self.request(body, version))
        answer = self.wire.answer()
        envelope = etree.fromstring(answer.body)
        fault = envelope.find(f"{{{SOAP[version]}}}Body/{{{SOAP[version]}}}Fault")
        self.assertIsNotNone(fault, answer.body)
        self.assertEqual((answer.status, int(fault.findtext(f".//{ECO}Rule")), fault.findtext(f".//{ECO}Code")), (500, *rule))
        self.assertTrue(foreign.xmlsec_accepts(envelope, self.receiver))
        return fault
