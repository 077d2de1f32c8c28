"""A partner's gateway that a test plays: it keeps what comes and answers with receipts that python3-xmlsec signs. With it the files of
partners, and the ground of tests in which ours writes to them."""

import collections
import dataclasses
import datetime
import http.server
import json
import ssl

import yaml
from lxml import etree

import foreign_signer as foreign
import gateway
from xmlsec1 import DS, SOAP, WSSE11, WSU

Call = collections.namedtuple("Call", "path headers body")


@dataclasses.dataclass
class Words:
    """What a receipt's elements are called; `form` is that of the elements below the message."""

    namespace: str = "urn:coconect:eco:1"
    form: str = "qualified"
    names: dict = dataclasses.field(default_factory=dict)

    def receipt(self, message, id, digest, method):
        """The child of Body."""
        inner = {"FunctionalReferenceID": id, "ReceivedDateTime": now(), "DigestMethod": method, "DigestValue": digest}
        root = etree.Element(f"{{{self.namespace}}}{self.of(message)}", nsmap={None if self.below else "eco": self.namespace})
        receipt = etree.SubElement(root, self.below + self.of("Receipt"))
        for name, text in inner.items():
            etree.SubElement(receipt, self.below + self.of(name)).text = text
        return etree.tostring(root)

    @property
    def below(self):
        """The namespace of the elements below the message, as lxml writes it before a name."""
        return f"{{{self.namespace}}}" if self.form == "qualified" else ""

    def of(self, name):
        return self.names.get(name, name)


def now():
    return datetime.datetime.utcnow().isoformat(timespec="milliseconds") + "Z"


class PartnerServer(http.server.ThreadingHTTPServer):
    """Keeps each call; `answer` makes status, Content-Type and bytes of it."""

    daemon_threads = True

    def __init__(self, world, name, authority="tls-ca", newest=None):
        super().__init__(("127.0.0.1", 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(world.pki / f"{name}.pem", world.pki / f"{name}.key")
        tls.load_verify_locations(world.pki / f"{authority}.pem")
        tls.verify_mode = ssl.CERT_REQUIRED
        if newest:
            tls.maximum_version = newest
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.calls = []
        self.answer = None

    @property
    def url(self):
        return f"https://localhost:{self.server_port}"

    def handle_error(self, request, client_address):
        """A gateway that breaks off the handshake is what some tests are about."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        call = Call(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(call)
        status, kind, body = self.server.answer(call)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def version_of(envelope):
    return next(version for version, uri in SOAP.items() if etree.QName(envelope).namespace == uri)


def receipt(envelope, signer, words=Words(), confirmation="right", answered_in=None):
    """A signed receipt for a request in these words: the bytes. `confirmation` is right, wrong, unsigned, empty or absent."""
    body = envelope.find("{*}Body")
    (found,) = [r for r in envelope.iter(f"{{{DS}}}Reference") if r.get("URI") == "#" + body.get(f"{{{WSU}}}Id")]
    content = (answered_in or words).receipt(
        "SendCOResponse", body[0].findtext(words.below + words.of("FunctionalReferenceID")), found.findtext(f"{{{DS}}}DigestValue"),
        found.find(f"{{{DS}}}DigestMethod").get("Algorithm"))
    draft = foreign.Draft(signer, content, foreign.Shape(version=version_of(envelope), algorithm="p256-sha256"))
    parts = ["body-1", "time-1"]
    if confirmation != "absent":
        value = "".join(envelope.findtext(f".//{{{DS}}}SignatureValue").split())
        if confirmation == "wrong":
            value = ("B" if value[0] == "A" else "A") + value[1:]
        element = etree.Element(f"{{{WSSE11}}}SignatureConfirmation", {f"{{{WSU}}}Id": "confirmation-1"}, {"wsse11": WSSE11})
        if confirmation != "empty":
            element.set("Value", value)
        draft.timestamp.addnext(element)
        if confirmation != "unsigned":
            parts.append("confirmation-1")
    return draft.signed(parts)


class PartnerFiles:
    """Files of further partners beside the one that a world configures, each with a signer on P-256 of its own."""

    def __init__(self, world, party):
        self.world, self.party = world, party
        self.folder = world.folder / party / "partners"
        self.signers = {}

    def add(self, name, **keys):
        """A partner with these keys; what its messages say of it."""
        if name not in self.signers:
            self.signers[name] = foreign.Signer(self.world.pki, f"{name}-own", "p256")
        administration = self.administration(name)
        settings = {
            "administration": administration, "roles": ["inbound-gateway", "outbound-gateway"],
            "certificates": [f"../../pki/{name}-own.pem"], "endpoint": {"url": "https://localhost:1"},
        }
        endpoint = settings["endpoint"] | keys.pop("endpoint", {})
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(settings | keys | {"endpoint": endpoint}))
        return administration

    @staticmethod
    def administration(name):
        return {"country": "LA", "agency": f"Customs of {name}"}

    def to(self, name, **changes):
        """A certificate for a partner."""
        parties = {"sender": gateway.PARTIES[self.party], "receiver": self.administration(name)}
        return gateway.example(**(parties | changes))

    def of(self, name, **changes):
        """A certificate from a partner."""
        parties = {"sender": self.administration(name), "receiver": gateway.PARTIES[self.party]}
        return gateway.example(**(parties | changes))


def answered(call, signer, **options):
    """The partner's receipt: status, Content-Type and bytes."""
    envelope = etree.fromstring(call.body)
    return 200, gateway.CONTENT_TYPES[version_of(envelope)], receipt(envelope, signer, **options)


class Requests:
    """Korea writes to partners of many kinds; a server of the test takes what comes for all of them."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.server = PartnerServer(cls.world, "vietnam-tls")
        gateway.serve(cls.server, cls.addClassCleanup)
        cls.config = cls.world.configure("korea")
        cls.files = PartnerFiles(cls.world, "korea")

    def sent(self, name, dataset=None, files=None, config=None, **options):
        """One message to a partner, which answers with a receipt; what `send` reports."""
        files = files or self.files
        answer = lambda call: answered(call, files.signers[name], **options)
        return self.sent_for(answer, name, dataset or files.to(name), config)

    def sent_for(self, answer, name, dataset=None, config=None):
        """One message to a partner, which answers in this way; what `send` reports."""
        self.server.answer = answer
        dataset = json.dumps(dataset or self.files.to(name)).encode()
        arguments = ["send", "-", "--partner", name, "--config", config or self.config, "--format", "json"]
        _, output, errors = gateway.run(*arguments, input=dataset)
        return json.loads(output or "null") or errors
