"""Datasets by the thousand for the judges of test_schemas.py: valid ones, and the same with exactly one thing changed.

What is generated follows the JSON Schema that the command writes (contract.py), the menu's own files (menu.py), and the list
of what can be done to a place (changes.py).
"""

import collections
import copy
import dataclasses
import json
import re

from lxml import etree

from contracts.changes import Number, changes, tree_changes
from contracts.contract import Contract, kind_of
from contracts.menu import AGREEMENTS, OPERATIONS, digest, needs, path_of, records, text_at

# What is tried at every place; the rest is tried less often where the same kind of place was met before.
STRUCTURAL = {"missing-element", "unknown-element", "too-many", "repeated-element", "wrong-order", "not-used"}


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
        *_, (above, names) = [((), [])] + list(needs(rule))
        return at + above + tuple(names[:1])

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
            for above, names in needs(rule):
                for one in records(record, above)[-1:]:
                    for name in names:
                        one.pop(name, None)
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
