"""What tests of partners' toolkits share: the folder that a partner's program runs in, a relay that sees and changes what passes, and what
a partner's server must do when we call it."""

import collections
import http.server
import json
import os
import socket
import ssl
import subprocess
import urllib.request

import certificates
import gateway
from partners import matrix
from ports import free_port

Call = collections.namedtuple("Call", "headers request answer")


def identity(world, sender, partner):
    """A folder from which a partner's program speaks for one party and trusts another."""
    folder = world.folder / f"{sender}-to-{partner}"
    folder.mkdir(exist_ok=True)
    files = {
        "signing.key": [f"{sender}-signing.key"], "signing.pem": [f"{sender}-signing.pem"], "partner.pem": [f"{partner}-signing.pem"],
        "tls.pem": [f"{sender}-tls.pem", f"{sender}-tls.key"], "tls-ca.pem": ["tls-ca.pem"],
    }
    for name, parts in files.items():
        (folder / name).write_bytes(b"".join((world.pki / part).read_bytes() for part in parts))
    return folder


def changed(content, change):
    """The content with the first of a change's two pieces replaced by the other, once; the piece must be there."""
    if change is None:
        return content
    assert content.count(change[0]) == 1, (change, content)
    return content.replace(*change)


class Relay(http.server.ThreadingHTTPServer):
    """Stands before a party's gateway under the same TLS certificate; may change each request or answer, and keeps what passed."""

    daemon_threads = True

    def __init__(self, world, name, request=None, answer=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.world, self.name, self.request, self.answer = world, name, request, answer
        self.calls = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(world.pki / f"{name}-tls.pem", world.pki / f"{name}-tls.key")
        context.load_verify_locations(world.pki / "tls-ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def url(self, operation):
        return f"https://localhost:{self.server_port}/{operation}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # or Expect: 100-continue gets no answer

    def do_POST(self):
        relay = self.server
        request = changed(self.rfile.read(int(self.headers["Content-Length"])), relay.request)
        handed_on = {"SOAPAction": self.headers["SOAPAction"]} if "SOAPAction" in self.headers else {}
        sender = gateway.counterpart(relay.name)
        status, headers, answer = relay.world.post(relay.name, request, self.path, self.headers["Content-Type"], handed_on, sender)
        answer = changed(answer, relay.answer)
        relay.calls.append(Call(self.headers, request, answer))
        self.send_response(status)
        self.send_header("Content-Type", headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class AnsweringCase:
    """Korea's gateway calls Viet Nam, a server of the toolkit. A test case with it has a `world`, starts the server by `serve`, and has the
    `toolkit` with its version."""

    # The HTTP statuses of its faults.
    refusal_statuses = {"1.1": 500, "1.2": 500}

    @classmethod
    def serve(cls, *command, folder, **variables):
        """Starts a server; {} in its command becomes its address."""
        port = free_port()
        cls.url = f"http://127.0.0.1:{port}"
        cls.log = cls.world.folder / "server.log"
        command = [str(part).format(f"127.0.0.1:{port}") for part in command]
        with open(cls.log, "wb") as log:
            server = subprocess.Popen(command, cwd=folder, env=os.environ | variables, stdout=log, stderr=log)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        gateway.until(30, "the server is there", lambda: cls.answers(port))

    @staticmethod
    def answers(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def start_korea(self, version):
        """Korea's gateway, which calls over a version of SOAP; the number of a certificate of its own, and of one of Viet Nam's."""
        self.world.start("korea", partner={"endpoint": {"url": self.url, "soapVersion": version}})
        self.addCleanup(self.world.stop, "korea")
        received = certificates.certificate(certificates.number(), **self.parties("vietnam"))
        status, _, answer = self.world.post("korea", self.world.signed(received, sender="vietnam"), sender="vietnam")
        self.assertEqual(status, 200, answer)
        return certificates.number(), received["id"]

    @staticmethod
    def parties(sender):
        return {"sender": gateway.PARTIES[sender], "receiver": gateway.PARTIES[gateway.counterpart(sender)]}

    def test_its_signed_receipt_is_taken_and_its_signed_fault_is_final(self):
        for version in gateway.CONTENT_TYPES:
            own, received = self.start_korea(version)
            for operation, provider in gateway.PROVIDERS.items():
                with self.subTest(operation, version=version):
                    number = own if provider == "vietnam" else received
                    for remark, state in [("refuse", "rejected"), ("take", "acknowledged")]:
                        dataset = certificates.about(operation, number, remarks=[remark], **self.parties("korea"))
                        if "amendment" in dataset:
                            dataset["amendment"]["certificate"]["id"] = number
                        path = f"/partners/vietnam/{operation}"
                        view = self.world.api("korea", "POST", path, dataset, {"Prefer": "wait=20"})[2]
                        said = f"{view}\n{self.log.read_text()}"
                        self.assertEqual(view.get("message", {}).get("state"), state, said)
                        if state == "rejected":
                            self.assertIn("Not this one.", json.dumps(view))
                    matrix.note(*self.toolkit, operation, "called by us", "receipt taken, fault taken", soap=version)
            self.doCleanups()

    def test_it_refuses_our_request_when_one_digit_was_changed(self):
        """So that its receipt above means something."""
        dataset = gateway.example()
        for version, content_type in gateway.CONTENT_TYPES.items():
            request = self.world.signed(dataset, version=version)
            for change, wanted in [(None, 200), ((b">812.500<", b">812.501<"), self.refusal_statuses[version])]:
                with self.subTest(version, change=change):
                    headers = {"Content-Type": content_type, "SOAPAction": '"urn:coconect:eco:1:SendCO"'}
                    call = urllib.request.Request(f"{self.url}/send-co", data=changed(request, change), headers=headers)
                    status, _, answer = gateway.answer(call)
                    self.assertEqual(status, wanted, answer)
                    self.assertEqual(self.world.verify(answer, self.world.trust("vietnam"))[0], 0, answer)
                    if change:
                        matrix.note(*self.toolkit, "send-co", "called by us", "changed message refused", soap=version)
