"""Attachments as parts of MTOM's packages, as others write and read them: by hand, byte for byte, and by Python's email package."""

import base64
import dataclasses
import email
import email.mime.application
import email.mime.multipart
import email.policy
import hashlib
import random

from lxml import etree

XOP = "http://www.w3.org/2004/08/xop/include"
ACTION = "urn:coconect:eco:1:SendCO"
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}

# A million bytes; some in which lines end in every way and something stands that looks like a boundary; and a few that make no part.
LARGE = random.Random(1).randbytes(1_000_000)
SMALL = b"\r\n--boundary1\r\n--\n\r\x00--boundary-2--\r\n\xff<xop:Include/>" * 5
TINY = b"tiny"
BOUNDARY = "boundary"


def attachment(name, content):
    written = {"mediaType": "application/pdf", "fileName": name, "sha256": hashlib.sha256(content).hexdigest()}
    return written | {"content": base64.b64encode(content).decode()}


def with_attachments(dataset):
    return dataset | {"attachments": [attachment("a.pdf", LARGE), attachment("b.pdf", SMALL), attachment("c.pdf", TINY)]}


@dataclasses.dataclass
class Part:
    id: str
    content: bytes
    encoding: str = "binary"
    kind: str = "application/octet-stream"
    # The whole header where it is spelled otherwise.
    head: bytes | None = None

    def written(self, line):
        if self.head is not None:
            return self.head + self.content
        head = [f"Content-Type: {self.kind}", f"Content-Transfer-Encoding: {self.encoding}", f"Content-ID: {self.id}"]
        content = base64.encodebytes(self.content).replace(b"\n", line) if self.encoding.lower() == "base64" else self.content
        return line.join([*(field.encode() for field in head), b"", b""]) + content


@dataclasses.dataclass
class Package:
    """How a message with two attachments is packed: the root that has an Include for each, and the parts."""

    version: str = "1.2"
    # The Content-IDs as parts have them, and as the Includes write them.
    ids: tuple = ("<one@example>", "<two@example>")
    hrefs: tuple = ("cid:one@example", "cid:two@example")
    include: str = '<xop:Include xmlns:xop="{}" href="{}"/>'
    root: Part = dataclasses.field(default_factory=lambda: Part("<root@example>", b""))
    encodings: tuple = ("binary", "binary")
    line: bytes = b"\r\n"
    preamble: bytes = b""
    epilogue: bytes = b""
    padding: bytes = b""
    places: tuple = (0, 1, 2)
    # Parameters of the package's Content-Type; `None` leaves one out.
    parameters: dict = dataclasses.field(default_factory=dict)

    def rooted(self, message):
        for href, content in zip(self.hrefs, (LARGE, SMALL)):
            text = base64.b64encode(content)
            assert message.count(text) == 1
            message = message.replace(text, self.include.format(XOP, href).encode())
        kind = f'application/xop+xml; charset=UTF-8; type="{MEDIA_TYPES[self.version]}"'
        return dataclasses.replace(self.root, content=message, kind=kind)

    def parts(self, message):
        attached = [Part(*values) for values in zip(self.ids, (LARGE, SMALL), self.encodings)]
        parts = [self.rooted(message), *attached]
        return [parts[place] for place in self.places]

    def packed(self, message, change=lambda parts: parts):
        """Content-Type and body."""
        delimiter = b"--" + BOUNDARY.encode()
        body = self.preamble
        for part in change(self.parts(message)):
            body += delimiter + self.padding + self.line + part.written(self.line) + self.line
        return self.content_type, body + delimiter + b"--" + self.line + self.epilogue

    @property
    def content_type(self):
        parameters = {
            "type": '"application/xop+xml"', "start": '"<root@example>"', "start-info": f'"{MEDIA_TYPES[self.version]}"',
            "boundary": f'"{BOUNDARY}"',
        } | self.parameters
        return "; ".join(["multipart/related", *(f"{name}={value}" for name, value in parameters.items() if value is not None)])


def by_email(message, version="1.2"):
    """As Python's email package packs it: everything it writes itself, lines that end in LF inside, base64."""
    package = Package(version)
    whole = email.mime.multipart.MIMEMultipart("related", type="application/xop+xml", start="<root@example>")
    whole.set_param("start-info", MEDIA_TYPES[version])
    for part in package.parts(message):
        made = email.mime.application.MIMEApplication(part.content, "xop+xml" if part.id == "<root@example>" else "octet-stream")
        made["Content-ID"] = part.id
        if part.id == "<root@example>":
            made.set_param("charset", "UTF-8")
            made.set_param("type", MEDIA_TYPES[version])
        whole.attach(made)
    written = whole.as_bytes(policy=email.policy.SMTP.clone(max_line_length=None))
    head, _, body = written.partition(b"\r\n\r\n")
    return email.message_from_bytes(head + b"\r\n\r\n")["Content-Type"].replace("\r\n", ""), body


def read(kind, body):
    """The root and the other parts by their Content-IDs, as Python's email package reads a package."""
    whole = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP)
    assert whole.get_content_type() == "multipart/related" and not whole.defects, whole.defects
    assert whole.get_param("type") == "application/xop+xml"
    parts = {part["Content-ID"]: part for part in whole.iter_parts()}
    root = parts.pop(whole.get_param("start"))
    assert root.get_content_type() == "application/xop+xml" and root.get_param("type") == whole.get_param("start-info")
    assert {part["Content-Transfer-Encoding"] for part in [root, *parts.values()]} == {"binary"}
    return root, {id.strip("<>"): part.get_payload(decode=True) for id, part in parts.items()}


def unpacked(kind, body):
    """The document that the signature is over, and how many parts were put back."""
    root, parts = read(kind, body)
    document = etree.fromstring(root.get_payload(decode=True))
    includes = document.findall(f".//{{{XOP}}}Include")
    assert {include.get("href").removeprefix("cid:") for include in includes} == set(parts) and len(includes) == len(parts)
    for include in includes:
        holder = include.getparent()
        holder.remove(include)
        holder.text = base64.b64encode(parts[include.get("href").removeprefix("cid:")]).decode()
    return etree.tostring(document), len(includes)
