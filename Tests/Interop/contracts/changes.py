"""What is changed at one place of a valid dataset: wrong values and wrong trees, and what our report has to say of each."""

import copy
import itertools
import re

from lxml import etree

from contracts.contract import ASTRAL, kind_of
from contracts.menu import MENU, xml_name

XSI = "http://www.w3.org/2001/XMLSchema-instance"

WRONG_TYPES = {"string": "x", "number": 7, "fraction": 1.5, "boolean": True, "null": None, "list": [], "object": {}}
FITTING = {"object": {"object"}, "boolean": {"boolean"}, "integer": {"number", "fraction"}}

DAYS = {
    "good": ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-04-30"],
    "form": [
        "", "x", "2026-1-1", "20260101", "2026-11-22Z", "2026-11-22+07:00", "-2026-11-22", "12026-11-22", "26-11-22", "2026/11/22",
        "22-11-2026", "2026-W01-1",
    ],
    "calendar": [
        "2026-02-29", "1900-02-29", "2100-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-10", "2026-11-00", "2026-12-32",
    ],
    "year 0": ["0000-01-01"],
}
TIMES = {
    "good": ["T00:00:00Z", "T23:59:59.999999999+14:00", "T10:05:00-14:00", "T10:05:00", "T10:05:00-00:00", "T10:05:00.0+00:30"],
    "form": [
        "", "T", " 10:05:00Z", "t10:05:00Z", "T10:05:00z", "T10:05Z", "T1:05:00Z", "T10:05:00.Z", "T10:05:00.1234567890Z", "T10:05:00,5Z",
        "T24:00:00Z", "T10:60:00Z", "T23:59:60Z", "T10:05:00+0700", "T10:05:00+07", "T10:05:00+7:00", "T10:05:00+07:60",
        "T10:05:00Z+07:00", "T10:05:00 Z", "T10:05:00\u221207:00",
    ],
    "calendar": ["T10:05:00+14:01", "T10:05:00-15:00", "T10:05:00+24:00", "T10:05:00+99:00"],
}
COUNTS = ["", " ", "+5", "05", "5.0", "5e0", "-1", "x", "0x5", "\u0665", "5 5", "9" * 30]
DECIMALS = [
    "", " ", "01.5", "00", "-1", "+1", "-0", "1e3", "1E3", "1.", ".5", ".", "1,5", "1.5 ", " 1.5", "1.5\n", "1.2.3", "\u0661", "\uff11",
    "NaN", "INF", "0x1", "x",
]
BASE64 = ["A", "QQ", "QQ=", "QQ===", "QUJ", "QUJDR", "=", "====", "QR==", "QUJ=", "QQ==QUJD", "-_-_", "Q?=="]


def wrong_texts(place):
    """Texts for a simple element, with what is to be said of each, which forms of message can hold them, and a name."""
    node, random = place.node, place.contract.random
    match kind_of(node):
        case "text":
            most = node["maxLength"]
            yield "longest", "x" * most, None
            yield "longest outside the BMP", ASTRAL * most, None
            yield "no-break space alone", "\u00a0", None
            yield "white space around", "\t x\n ", None if most >= 5 else "too-long"
            yield "too long", "x" * (most + 1), "too-long"
            yield "too long outside the BMP", ASTRAL * (most + 1), "too-long"
            yield "too long in combining characters", "e" + "\u0301" * most, "too-long"
            yield "empty", "", "empty"
            yield "blank", " \t\n"[: most], "empty"
        case "code":
            codes = set(node["enum"])
            code = random.choice(node["enum"])
            wrong = {
                "unlisted": "?", "empty": "", "blank": " ", "lower case": code.lower(), "upper case": code.upper(), "longer": code + code,
                "space before": " " + code, "space after": code + " ", "line break after": code + "\n", "accent": code + "\u0301",
                "full width": chr(ord(code[0]) + 0xFEE0) + code[1:],
            }
            # The Kelvin sign is canonically equivalent to K: some languages hold the two texts for equal.
            kelvin = [code.replace("K", "\u212a") for code in node["enum"] if "K" in code]
            if kelvin:
                wrong["canonically equivalent"] = random.choice(kelvin)
            for kind, text in wrong.items():
                if text not in codes:
                    yield "code " + kind, text, "code-list"
        case "integer":
            for text in COUNTS + ["1" + "0" * len(str(node["maximum"]))]:
                yield f"xml integer {text[:12]!r}", text, "format"
            for text in [" 5", "5\n", "\t5 "]:
                yield "xml integer with white space around", text, None
            for number in [node["minimum"] - 1, node["maximum"] + 1, -(10**20), 10**40]:
                yield "integer out of range", number, "format"
            for number in [node["minimum"], node["maximum"]]:
                yield "integer at the limit", number, None
        case "decimal":
            digits, places = most_digits(node["pattern"])
            for text in ["0", "0.0", "9" * digits, "9" * (digits - places) + "." + "9" * places, "0." + "0" * places]:
                yield "decimal", text, None
            for text in DECIMALS:
                yield f"decimal {text!r}", text, "format"
            for text in ["1" * (digits + 1), "1." + "1" * (places + 1), "1" * (digits - places + 1) + "." + "1" * places]:
                yield "decimal of too many digits", text, "format"
        case "date":
            yield from moments("date", DAYS, "{}")
            for day in [" 2026-11-22", "2026-11-22\n"]:
                yield "collapsed date", Spelled(day, day.strip()), "format"
        case "dateTime":
            yield from moments("time", TIMES, "2026-11-22{}")
            yield from moments("time", DAYS, "{}T10:05:00Z")
            for time in [" 2026-11-22T10:05:00Z", "2026-11-22T10:05:00Z\n"]:
                yield "collapsed time", Spelled(time, time.strip()), "format"
        case "base64":
            for text in ["QQ==", "QUI=", "QUJD", "+/+/", "QUJDQQ=="]:
                yield "base64", text, None
            for text in BASE64:
                yield f"base64 {text!r}", text, "format"
            for text in ["Q\u00a0Q==", "QU!JD", "QUJD\u200b", "\u00e9\u00e9=="]:
                yield "base64 among other characters", text, "format"
            yield "base64 empty", "", "empty"
            for text in ["QUJD\n", " QUJD", "QUJD QUJD", "Q Q = =", "QUJD\r\n\tQUJD"]:
                yield "collapsed base64", text, "format"
        case "boolean":
            for text, meaning in [("1", "true"), ("0", "false"), (" true", "true"), ("false\n", "false"), ("\t1 ", "true")]:
                yield "xml boolean", Spelled(text, meaning), None
            for text in ["", "TRUE", "True", "yes", "2", "01", "t", "true false"]:
                yield f"xml boolean {text!r}", text, "format"
        case "pattern":
            text = place.contract.text(node)
            wrong = ["", " ", text + "\n", "\n" + text, text + " ", text[:-1], text + "x", text + "9", text + text, "?" + text[1:]]
            for changed in wrong + [text[:-1] + "\uff11", text[:-1] + "\u0661", text.lower(), text.upper()]:
                is_too_long = len(changed) > node["maxLength"]
                if is_too_long or not re.search(node["pattern"], changed):
                    yield "pattern", changed, "empty" if not changed else "too-long" if is_too_long else "format"


def moments(what, texts, form):
    """Days or times, good and bad, put into a form."""
    for kind, values in texts.items():
        for text in values:
            yield f"{what} {kind}" + (f" {text!r}" if kind == "form" else ""), form.format(text), None if kind == "good" else "format"


def most_digits(pattern):
    """Digits in all and behind the point, of the pattern of a decimal."""
    most = max(int(number) for number in re.findall(r"\[0-9\]\{0,(\d+)\}", pattern)) + 1
    return most, max(int(number) for number in re.findall(r"\\\.\[0-9\]\{(\d+)\}", pattern))


def changes(place):
    """Everything that is done to a place: kind, forms, change of its object, code, steps to the place in the report."""
    name, index, entry, kind = place.name, place.index, place.entry, kind_of(place.node)
    whole = place.steps + (name,)

    def put(value):
        def change(holder):
            if index is None:
                holder[name] = value
            else:
                holder[name][index] = value

        return change

    def put_whole(value):
        return lambda holder: holder.update({name: value(holder[name])})

    def put_below(unknown):
        return lambda holder: (holder[name] if index is None else holder[name][index]).update({unknown: "x"})

    both = ("json", "xml")
    if kind != "object":
        for what, value, code in wrong_texts(place):
            forms = both
            if what.startswith("xml "):
                forms, what = ("xml",), what.removeprefix("xml ")
            if what.startswith("collapsed "):
                # Only in XML is white space around such a value no part of it.
                yield what, ("xml",), put(value), None, entry
                forms = ("json",)
            yield what, forms, put(value), code, entry
        code = "wrong-type" if kind in ("integer", "boolean") else "format"
        yield "character that XML cannot hold", ("json",), put("a\u0001b"), code, entry
    if kind == "integer":
        for spelling in ["1.0", "1e2"] + ["-0"] * (place.node["minimum"] == 0):
            yield "integer spelled " + spelling, ("json",), put(Number(spelling)), "format", entry
    for found, value in WRONG_TYPES.items():
        if found not in FITTING.get(kind, {"string"}):
            yield f"{found} for {kind}", ("json",), put(value), "wrong-type", entry
        elif found == "fraction":
            yield "fraction for integer", both, put(value), "format", entry
    if index is not None:
        for found, value in WRONG_TYPES.items():
            if found != "list":
                yield f"{found} for a list", ("json",), put_whole(lambda entries, value=value: value), "wrong-type", whole
        yield "list without entry", ("json",), put_whole(lambda entries: []), "empty", whole
        yield "bare entry for a list", ("json",), put_whole(lambda entries: entries[0]), "wrong-type", whole
        if "maxItems" in place.property:
            most = place.property["maxItems"]
            yield "list of the most entries", both, put_whole(lambda entries: repeated(entries, most)), None, whole
            yield "one entry too many", both, put_whole(lambda entries: repeated(entries, most + 1)), "too-many", whole
    if place.is_required:
        yield "missing", both, lambda holder: holder.pop(name), "missing-element", whole
    if kind == "object" and place.node.get("required"):
        yield "empty object", both, put({}), "missing-element", None
    if kind == "object" and place.node["additionalProperties"] is False:
        first = next(iter(place.node["properties"]), "x")
        for unknown, forms in [("nosuch", both), (first + "s", both), (first + "\u0301", ("json",))]:
            yield "unknown element", forms, put_below(unknown), "unknown-element", entry + (unknown,)
        if xml_name(first) != first:
            yield "name in the spelling of XML", ("json",), put_below(xml_name(first)), "unknown-element", entry + (xml_name(first),)


class Number(str):
    """A number of JSON that is written as it is spelled here, which Python's own numbers forget."""


class Spelled(str):
    """A text of XML that means another: what the rules between elements see."""

    def __new__(cls, text, meaning):
        text = super().__new__(cls, text)
        text.meaning = meaning
        return text


def repeated(entries, count):
    return [copy.deepcopy(entry) for entry in itertools.islice(itertools.cycle(entries), count)]


def tree_changes(place, dataset, message):
    """What can only be done to XML: kind, how to get the tree, codes that our report may have, and where it must have the only problem."""
    contract = place.contract
    path, above = contract.xpath(dataset, message, place.entry), contract.xpath(dataset, message, place.steps)
    stray, none = {"unexpected-content"}, set()
    gone = {"unknown-element", "missing-element"} if place.is_required else {"unknown-element"}

    def tree(what, codes, where, change, prefix=None):
        def make():
            root = contract.xml(dataset, message, prefix)
            change(contract.element(root, message, place.entry))
            return root

        return what, make, codes, where

    def child(element, index, name):
        element.insert(index, etree.Element(name))

    def stranger(element):
        element.addprevious(etree.Element("{urn:other}Nosuch"))

    def rename(namespace, change=str):
        def renamed(element):
            element.tag = etree.QName(namespace, change(etree.QName(element).localname)) if namespace else etree.QName(element).localname

        return renamed

    def swap(element):
        before = element.getprevious()
        while before.tag == element.tag:
            before = before.getprevious()
        before.addprevious(element)

    def attribute(name, value):
        return lambda element: element.set(name, value)

    def tail(text):
        return lambda element: setattr(element, "tail", text)

    yield tree("attribute", stray, path + "/@nosuch", attribute("nosuch", "x"))
    yield tree("attribute of XML", stray, path + "/@lang", attribute("{http://www.w3.org/XML/1998/namespace}lang", "en"))
    yield tree("xsi:nil", stray, path + "/@nil", attribute(f"{{{XSI}}}nil", "true"))
    yield tree("xsi:schemaLocation", stray, path + "/@schemaLocation", attribute(f"{{{XSI}}}schemaLocation", "urn:other x.xsd"))
    yield tree("comment before", none, None, lambda element: element.addprevious(etree.Comment(" x ")))
    yield tree("processing instruction before", {"unreadable"}, None, lambda element: element.addprevious(etree.ProcessingInstruction("x")))
    yield tree("white space after the element", none, None, tail("\r\n\t "))
    yield tree("text after the element", stray, above, tail("x"))
    yield tree("no-break space after the element", stray, above, tail("\u00a0"))
    yield tree("unknown element before", {"unknown-element"}, above + "/Nosuch", stranger)
    yield tree("without namespace", gone, None, rename(None), "eco")
    yield tree("in another namespace", gone, None, rename("urn:other"))
    yield tree("in lower case", gone, None, rename(MENU["namespace"], str.lower))
    if place.index is None:
        yield tree("repeated", {"repeated-element"}, path + "[2]", lambda element: element.addnext(copy.deepcopy(element)))
    first = contract.element(contract.xml(dataset, message), message, place.entry)
    if any(sibling.tag != first.tag for sibling in first.itersiblings(preceding=True)):
        yield tree("wrong order", {"wrong-order", "missing-element"}, None, swap)
    if kind_of(place.node) == "object":
        yield tree("text inside", stray, path, lambda element: setattr(element, "text", "x"))
        yield tree("CDATA section inside", stray, path, lambda element: setattr(element, "text", etree.CDATA("x")))
        return
    yield tree("element inside a text", stray, path, lambda element: child(element, 0, etree.QName(element)))
    if "]]>" not in first.text:
        yield tree("CDATA section", none, None, lambda element: setattr(element, "text", etree.CDATA(element.text)))
    yield tree("comment inside a text", none, None, child_comment)


def child_comment(element):
    comment = etree.Comment("x")
    comment.tail = element.text[1:]
    element.text = element.text[:1]
    element.insert(0, comment)
