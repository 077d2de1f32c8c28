"""A contract that the command writes: the places that its JSON Schema has, and valid datasets in JSON and XML. Names in XML
and the rules between elements come from the menu's own files.
"""

import base64
import dataclasses
import functools
import json
from re import _parser as expressions

from lxml import etree

import gateway
from contracts.menu import AGREEMENTS, MENU, OPERATIONS, applies, digest, is_broken, needs, path_of, reaches, records, text_at, xml_name

ASTRAL = "\U0001d4b3"  # a character outside the BMP: one character, two units of UTF-16, four bytes of UTF-8


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
        for above, names in needs(rule):
            properties = self.node(node, above)["properties"]
            known = [name for name in names if name in properties and (self.code or name != "agreementCode")]
            for holder in records(record, above):
                if known and not any(name in holder for name in names):
                    holder[known[0]] = self.sample(properties[known[0]], 0)
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
