"""Real gateways for the tests: each in a folder of its own, on free loopback ports, stopped at the end."""

import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

import yaml

import xmlsec1
from ports import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("COCONECT_COMMAND") or str(ROOT / ".build/debug/coconect-soap")
EXAMPLES = ROOT / "wsdl/examples"
EXAMPLE = EXAMPLES / "send-co.json"
AGREEMENTS = sorted(path.stem.split("-")[1].upper() for path in (ROOT / "Sources/Datasets/Resources").glob("agreement-*.yaml"))

PARTIES = {
    "vietnam": {"country": "VN", "agency": "General Department of Viet Nam Customs"},
    "korea": {"country": "KR", "agency": "Korea Customs Service"},
}

# Who receives the example of an operation, and the only role toward its sender that each party holds for that.
PROVIDERS = {
    "send-co": "vietnam", "send-amendment-notification": "vietnam", "send-cancelation-status": "korea", "send-feedback": "korea",
}
ROLES = {"vietnam": "inbound-gateway", "korea": "outbound-gateway"}

CONTENT_TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}

SLOWER = 4  # how much slower than where the tests were written a machine may be; who is done sooner waits for nothing
HANGS = 900  # seconds after which a command does not end any more


def environment():
    """The environment without variables that would override a configuration under test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COCONECT_")}


def run(*arguments, input=None):
    """Runs the command; its exit status, standard output and standard error."""
    done = subprocess.run([COMMAND, *map(str, arguments)], input=input, capture_output=True, env=environment(), timeout=HANGS)
    return done.returncode, done.stdout, done.stderr.decode()


def example(**changes):
    """The example certificate as a dict, with a message id of its own."""
    dataset = json.loads(EXAMPLE.read_text())
    dataset["functionalReferenceId"] = uuid.uuid4().hex
    dataset.update(changes)
    return dataset


def example_of(operation):
    """The example of an operation as a dict and as XML, both with the same message id of its own."""
    dataset = json.loads((EXAMPLES / f"{operation}.json").read_text())
    own = uuid.uuid4().hex
    content = (EXAMPLES / f"{operation}.xml").read_text().replace(dataset["functionalReferenceId"], own)
    return dataset | {"functionalReferenceId": own}, content


def counterpart(name):
    return "korea" if name == "vietnam" else "vietnam"


class World:
    """A folder with a PKI and up to two gateways, Viet Nam's and Korea's, that know each other."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coconect-"))
        self.pki = self.folder / "pki"
        subprocess.run([ROOT / "certs/make-dev-pki", COMMAND, self.pki], check=True, stdout=subprocess.DEVNULL)
        self.ports = {name: {"soap": free_port(), "api": free_port()} for name in PARTIES}
        self.servers = {}

    def close(self):
        for name in list(self.servers):
            self.stop(name)
        shutil.rmtree(self.folder)

    def soap_url(self, name):
        return f"https://localhost:{self.ports[name]['soap']}"

    def api_url(self, name):
        return f"http://127.0.0.1:{self.ports[name]['api']}"

    def configure(self, name, partner=None, **changes):
        """Writes the configuration of a party, with changes to its keys and to those of its partner's file; its path."""
        other = counterpart(name)
        home = self.folder / name
        (home / "partners").mkdir(parents=True, exist_ok=True)
        tls = {"certificate": f"../pki/{name}-tls.pem", "key": f"../pki/{name}-tls.key", "anchors": "../pki/tls-ca.pem"}
        settings = {
            "environment": "dev",
            "administration": PARTIES[name],
            "publicURL": self.soap_url(name),
            "identity": {"certificate": f"../pki/{name}-signing.pem", "key": f"../pki/{name}-signing.key"},
            "soap": {"host": "127.0.0.1", "port": self.ports[name]["soap"], "tls": tls},
            "partnerTLS": tls,
            "api": {"host": "127.0.0.1", "port": self.ports[name]["api"]},
            "store": {"sqlite": "store.sqlite"},
            "security": {"secondEngine": "on"},
        }
        settings.update(changes)
        certificates = [f"../../pki/{other}-signing.pem"] + (["../../pki/korea-signing-p256.pem"] if other == "korea" else [])
        partner_settings = {
            "administration": PARTIES[other],
            "roles": ["inbound-gateway", "outbound-gateway"],
            "certificates": certificates,
            "endpoint": {"url": self.soap_url(other)},
        }
        partner_settings.update(partner or {})
        (home / "gateway.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True))
        (home / "partners" / f"{other}.yaml").write_text(yaml.safe_dump(partner_settings, allow_unicode=True))
        return home / "gateway.yaml"

    def start(self, name, **changes):
        path = self.configure(name, **changes)
        with open(self.log(name), "ab") as log:
            self.servers[name] = subprocess.Popen([COMMAND, "serve", "--config", path], stderr=log, env=environment())
        deadline = time.monotonic() + 30 * SLOWER
        while time.monotonic() < deadline:
            if self.servers[name].poll() is not None:
                raise RuntimeError(f"the gateway did not start:\n{self.log_text(name)}")
            try:
                socket.create_connection(("127.0.0.1", self.ports[name]["soap"]), 0.2).close()
                urllib.request.urlopen(self.api_url(name) + "/health/ready", timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the gateway is not ready after {30 * SLOWER} s:\n{self.log_text(name)}")

    def start_in_roles(self):
        """Starts both parties, each in the one role that the examples of the operations give it."""
        for name, role in ROLES.items():
            self.start(name, partner={"roles": [role]})

    def stop(self, name, how=signal.SIGTERM):
        server = self.servers.pop(name)
        server.send_signal(how)
        return server.wait(30 * SLOWER)

    def log(self, name):
        return self.folder / f"{name}.log"

    def log_text(self, name):
        return self.log(name).read_text() if self.log(name).exists() else ""

    def client_context(self, name):
        """The TLS context of a party that calls the other."""
        context = ssl.create_default_context(cafile=self.pki / "tls-ca.pem")
        context.load_cert_chain(self.pki / f"{name}-tls.pem", self.pki / f"{name}-tls.key")
        return context

    def post(self, name, body, path="/send-co", content_type="application/soap+xml; charset=utf-8", headers=None, sender="korea"):
        """POSTs raw bytes to a party's SOAP listener; status, headers, body."""
        request = urllib.request.Request(self.soap_url(name) + path, data=body, method="POST", headers=headers or {})
        if content_type is not None:
            request.add_header("Content-Type", content_type)
        return answer(request, self.client_context(sender))

    def api(self, name, method, path, body=None, headers=None):
        """Calls a party's JSON API; status, headers, the JSON."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.api_url(name) + path, data=data, method=method, headers=headers)
        status, headers, text = answer(request)
        return status, headers, json.loads(text)

    def issue(self, name, wait=0, **changes):
        """Hands a party's gateway a certificate for the other, so that what is said of it later is known; waits so many seconds
        for the receipt. The dataset."""
        parties = {"sender": PARTIES[name], "receiver": PARTIES[counterpart(name)]}
        dataset = example(**(parties | changes))
        status, _, answer = self.api(name, "POST", f"/partners/{counterpart(name)}/send-co", dataset, {"Prefer": f"wait={wait}"})
        assert status in (200, 202), answer
        return dataset

    def kept(self, name, message, content):
        """The bytes that a party keeps of a message, such as its request.xml."""
        status, _, data = answer(urllib.request.Request(f"{self.api_url(name)}/messages/{message}/{content}"))
        assert status == 200, data
        return data

    def messages(self, name, message_id):
        """Every message of a party's log with this message id."""
        return self.api(name, "GET", "/messages?messageId=" + message_id)[2]["messages"]

    def signed(self, dataset, sender="korea", key=None, version="1.2", **options):
        """A request signed by our own command."""
        key = key or f"{sender}-signing"
        arguments = ["sign", "-", "--certificate", self.pki / f"{key}.pem", "--key", self.pki / f"{key}.key", "--soap-version", version]
        for name, value in options.items():
            arguments += [f"--{name}", value]
        status, output, errors = run(*arguments, input=json.dumps(dataset).encode())
        assert status == 0, errors
        return output

    def signed_by_xmlsec1(self, dataset, change=None, sender="korea", key=None, **options):
        """A request signed by xmlsec1, after a change (old and new bytes) that our own command would refuse to sign."""
        status, content, errors = run("convert", "--to", "xml", "-", input=json.dumps(dataset).encode())
        assert status == 0, errors
        if change:
            assert change[0] in content, change[0]
            content = content.replace(*change)
        key = self.pki / (key or f"{sender}-signing")
        return xmlsec1.sign(content.strip(), f"{key}.key", f"{key}.pem", **options)

    def verify(self, message, trust):
        """Our command's verdict on a message, given a folder of trusted certificates: exit status and report."""
        status, output, errors = run("verify", "-", "--trust", trust, "--format", "json", input=message)
        return status, json.loads(output or "{}") or errors

    def trust(self, name):
        """A folder that trusts one party's signing certificates."""
        folder = self.folder / f"trust-{name}"
        folder.mkdir(exist_ok=True)
        shutil.copy(self.pki / f"{name}-signing.pem", folder / f"{name}.pem")
        return folder


def until(seconds, what, condition):
    """The first true value of a condition that is asked again and again; an AssertionError when the time is over."""
    seconds *= SLOWER
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def serve(server, add_cleanup):
    """Runs an HTTP server beside the tests until their cleanup."""
    threading.Thread(target=server.serve_forever).start()
    add_cleanup(server.server_close)
    add_cleanup(server.shutdown)


def answer(request, context=None):
    try:
        with urllib.request.urlopen(request, timeout=60, context=context) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
