"""Datasets by the thousand for the judges of test_schemas.py: valid ones, and the same with exactly one thing changed.

What is generated follows the JSON Schema that the command writes. Names in XML and the rules between elements come from the
menu's own files, by a reading of their own that shares nothing with the program.
"""

import base64
import collections
import copy
import dataclasses
import functools
import hashlib
import itertools
import json
import re
from re import _parser as expressions

import yaml
from lxml import etree

import gateway

RESOURCES = gateway.ROOT / "Sources/Datasets/Resources"
MENU = yaml.safe_load((RESOURCES / "menu.yaml").read_text())
AGREEMENTS = {file["agreement"]: file for file in (yaml.safe_load(path.read_text()) for path in sorted(RESOURCES.glob("agreement-*.yaml")))}
OPERATIONS = {operation["request"]: operation["letter"] for operation in MENU["operations"]}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ASTRAL = "\U0001d4b3"  # a character outside the BMP: one character, two units of UTF-16, four bytes of UTF-8


@dataclasses.dataclass
class Case:
    """One message for the judges."""

    contract: object
    message: str
    form: str  # json or xml
    kind: str  # what was done
    at: str  # class and name of the element it was done to
    content: bytes
    codes: frozenset = frozenset()  # the code that our report must have, one of these; none: the message is good
    place: str = None  # where our report must have it
    forced: bool = False  # judged by the contract's agreement whatever the message names
    broken: frozenset = frozenset()  # texts of the rules between elements that it breaks


class Contract:
    """What the command writes for an agreement, or for none, and datasets that fit it."""

    def __init__(self, code, folder, random):
        self.code, self.folder, self.random = code, folder, random
        self.agreement = AGREEMENTS.get(code)
        status, _, errors = gateway.run("contract", "--out", folder, *(["--agreement", code] if code else []))
        assert status == 0, errors
        suffix = f"-{code}" if code else ""
        self.xsd = folder / f"coconect-eco-1{suffix}.xsd"
        self.schema = json.loads((folder / f"coconect-eco-1{suffix}.schema.json").read_text())
        self.names = {id(definition): name for name, definition in self.schema["$defs"].items()}

    def __str__(self):
        return self.code or "base"

    # What the schema says

    def resolve(self, node):
        while "$ref" in node:
            node = self.schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
        return node

    def message(self, name):
        return self.schema["$defs"][name]

    def places(self, record, parent, steps=(), base=None, base_parent=None):
        """Every property that a dataset has, with each entry of its lists."""
        for name, value in record.items():
            if name not in parent.get("properties", {}):
                continue
            property = parent["properties"][name]
            base_property = base_parent["properties"].get(name) if base_parent else None
            is_list = "items" in property
            node = self.resolve(property.get("items", property))
            below = base.resolve(base_property.get("items", base_property)) if base_property else None
            for index, entry in enumerate(value) if is_list else [(None, value)]:
                place = Place(self, steps, name, index, property, node, parent, base_parent)
                yield place
                if isinstance(entry, dict):
                    yield from self.places(entry, node, place.entry, base, below)

    # Valid values

    def sample(self, node, more, path=()):
        """A value that fits: of what may be absent so much that `more` says, and what the path names."""
        node, random = self.resolve(node), self.random
        if "items" in node:
            count = 1 if path or not more else random.randint(1, min(3, node.get("maxItems", 3)))
            return [self.sample(node["items"], more, path) for _ in range(count)]
        if node.get("type") == "object":
            return {
                name: self.sample(below, more, path[1:] if path[:1] == (name,) else ())
                for name, below in node["properties"].items()
                if name in node.get("required", []) or path[:1] == (name,) or self.is_wanted(name, more)
            }
        if "enum" in node:
            return random.choice(node["enum"])
        if node["type"] == "boolean":
            return random.random() < 0.5
        if node["type"] == "integer":
            return random.choice([node["minimum"], node["maximum"], random.randint(node["minimum"], node["maximum"])])
        return self.text(node)

    def is_wanted(self, name, more):
        # Which agreement it is decides which contract holds, so the base has none and the others always have theirs.
        return self.code is not None if name == "agreementCode" else self.random.random() < more

    def text(self, node):
        random, kind = self.random, kind_of(node)
        if kind in ("date", "dateTime"):
            day = f"{random.choice([2024, 2025, 2026, 2027])}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
            moment = f"T{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"
            rest = random.choice(["", ".5", ".123456789"]) + random.choice(["", "Z", "+07:00", "-11:30", "+14:00"])
            return day if kind == "date" else day + moment + rest
        if kind == "base64":
            return base64.b64encode(random.randbytes(random.randint(1, 12))).decode()
        if kind == "text":
            alphabet = random.choice(["abc XYZ 0-9", "관세청 Việt Nữ", "<&>\"' ]]>", ASTRAL + "é e\u0301 \u00a0", "a\tb\nc\u2028d"])
            length = random.randint(1, min(node["maxLength"], 24))
            return random.choice("".join(alphabet.split())) + "".join(random.choices(alphabet, k=length - 1))
        while True:
            text = from_pattern(node["pattern"], random)
            if len(text) <= node.get("maxLength", 99):
                return text

    def dataset(self, message, more=0, path=()):
        """A valid dataset of a message; the path names what it must have. None where the contract leaves no such dataset."""
        if path and path[-1] not in self.node(self.message(message), path[:-1]).get("properties", {}):
            return None
        for _ in range(60):
            dataset = self.sample(self.message(message), more, path)
            self.obey(dataset, message)
            if not self.broken(dataset, message) and reaches(dataset, path):
                return dataset
        return None

    # The rules between elements

    def rules(self, message):
        """Where each rule is judged, and the rule."""
        letter, agreement = OPERATIONS[message], self.agreement or {}
        own = list(agreement.get("rules", []))
        if "validityMonths" in agreement:
            months = agreement["validityMonths"]
            text = f"a certificate is valid for at the most {months} months"
            own.append({"of": "certificate", "period": "validity", "months": months, "text": text})
        if agreement:
            allowed = agreement["procedures"]["amendments"]
            others = [kind for kind in ["1", "4", "5"] if kind not in allowed]
            text = f"{self.code} allows only the amendments {', '.join(allowed)}"
            if others:
                own.append({"ops": "A", "at": "amendment", "when": {"kind": others}, "forbid": ["kind"], "text": text})
        for rule in MENU["rules"] + own:
            at = path_of(rule.get("at", ""))
            if rule.get("of") == "certificate" and letter in "SA":
                yield (("amendment", "certificate") if letter == "A" else ()) + at, rule
            elif "of" not in rule and letter in rule["ops"]:
                yield at, rule

    def broken(self, dataset, message):
        """Texts of the rules that a dataset breaks."""
        judged = ((rule, record) for at, rule in self.rules(message) for record in records(dataset, at))
        return frozenset(rule["text"] for rule, record in judged if applies(rule, record) and is_broken(rule, record, dataset))

    def obey(self, dataset, message):
        """Puts a dataset right that fits the schema but breaks rules; not every one can be put right."""
        for _ in range(4):
            for at, rule in self.rules(message):
                for record in records(dataset, at):
                    if applies(rule, record) and is_broken(rule, record, dataset):
                        self.put_right(rule, record, dataset, self.node(self.message(message), at), self.message(message))

    def node(self, node, path):
        for name in path:
            node = self.resolve(node)["properties"].get(name, {})
            node = node.get("items", node)
        return self.resolve(node)

    def put_right(self, rule, record, dataset, node, top):
        if "any" in rule:
            known = [name for name in rule["any"] if name in node["properties"]]
            record[known[0]] = self.sample(node["properties"][known[0]], 0)
        for path in map(path_of, rule.get("need", [])):
            below = self.node(node, path[:-1])
            for holder in records(record, path[:-1]):
                if path[-1] not in holder and path[-1] in below["properties"] and (self.code or path[-1] != "agreementCode"):
                    holder[path[-1]] = self.sample(below["properties"][path[-1]], 0)
        for path in map(path_of, rule.get("forbid", [])):
            if path[-1] not in self.node(node, path[:-1]).get("required", []):
                for holder in records(record, path[:-1]):
                    holder.pop(path[-1], None)
        if "same" in rule or "differ" in rule:
            one, other = map(path_of, rule.get("same") or rule["differ"])
            for holder in records(dataset, other[:-1]):
                known = self.node(top, other[:-1])["properties"]
                holder[other[-1]] = text_at(dataset, one) if "same" in rule else self.sample(known[other[-1]], 0)
                if holder[other[-1]] is None:
                    del holder[other[-1]]
        if "period" in rule:
            year, month, day = map(int, record[rule["period"]].get("from", record["issueDateTime"][:10]).split("-"))
            record[rule["period"]]["to"] = f"{year + (month == 12)}-{month % 12 + 1:02}-{min(day, 28):02}"
        if "digest" in rule:
            record[rule["digest"][0]] = digest(record[rule["digest"][1]])

    # XML

    def rows(self, message):
        letter = OPERATIONS[message]
        return [row | {"ns": MENU["namespace"]} for row in MENU["elements"] if letter in row["ops"]]

    def rows_below(self, row):
        """The rows of the class that a row has."""
        if "rows" in row:
            return row["rows"]
        own = row["ns"] != MENU["namespace"]
        if row["type"] == "Extensions" and self.agreement:
            namespace = f"urn:coconect:eco:agreement:{self.code}:{self.agreement['version']}"
            below = [below | {"ns": namespace} for below in self.agreement.get("extensions", [])]
            return [{"json": self.code, "xml": self.code, "type": "", "card": "0..1", "ns": namespace, "rows": below}]
        if row["type"] == "Certificate":
            rows = [row for row in MENU["elements"] if "S" in row["ops"] and not row.get("envelope")]
        else:
            rows = (self.agreement.get("classes", {}) if own else {}).get(row["type"]) or MENU["classes"][row["type"]]
        return [below | {"ns": row["ns"]} for below in rows]

    def xml(self, dataset, message, prefix=None):
        root = etree.Element(f"{{{MENU['namespace']}}}{message}", nsmap={prefix: MENU["namespace"]})
        self.write(root, dataset, self.rows(message), MENU["namespace"])
        return root

    def write(self, parent, record, rows, namespace):
        rows = [row for row in rows if row["json"] in record]
        unknown = set(record) - {row["json"] for row in rows}
        for row in rows + [{"json": name, "xml": xml_name(name), "ns": namespace, "card": ""} for name in sorted(unknown)]:
            value = record[row["json"]]
            for entry in value if isinstance(value, list) else [value]:
                element = etree.SubElement(parent, f"{{{row['ns']}}}{row['xml']}")
                if isinstance(entry, dict):
                    self.write(element, entry, self.rows_below(row), row["ns"])
                else:
                    element.text = str(entry).lower() if isinstance(entry, bool) else str(entry)

    def element(self, root, message, steps):
        """The element of a tree that JSON steps lead to."""
        element, rows, row = root, self.rows(message), None
        for step in steps:
            if isinstance(step, int):
                element = [child for child in element.getparent() if child.tag == element.tag][step]
            else:
                rows = self.rows_below(row) if row else rows
                row = next(row for row in rows if row["json"] == step)
                element = element.find(f"{{{row['ns']}}}{row['xml']}")
        return element

    def xpath(self, dataset, message, steps):
        path, rows, row, value = "/" + message, self.rows(message), None, dataset
        for step in steps:
            if isinstance(step, int):
                path += f"[{step + 1}]" if len(value) > 1 else ""
                value = value[step]
            else:
                rows = self.rows_below(row) if row else rows
                row = next((row for row in rows if row["json"] == step), None)
                path += "/" + (row["xml"] if row else xml_name(step))
                value = value.get(step)
        return path


@dataclasses.dataclass
class Place:
    """A property of a dataset; with an index, an entry of the list that it is."""

    contract: Contract
    steps: tuple  # to the object that has it
    name: str
    index: int
    property: dict
    node: dict  # what the value must be, of a list each entry
    parent: dict
    base_parent: dict  # the same object in the contract without agreement

    def __str__(self):
        return f"{self.contract.names.get(id(self.parent), '?')}.{self.name}"

    @property
    def entry(self):
        return self.steps + ((self.name,) if self.index is None else (self.name, self.index))

    @property
    def is_required(self):
        return self.name in self.parent.get("required", [])


# What the menu's files say


def path_of(text):
    return tuple(filter(None, text.split(".")))


def records(record, path):
    """Every object that a path reaches, stepping into each entry of a list."""
    for name in path:
        found = record if isinstance(record, list) else [record]
        record = [below for one in found if name in one for below in (one[name] if isinstance(one[name], list) else [one[name]])]
    return record if isinstance(record, list) else [record]


def reaches(dataset, path):
    return not path or any(path[-1] in holder for holder in records(dataset, path[:-1]))


def text_at(record, path):
    for holder in records(record, path[:-1])[:1]:
        value = holder.get(path[-1])
        return str(value).lower() if isinstance(value, bool) else getattr(value, "meaning", value)
    return None


def applies(rule, record):
    conditions = rule.get("when", {})
    return not conditions or any(text_at(record, path_of(path)) in values for path, values in conditions.items())


def is_broken(rule, record, dataset):
    def each(paths):
        return ((holder, path[-1]) for path in map(path_of, paths) for holder in records(record, path[:-1]))

    if "any" in rule:
        return not any(name in record for name in rule["any"])
    if "need" in rule:
        return any(name not in holder for holder, name in each(rule["need"]))
    if "forbid" in rule:
        return any(name in holder for holder, name in each(rule["forbid"]))
    if "same" in rule or "differ" in rule:
        one, other = map(path_of, rule.get("same") or rule["differ"])
        # Where what the other stands in is not there, another rule says so.
        return bool(records(dataset, other[:-1])) and (text_at(dataset, one) == text_at(dataset, other)) != ("same" in rule)
    if "digest" in rule:
        return record[rule["digest"][0]] != digest(record[rule["digest"][1]])
    first, last = (text_at(record, (rule["period"], name)) for name in ["from", "to"])
    first = first or text_at(record, ("issueDateTime",))[:10]
    if last is None or "months" not in rule:
        return last is not None and last < first
    months = int(first[:4]) * 12 + int(first[5:7]) - 1 + rule["months"]
    return last > f"{months // 12:04}-{months % 12 + 1:02}-{first[8:]}"


def digest(content):
    return hashlib.sha256(base64.b64decode(content)).hexdigest()


def xml_name(name):
    """The XML name of what is in no menu."""
    return name[:1].upper() + name[1:]


# What the schema says of a text


def kind_of(node):
    if node.get("type") in ("object", "integer", "boolean"):
        return node["type"]
    if "enum" in node:
        return "code"
    pattern = node["pattern"]
    if node.get("format") == "date":
        return "date"
    if "contentEncoding" in node:
        return "base64"
    if not pattern.startswith("^"):
        return "text"
    return "dateTime" if "}T(" in pattern else "decimal" if pattern.startswith("^(?:(0|[1-9]") else "pattern"


def from_pattern(pattern, random):
    """A text that matches, of a regular expression without look-around but the schema's own at its end."""

    def some(tokens):
        return "".join(one(str(operator), argument) for operator, argument in tokens)

    def one(operator, argument):
        match operator:
            case "LITERAL":
                return chr(argument)
            case "IN":
                operator, argument = random.choice(argument)
                return chr(argument if str(operator) == "LITERAL" else random.randint(*argument))
            case "BRANCH":
                return some(random.choice(argument[1]))
            case "SUBPATTERN":
                return some(argument[3])
            case "MAX_REPEAT":
                least, most, tokens = argument
                return "".join(some(tokens) for _ in range(random.randint(least, min(most, least + 4))))
            case "AT" | "ASSERT_NOT":
                return ""
        raise ValueError(f"{operator} in {pattern}")

    return some(parsed(pattern))


parsed = functools.cache(expressions.parse)


# What is changed: (kind, change of the object that holds the place, code that our report has, steps to its place)

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


# The cases

# What is tried at every place; the rest is tried less often where the same kind of place was met before.
STRUCTURAL = {"missing-element", "unknown-element", "too-many", "repeated-element", "wrong-order", "not-used"}


def json_bytes(dataset):
    """JSON with numbers as they are spelled."""
    found = []

    def numbers(value):
        if isinstance(value, dict):
            return {name: numbers(below) for name, below in value.items()}
        if isinstance(value, list):
            return [numbers(below) for below in value]
        if isinstance(value, Number):
            found.append(value)
            return f"number {len(found) - 1}"
        return value

    text = json.dumps(numbers(dataset), ensure_ascii=False)
    return re.sub(r'"number (\d+)"', lambda match: found[int(match[1])], text).encode()


class Generator:
    def __init__(self, folder, random):
        self.random = random
        self.contracts = {code: Contract(code, folder / (code or "base"), random) for code in [None, *AGREEMENTS]}
        self.base = self.contracts[None]
        self.met = collections.Counter()
        self.unreachable = []  # places that no valid dataset has, for the rules forbid them

    def cases(self):
        for contract in self.contracts.values():
            seen = set()
            for message in OPERATIONS:
                yield from self.valid(contract, message)
                yield from self.without_rules(contract, message)
                yield from self.broken_once(contract, message, seen)
                yield from self.broken_rules(contract, message)
                yield from self.reordered(contract, message)
                yield from self.documents(contract, message)

    def both(self, contract, message, dataset, kind, at, code=None, steps=None, forms=("json", "xml"), **more):
        """A dataset in its two forms."""
        codes = frozenset([code] if isinstance(code, str) else code or ())
        for form in forms:
            where = None if steps is None or not code else pointer(steps) if form == "json" else contract.xpath(dataset, message, steps)
            if code == "too-many" and form == "xml":
                where += f"[{len(dataset_at(dataset, steps))}]"
            content = json_bytes(dataset) if form == "json" else etree.tostring(contract.xml(dataset, message), encoding="utf-8")
            yield Case(contract, message, form, kind, at, content, codes, where, **more)

    def valid(self, contract, message):
        for more in [0, 1] + [0.2, 0.4, 0.6] * 2:
            dataset = contract.dataset(message, more)
            yield from self.both(contract, message, dataset, "valid", message)
            if not more:
                continue
            places = list(contract.places(dataset, contract.message(message), (), self.base, self.base.message(message)))
            for place in self.random.sample(places, min(len(places), 8)):
                yield from self.changed(place, message, dataset, share=0.08)
            shuffled = dict(self.random.sample(list(dataset.items()), len(dataset)))
            yield from self.both(contract, message, shuffled, "names in another order", message, forms=("json",))

    def without_rules(self, contract, message):
        """Datasets that the schema allows, whatever the rules between elements say of them."""
        for more in [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8]:
            dataset = contract.sample(contract.message(message), more)
            broken = contract.broken(dataset, message)
            kind, codes = "rules between elements left to chance", {"rule"} if broken else None
            yield from self.both(contract, message, dataset, kind, message, codes, broken=broken)

    def broken_once(self, contract, message, seen):
        """Each property of each class in the smallest dataset that has it, and each way to break it."""
        for path in self.paths(contract.message(message), contract, seen):
            if path[-1] == "agreementCode" and contract is self.base:
                continue  # it would decide for another contract
            dataset = contract.dataset(message, 0, path)
            if dataset is None:
                self.unreachable.append((str(contract), message, ".".join(path)))
                continue
            places = contract.places(dataset, contract.message(message), (), self.base, self.base.message(message))
            place = next(place for place in places if tuple(step for step in place.entry if isinstance(step, str)) == path)
            yield from self.changed(place, message, dataset, share=1 if self.is_new(place) else 0.04)

    def paths(self, node, contract, seen, path=()):
        for name, property in node["properties"].items():
            below = contract.resolve(property.get("items", property))
            if (id(node), name) in seen:
                continue
            seen.add((id(node), name))
            yield path + (name,)
            if below.get("properties"):
                yield from self.paths(below, contract, seen, path + (name,))

    def is_new(self, place):
        """Whether the contract without agreement does not say the same of the place."""
        if place.contract is self.base or not place.base_parent:
            return True
        same = place.base_parent["properties"].get(place.name)
        return [place.property, place.is_required] != [same, place.name in place.base_parent.get("required", [])]

    def familiar(self, *key):
        """How often such a place was met, this one counted."""
        self.met[key] += 1
        return self.met[key]

    def changed(self, place, message, dataset, share):
        contract = place.contract
        at, forced = str(place), place.name == "agreementCode"

        def is_wanted(code, familiar):
            return self.random.random() < share * (1 if familiar <= 2 or code in STRUCTURAL else 0.1)

        familiar = self.familiar(kind_of(place.node), json.dumps(place.node))
        for what, forms, change, code, steps in changes(place):
            if not is_wanted(code, familiar):
                continue
            copied = copy.deepcopy(dataset)
            change(dataset_at(copied, place.steps))
            if code is None:
                contract.obey(copied, message)
                if contract.broken(copied, message):
                    continue
            yield from self.both(contract, message, copied, what, at, code, steps, forms, forced=forced)
        familiar = self.familiar(kind_of(place.node), place.index is None, place.is_required)
        for what, make, codes, where in tree_changes(place, dataset, message):
            if is_wanted(min(codes, default=None), familiar):
                yield Case(contract, message, "xml", what, at, etree.tostring(make(), encoding="utf-8"), frozenset(codes), where, forced)
        missing = set(place.base_parent["properties"]) - set(place.parent["properties"]) if place.base_parent else set()
        for name in sorted(missing):
            if is_wanted("not-used", self.familiar(id(place.parent), name)):
                copied = copy.deepcopy(dataset)
                dataset_at(copied, place.steps)[name] = self.base.sample(place.base_parent["properties"][name], 0)
                steps = place.steps + (name,)
                yield from self.both(contract, message, copied, "not used by the agreement", f"{at} and {name}", "not-used", steps)

    def broken_rules(self, contract, message):
        """Each rule between elements, broken in a dataset that keeps all others."""
        for at, rule in contract.rules(message):
            for _ in range(20):
                dataset = contract.dataset(message, 0.2, self.path_for(rule, at))
                if dataset is None:
                    break
                if self.breaks(contract, message, rule, at, dataset):
                    # What the rule needs may be mandatory here already.
                    codes, forced = {"rule", "missing-element"}, "agreementCode" not in dataset
                    yield from self.both(
                        contract, message, dataset, "rule between elements", rule["text"], codes, forced=forced,
                        broken=contract.broken(dataset, message))
                    break

    def path_for(self, rule, at):
        """What a dataset must have for the rule to be broken in it."""
        if "same" in rule or "differ" in rule:
            return path_of((rule.get("same") or rule["differ"])[1])[:-1]
        if "period" in rule:
            return at + (rule["period"], "to")
        return at + path_of(rule["need"][-1] if "need" in rule else "")

    def breaks(self, contract, message, rule, at, dataset):
        """Breaks the rule in a dataset, where it can be."""
        for record in records(dataset, at):
            for path, values in list(rule.get("when", {}).items())[:1]:
                *above, name = path_of(path)
                for one in records(record, above):
                    value = self.random.choice(values)
                    one[name] = value == "true" if value in ("true", "false") else value
        if "forbid" not in rule:
            contract.obey(dataset, message)
        for record in records(dataset, at):
            node = contract.node(contract.message(message), at)
            for name in rule.get("any", []):
                record.pop(name, None)
            for path in map(path_of, rule.get("need", [])):
                for one in records(record, path[:-1])[-1:]:
                    one.pop(path[-1], None)
            for path in map(path_of, rule.get("forbid", [])):
                property = contract.node(node, path[:-1])["properties"][path[-1]]
                for one in records(record, path[:-1])[-1:]:
                    one.setdefault(path[-1], contract.sample(property, 0))
            if "same" in rule or "differ" in rule:
                one, other = map(path_of, rule.get("same") or rule["differ"])
                for below in records(dataset, other[:-1]):
                    below[other[-1]] = text_at(dataset, one) if "differ" in rule else "X" + str(text_at(dataset, one))[1:]
                if contract.code and one == ("agreementCode",):
                    # The schema of an agreement has one value for it; but it may be absent from the message.
                    records(dataset, other[:-1])[0]["agreementCode"] = dataset.pop("agreementCode")
            if "period" in rule:
                record[rule["period"]]["to"] = "2099-01-01" if "months" in rule else "1999-12-31"
            if "digest" in rule:
                record[rule["digest"][0]] = digest("QUJD")
        return rule["text"] in contract.broken(dataset, message)

    def reordered(self, contract, message):
        """An entry of each list behind the element that follows the list, in a dataset that has everything."""
        if contract is not self.base:
            return
        dataset = contract.dataset(message, 1)
        for place in contract.places(dataset, contract.message(message)):
            root = contract.xml(dataset, message)
            entry = contract.element(root, message, place.entry)
            following = next((sibling for sibling in entry.itersiblings() if sibling.tag != entry.tag), None)
            if place.index == 0 and following is not None and self.familiar(str(place)) == 1:
                following.addnext(copy.deepcopy(entry))
                kind, codes = "list entry behind the next element", frozenset({"wrong-order"})
                yield Case(contract, message, "xml", kind, str(place), etree.tostring(root), codes)

    def documents(self, contract, message):
        """What is done to a document as a whole."""
        dataset = contract.dataset(message)
        text = json_bytes(dataset)

        def case(kind, form, content, *codes, place=None):
            return Case(contract, message, form, kind, message, content, frozenset(codes), place)

        yield case("name twice in one object", "json", text[:-1] + b', "id": "x"}', "repeated-element", place="/id")
        yield case("name twice in one object, once escaped", "json", text[:-1] + b', "\\u0069d": "x"}', "repeated-element", place="/id")
        yield case("comma at the end", "json", text[:-1] + b",}", "syntax")
        yield case("single quotation marks", "json", text.replace(b'"', b"'"), "syntax")
        yield case("cut off", "json", text[:-1], "syntax")
        yield case("text after the end", "json", text + b"x", "syntax")
        yield case("comment in JSON", "json", text[:-1] + b"/* x */}", "syntax")
        yield case("not UTF-8", "json", text.replace(b'"id": "', b'"id": "\xff'), "syntax")
        yield case("not a number", "json", text[:-1] + b', "x": NaN}', "syntax", "unknown-element")
        yield case("unpaired surrogate", "json", text.replace(b'"id": "', b'"id": "\\ud800'), "syntax")
        yield case("escapes", "json", json.dumps(dataset).encode())
        yield case("white space around the document", "json", b" \r\n\t" + text + b"\n")
        root = contract.xml(dataset, message)
        xml = etree.tostring(root, encoding="utf-8")
        yield case("prefix", "xml", etree.tostring(contract.xml(dataset, message, "eco"), encoding="utf-8"))
        yield case("UTF-16", "xml", etree.tostring(root, encoding="utf-16"))
        yield case("comments outside", "xml", b"<!-- x -->" + xml + b"<!-- x -->\n")
        yield case("DOCTYPE", "xml", f"<!DOCTYPE {message}>".encode() + xml, "unreadable")
        yield case("cut off", "xml", xml[:-1], "unreadable")
        yield case("not UTF-8", "xml", xml.replace(b"<ID>", b"<ID>\xff", 1), "unreadable")
        yield case("character that XML cannot hold", "xml", xml.replace(b"<ID>", b"<ID>&#1;", 1), "unreadable")
        for kind, namespace in [("root in no namespace", ""), ("root in another namespace", "{urn:other}")]:
            prefixed = contract.xml(dataset, message, "eco")
            prefixed.tag = namespace + message
            yield case(kind, "xml", etree.tostring(prefixed), "unreadable", "unknown-element")
        yield case("root with another name", "xml", xml.replace(message.encode(), b"SendNothing"), "unreadable")
        if contract is self.base:
            dataset["agreementCode"] = "NOSUCH"
            yield from self.both(contract, message, dataset, "unknown agreement", message, "unknown-agreement", ("agreementCode",))
            if message == "SendCO":
                yield from self.extensions(contract.dataset(message) | {"extensions": {}})

    def extensions(self, dataset):
        """What the contract without agreement leaves to agreements that it does not know."""

        def case(form, kind, content, code, place):
            return Case(self.base, "SendCO", form, kind, "SendCO.extensions", content, frozenset({code}), place)

        unknown = dataset | {"extensions": {"NOSUCH": {"x": "y"}}}
        yield case("json", "extensions without agreement", json_bytes(unknown), "unknown-element", "/extensions/NOSUCH")
        root = self.base.xml(dataset, "SendCO")
        extensions = root.find("{*}Extensions")
        extensions.text = "x"
        yield case("xml", "text in extensions", etree.tostring(root), "unexpected-content", "/SendCO/Extensions")
        extensions.text = None
        etree.SubElement(extensions, "{urn:other}Nosuch").text = "x"
        yield case("xml", "extensions without agreement", etree.tostring(root), "unknown-element", "/SendCO/Extensions/Nosuch")


def pointer(steps):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def dataset_at(dataset, steps):
    for step in steps:
        dataset = dataset[step]
    return dataset
