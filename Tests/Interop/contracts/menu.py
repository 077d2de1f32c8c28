"""The menu and the agreements, read from their own files by a reading that shares nothing with the program, and the rules
between elements that they state.
"""

import base64
import hashlib

import yaml

import gateway

RESOURCES = gateway.ROOT / "Sources/Datasets/Resources"
MENU = yaml.safe_load((RESOURCES / "menu.yaml").read_text())
AGREEMENTS = {file["agreement"]: file for file in (yaml.safe_load(path.read_text()) for path in sorted(RESOURCES.glob("agreement-*.yaml")))}
OPERATIONS = {operation["request"]: operation["letter"] for operation in MENU["operations"]}


def path_of(text):
    return tuple(filter(None, text.split(".")))


def needs(rule):
    """Of what a rule needs, where each stands and the names of which one is enough."""
    for *above, names in map(path_of, rule.get("need", [])):
        yield tuple(above), names.split("|")


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
        return any(not any(name in holder for name in names) for above, names in needs(rule) for holder in records(record, above))
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
