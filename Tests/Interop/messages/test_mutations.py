"""Changed messages by the thousand: what is accepted says what was signed, and nothing takes the gateway down."""

import collections
import contextlib
import copy
import pathlib
import random
import tempfile
import time
import unittest

from lxml import etree

import foreign_signer as foreign
import gateway
from foreign_signer import DS, Shape
from xmlsec1 import SOAP, WSA, WSSE, WSU

SEED = 20261122
ROUNDS = 32  # of every kind of mutation for every original
PLENTY = {"requestsPerMinute": 1_000_000, "concurrentRequests": 100}
WRITER = etree.XMLParser(strip_cdata=False)
JUDGE = etree.XMLParser(collect_ids=False)  # otherwise lxml refuses an xml:id that is no name, which is no fatal error

# How each original is signed.
ORIGINALS = {
    "rsa, token": Shape(),
    "p256, issuer and serial": Shape("p256-sha256", token="IssuerSerial", prefixes="default", prefix_list="#default soap"),
    "rsa, certificate in KeyInfo": Shape("rsa-sha512", token="X509Data in KeyInfo", version="1.1", prefixes="other", id_style="Id"),
    "rsa, prefix list": Shape(token="thumbprint", prefix_list="soap wsse wsu", transform="enveloped", layout="indented"),
    "pss, path": Shape("pss-params-sha256", token="PKIPath", id_style="xml:id"),
}


INSERTED = [b" ", b"\n", b"\r", b"0", b"A", b"\0", b"\xc3\xa9", b"<!---->", b"<?a b?>", b"<x/>", b"&#65;", b"&amp;", b"]]>"]
LOOKED_INTO = ("Header", "Security", "Signature", "KeyInfo", "Body")
NAMES = [f"{{{WSU}}}Id", "Id", "{http://www.w3.org/XML/1998/namespace}id", "URI", "Algorithm", "{urn:example:other}a"]


# Mutations of bytes


def flip(random, data):
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1:]


def other_byte(random, data):
    """Another byte that XML may have, so that more than the parser is asked."""
    place = random.randrange(len(data))
    return data[:place] + random.choice(b"abcXYZ0189.+/= <>&\"'-").to_bytes(1, "big") + data[place + 1:]


def delete(random, data):
    place = random.randrange(len(data))
    return data[:place] + data[place + random.choice([1, 1, 2, 7, 60]):]


def insert(random, data):
    place = random.randrange(len(data))
    return data[:place] + random.choice(INSERTED) + data[place:]


def repeat(random, data):
    start, length = random.randrange(len(data)), random.choice([1, 4, 30, 300])
    return data[:start + length] + data[start:]


def swap(random, data):
    one, other = sorted(random.sample(range(len(data) - 8), 2))
    return data[:one] + data[other:other + 4] + data[one + 4:other] + data[one:one + 4] + data[other + 4:]


def text_digit(random, data):
    """A digit of some value becomes another."""
    places = [place for place, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    place = random.choice(places)
    return data[:place] + random.choice(b"0123456789").to_bytes(1, "big") + data[place + 1:]


def level(random, data):
    """What another writer might do to the whole message."""
    text = data.decode()
    return random.choice([
        lambda: data.replace(b"\n", b"\r\n"), lambda: b"\xef\xbb\xbf" + data, lambda: text.encode("utf-16"),
        lambda: data + b"\n<!-- end -->", lambda: data.replace(b"><", b">\n<"),
        lambda: data.replace(b"><", b"><!-- -->\n<", 6), lambda: data.replace(b" xmlns", b"  xmlns"),
        lambda: data.replace(b"><", b">\n<", random.randrange(20)), lambda: data.replace(b'"', b"'"),
    ])()


# Mutations of the tree


def elements(root):
    return [node for node in root.iter() if isinstance(node.tag, str)]


def detached(node):
    """The node without the text behind it, out of its place."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
    node.tail = None
    return node


def put(random, root, node):
    """The node anywhere in the tree; every second time right below an element that verification looks into."""
    outer = [element for element in elements(root) if etree.QName(element).localname in LOOKED_INTO]
    parent = random.choice(outer if outer and random.random() < 0.5 else elements(root))
    parent.insert(random.randrange(len(parent) + 1), node)


def some(random, root):
    """An element below the root; every second time one of those that verification looks for."""
    named = [node for node in elements(root)[1:] if etree.QName(node).namespace != "urn:coconect:eco:1"]
    return random.choice(named if random.random() < 0.6 else elements(root)[1:])


def move(random, root):
    node = detached(some(random, root))
    put(random, root, node)


def duplicate(random, root):
    put(random, root, copy.deepcopy(some(random, root)))


def remove(random, root):
    detached(some(random, root))


def wrap(random, root):
    node = some(random, root)
    parent, place = node.getparent(), node.getparent().index(node)
    wrapper = etree.Element(random.choice(["{urn:example:other}Wrapper", f"{{{DS}}}Object", f"{{{SOAP['1.2']}}}Body", parent.tag]))
    wrapper.append(detached(node))
    parent.insert(place, wrapper)


def rename(random, root):
    node = some(random, root)
    name = etree.QName(node)
    other = random.choice(elements(root)).tag
    node.tag = random.choice([name.localname, f"{{urn:example:other}}{name.localname}", node.tag + "X", other])


def forge(random, root):
    """Signature wrapping: a signed part goes elsewhere and a changed copy stands in its place, with or without its id."""
    body = root.find("{*}Body")
    signed = random.choice([body, body, root.find(f".//{{{WSU}}}Timestamp")])
    forged = copy.deepcopy(signed)
    parent, place = signed.getparent(), signed.getparent().index(signed)
    value = random.choice([node for node in elements(forged) if node.text])
    value.text = value.text.replace("2", "3") + random.choice(["", "0"])
    for name in list(forged.attrib):
        if random.random() < 0.5:
            del forged.attrib[name]
    parent.remove(signed)
    parent.insert(place, forged)
    if random.random() < 0.8:
        holder = etree.Element(random.choice(["{urn:example:other}Wrapper", f"{{{DS}}}Object"]))
        holder.append(signed)
        places = [root.find("{*}Header"), forged, root.find(f".//{{{DS}}}Signature"), root.find(f".//{{{DS}}}KeyInfo")]
        random.choice(places).append(holder)


def attribute(random, root):
    node = some(random, root)
    names = list(node.attrib) or ["Id"]
    name = random.choice(names + NAMES)
    values = [value for other in elements(root) for value in other.attrib.values()]
    if name in node.attrib and random.random() < 0.4:
        del node.attrib[name]
    else:
        node.set(name, random.choice(values + ["", "#", "#body-1", "body-1", "time-1", "#xpointer(/)", "1", "é"]))


def value(random, root):
    node = random.choice([node for node in elements(root) if node.text])
    place = random.randrange(len(node.text) + 1)
    edits = ["", node.text[:place], node.text + "A", node.text[:place] + " " + node.text[place:], random.choice(elements(root)).text or "0"]
    node.text = random.choice(edits)


def inside(random, root):
    """A comment, processing instruction, element or text where the signature may or may not look."""
    node = random.choice(elements(root))
    made = random.choice([etree.Comment("c"), etree.PI("p", "q"), etree.Element("x"), etree.Element(f"{{{WSSE}}}Password")])
    node.insert(random.randrange(len(node) + 1), made)
    made.tail = random.choice([None, "text", " "])


def namespace(random, root):
    """A declaration that a message does not need, on one element: prefixes that stand elsewhere for something else, too."""
    node = some(random, root)
    declared = {random.choice(["soap", "wsse", "e", "q"]): random.choice([WSU, DS, "urn:example:other"])}
    made = etree.Element(node.tag, node.attrib, declared)
    made.text, made.tail = node.text, node.tail
    made.extend(list(node))
    node.getparent().replace(node, made)


def exchange(random, root):
    """Two elements change places."""
    one, other = random.sample(elements(root)[1:], 2)
    if other in one.iterancestors() or one in other.iterancestors():
        return
    marks = [etree.Element("mark"), etree.Element("mark")]
    for node, mark in zip((one, other), marks):
        node.getparent().replace(node, mark)
    for node, mark in zip((other, one), marks):
        mark.getparent().replace(mark, node)


OF_BYTES = [flip, other_byte, delete, insert, repeat, swap, text_digit, level]
OF_TREES = [move, duplicate, remove, wrap, rename, forge, attribute, value, inside, namespace, exchange]


def on_tree(mutation, random, data):
    root = etree.fromstring(data, WRITER)
    mutation(random, root)
    return etree.tostring(root)


def signed_content(data):
    """What is signed and read: the canonical forms of the Body's child and of the Timestamp, each where it belongs."""
    root = etree.fromstring(data, JUDGE)
    timestamps = root.findall(f"{{*}}Header/{{{WSSE}}}Security/{{{WSU}}}Timestamp")
    children = elements(root.find("{*}Body"))[1:2]
    return [foreign.canonical(part) for part in children + timestamps]


@contextlib.contextmanager
def kept_on_failure(name, data):
    """Leaves the message in a file, because keys and times differ in the next run."""
    try:
        yield
    except Exception:
        path = pathlib.Path(tempfile.gettempdir()) / f"coconect-mutation-{name}.xml"
        path.write_bytes(data)
        print(f"\nthe message is in {path}")
        raise


class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.signers = {kind: foreign.Signer(cls.world.pki, f"foreign-{kind}", kind) for kind in ("rsa", "p256")}
        certificates = [f"../../pki/{signer.path.name}" for signer in cls.signers.values()]
        tls = {"certificate": "../pki/vietnam-tls.pem", "key": "../pki/vietnam-tls.key", "anchors": "../pki/tls-ca.pem"}
        soap = {"host": "127.0.0.1", "port": cls.world.ports["vietnam"]["soap"], "tls": tls, **PLENTY}
        cls.world.start("vietnam", soap=soap, partner={"certificates": certificates})
        cls.content = foreign.content_of(gateway.example())
        cls.line = foreign.Line(cls.world)
        cls.addClassCleanup(cls.line.close)
        cls.counts = collections.defaultdict(collections.Counter)
        cls.addClassCleanup(cls.report)

    @classmethod
    def report(cls):
        print(f"\n{'mutation':<12}{'sent':>6}{'accepted':>10}  refused by code")
        total = collections.Counter()
        for kind, found in cls.counts.items():
            total += found
            cls.print_row(kind, found)
        cls.print_row("all", total, 20)

    @staticmethod
    def print_row(kind, found, width=5):
        refused = collections.Counter({code: count for code, count in found.items() if code != "accepted"})
        codes = ", ".join(f"{code} {count}" for code, count in refused.most_common(width))
        print(f"{kind:<12}{found.total():>6}{found['accepted']:>10}  {codes}{', …' if len(refused) > width else ''}")

    def original(self, shape):
        """A message that the gateway accepts, with a header that is not signed, and who signed it."""
        signer = self.signers[foreign.ALGORITHMS[shape.algorithm][0]]
        header = etree.Element(f"{{{WSA}}}ReplyTo")
        etree.SubElement(header, f"{{{WSA}}}Address").text = WSA + "/anonymous"
        data = foreign.Draft(signer, foreign.with_own_id(self.content), shape, headers=[header]).signed()
        self.assertEqual(self.line.post(data, shape.version), (200, None), data.decode())
        return data, signer

    def judge(self, kind, data, shape, signer, expected):
        """Sends, counts, and holds the answer against what every answer must be."""
        start = time.monotonic()
        status, refusal = self.line.post(data, shape.version)
        self.slowest = max(self.slowest, time.monotonic() - start)
        self.counts[kind]["accepted" if refusal is None else refusal[1]] += 1
        self.assertIn((status, refusal is None), [(200, True), (500, False)])
        self.assertNotIn(refusal, [(412, "second-opinion"), (903, "internal-error")])
        # Rules from 600 on are asked after the signature held: what they judge must be what was signed, too.
        if refusal is not None and refusal[0] < 600:
            return
        self.assertEqual(signed_content(data), expected)
        if not shape.algorithm.startswith("pss"):
            self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(data, JUDGE), signer))

    def mutate(self, kind, mutation):
        for index, (name, shape) in enumerate(ORIGINALS.items()):
            data, signer = self.original(shape)
            expected = signed_content(data)
            for round in range(ROUNDS):
                mutated = mutation(random.Random(f"{SEED} {kind} {index} {round}"), data)
                with self.subTest(kind=kind, original=name, round=round), kept_on_failure(f"{kind}-{index}-{round}", mutated):
                    self.judge(kind, mutated, shape, signer, expected)
            message_id = etree.fromstring(data).findtext(f".//{foreign.ECO}FunctionalReferenceID")
            self.assertEqual(len(self.world.messages("vietnam", message_id)), 1, "a changed message was taken for another")

    def setUp(self):
        self.slowest = 0

    def tearDown(self):
        self.assertIsNone(self.world.servers["vietnam"].poll(), "the gateway is gone")
        self.assertLess(self.slowest, 30, "seconds of the slowest answer")

    def test_mutated_messages_are_never_accepted_with_other_content(self):
        for mutation in OF_BYTES:
            self.mutate(mutation.__name__, mutation)
        for mutation in OF_TREES:
            self.mutate(mutation.__name__, lambda random, data: on_tree(mutation, random, data))

    def test_parts_of_two_good_messages_put_together_are_refused(self):
        """A part of one message in another of the same signer that was signed a second later."""
        first = [self.original(shape)[0] for shape in ORIGINALS.values()]
        time.sleep(1.1)
        for one, (name, shape) in zip(first, ORIGINALS.items()):
            other, signer = self.original(shape)
            for part in ("Body", "SendCO", "Timestamp", "Signature", "SignedInfo", "SignatureValue"):
                with self.subTest(original=name, part=part):
                    root, source = etree.fromstring(one), etree.fromstring(other)
                    old, new = (tree.find(f".//{{*}}{part}") for tree in (root, source))
                    old.getparent().replace(old, new)
                    self.judge("mixed", etree.tostring(root), shape, signer, None)


if __name__ == "__main__":
    unittest.main()
