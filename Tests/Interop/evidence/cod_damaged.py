"""Damaged COD documents: each function takes the bytes of a document that cod.py made and gives those of another.

What the two signatures are still worth afterwards is in the words of each function; `cod.xmlsec1_of` says the same.
"""

import copy

from lxml import etree

from evidence.cod import ENVELOPE, PROLOG, find, signed, written
from xmlsec1 import DS


def changed(document, name="GoodsItemName", value="Otra mercadería", ordinal=0):
    """The text of the first element of that name, or of another by its number, is something else."""
    root = etree.fromstring(document)
    list(root.iter(name))[ordinal].text = value
    return written(root)


def changed_entity(document, name="EHName", value="Cámara Falsa"):
    """The data of the issuing entity are something else; the exporter's signature is untouched."""
    return changed(document, name, value)


def removed(document, name, ordinal=0):
    """Without the first element of that name; the officer's Signature is `removed(document, "{*}Signature", 1)`."""
    root = etree.fromstring(document)
    found = list(root.iter(name))[ordinal]
    found.getparent().remove(found)
    return written(root)


def added(document, parent, name, value):
    """One more element at the end of the first element `parent`: one that no form has, or one that repeats."""
    root = etree.fromstring(document)
    etree.SubElement(next(root.iter(parent)), name).text = value
    return written(root)


def exporter_replaced(document, signer, profile="production"):
    """Another one signed in the exporter's place: a good signature of #COD that the officer never saw."""
    return signed(removed(document, f"{{{DS}}}Signature"), signer, "COD", profile)


def signed_twice(document, signer, id="COD", profile="production"):
    """Two signatures of the same element, which no program may make."""
    return signed(document, signer, id, profile)


def officer_over_cod(document, officer, profile="production"):
    """A document of stage 3 that the officer signs in the right place, but over the exporter's data alone."""
    return signed(document, officer, "COD", profile, role="officer", after="CODEH")


def officer_over_all(document, officer, profile="production"):
    """A document of stage 3 that the officer signs as a whole instead of CODEH."""
    return signed(document, officer, None, profile, role="officer", after="CODEH")


def officer_over_nothing(document, officer, profile="production"):
    """The officer signs an element of his own beside the certificate, with an id of its own."""
    root = etree.fromstring(document)
    find(root, "CODEH").addnext(etree.Element("Note", id="NOTE"))
    return signed(written(root), officer, "NOTE", profile, role="officer")


def key_forged(document, signer, officer, profile="production"):
    """A document of stage 3 signed by a stranger whose key stands in KeyValue, with the officer's own certificate beside it."""
    return signed(document, signer, "CODEH", profile, shown=officer, key_value=signer)


# Where a signed element can be hidden so that its id is still found: a function of root and element each. The schema allows "foreign".
PLACES = {
    "header": lambda root, part: _header(root).append(part),
    "foreign": lambda root, part: etree.SubElement(_header(root), "{urn:example:other}Other").append(part),
    "beside": lambda root, part: root[-1].append(part),
    "object": lambda root, part: etree.SubElement(root.findall(f".//{{{DS}}}Signature")[-1], f"{{{DS}}}Object").append(part),
    "inside": lambda root, part: root.find(".//CODEH").append(part),
}


def _header(root):
    header = root.find(f"{{{ENVELOPE}}}Header")
    if header is None:
        header = etree.Element(f"{{{ENVELOPE}}}Header")
        root.insert(0, header)
    return header


def wrapped(document, place="header", name="ImporterBusinessName", value="Importadora Falsa", id=None):
    """The signed COD is hidden and a forged one stands in its place, without an id or with one: #COD is still good, #CODEH is not."""
    return _wrapped(document, "COD", place, name, value, id)


def wrapped_whole(document, place="header", name="ImporterBusinessName", value="Importadora Falsa", id=None):
    """The signed CODEH is hidden with all in it and a forged one stands in its place: both signatures are still good.

    Not where it is hidden in an "object" of the signature itself, which enveloped-signature takes away."""
    return _wrapped(document, "CODEH", place, name, value, id)


def _wrapped(document, part, place, name, value, id):
    root = etree.fromstring(document)
    original = find(root, part)
    forged = copy.deepcopy(original)
    for found in forged.iter("COD", "CODEH"):
        del found.attrib["id"]
    if id:
        forged.set("id", id)
    next(forged.iter(name)).text = value
    original.addprevious(forged)
    forged.tail, original.tail = original.tail, None
    original.getparent().remove(original)
    PLACES[place](root, original)
    return written(root)


def duplicate_id(document, id="COD", first=True, name="ImporterBusinessName", value="Importadora Falsa"):
    """A forged copy with the same id stands before the signed element, or after it."""
    root = etree.fromstring(document)
    original = find(root, id)
    forged = copy.deepcopy(original)
    next(forged.iter(name)).text = value
    forged.tail = None
    if first:
        original.addprevious(forged)
    else:
        original.addnext(forged)
    return written(root)


def with_comment(document, name="GoodsItemValue", before=1):
    """A comment within the text of an element, after so many characters: C14N leaves it out, and both signatures stay good."""
    root = etree.fromstring(document)
    found = next(root.iter(name))
    comment = etree.Comment(" ")
    found.text, comment.tail = found.text[:before], found.text[before:]
    found.append(comment)
    return written(root)


def with_doctype(document, declaration=b'<!DOCTYPE ns1:Envelope [<!ENTITY x "y">]>'):
    return document.replace(PROLOG, PROLOG + declaration + b"\n")


def formatted(document):
    """As a program that prints XML nicely writes it."""
    root = etree.fromstring(document, etree.XMLParser(remove_blank_text=True))
    etree.indent(root, "\t")
    return written(root)


def byte_order_mark(document):
    return b"\xef\xbb\xbf" + document


def windows_lines(document):
    """With line ends of CR LF, which a parser reads as LF: the signatures stay good."""
    return document.replace(b"\n", b"\r\n")


def embedded(document):
    """The document's element inside the Body of another envelope that declares namespaces of its own."""
    soap = "http://www.w3.org/2003/05/soap-envelope"
    inner = document.removeprefix(PROLOG)
    return PROLOG + b'<s:Envelope xmlns:s="%s" xmlns:x="urn:example:x"><s:Body>%s</s:Body></s:Envelope>' % (soap.encode(), inner)
