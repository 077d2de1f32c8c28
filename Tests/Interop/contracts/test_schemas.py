"""Validators by others judge as we do: thousands of datasets, valid and with one thing broken, by the schemas that we write.

Python's jsonschema (draft 2020-12) judges JSON; libxml2 by way of lxml (the engine of `xmllint --schema`) and the xmlschema
package, which shares no code with it, judge XML. Each verdict must be that of `coconect-soap check-dataset`, or fall under an
exception that is listed here with its reason.
"""

import collections
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import jsonschema
import xmlschema
from lxml import etree

import gateway
from contracts import datasets

SEED = 20261122


class Exceptions:
    """What our command and a foreign judge may say differently: each method is one exception, its text the reason.

    Each is given the case, the judge's name, whether the judge finds the message good, and the codes of our report.
    """

    def rule_between_elements(case, judge, good, codes):
        """Neither kind of schema can say what one element demands of another; the menu's rules do, and the schemas list them."""
        return good and codes == {"rule"} and case.broken

    def unknown_agreement(case, judge, good, codes):
        """The contract without agreement allows any agreementCode; we know only the agreements that we have files of."""
        return good and codes == {"unknown-agreement"} and case.contract.code is None

    def extensions_without_agreement(case, judge, good, codes):
        """The contract without agreement leaves extensions open for agreements that it does not know; we refuse what we cannot check."""
        return good and codes == {"unknown-element"} and case.kind == "extensions without agreement"

    def calendar(case, judge, good, codes):
        """JSON Schema's pattern cannot count days, and its format date-time would demand an offset that the menu leaves optional."""
        return good and codes == {"format"} and case.form == "json" and case.kind in ("time calendar", "time year 0")

    def number_spelled_otherwise(case, judge, good, codes):
        """To JSON Schema 1.0, 1e2 and -0 are integers; we keep numbers as they are written, and XML Schema knows none of these."""
        return good and codes == {"format"} and case.form == "json" and case.kind.startswith("integer spelled")

    def name_twice(case, judge, good, codes):
        """JSON Schema judges what the parser left over, and Python's keeps the last of two; we refuse what can be read in two ways."""
        return good and codes == {"repeated-element"} and case.kind.startswith("name twice in one object")

    def character_that_xml_cannot_hold(case, judge, good, codes):
        """JSON can escape characters that the message in XML could never carry."""
        is_such = case.form == "json" and case.kind in ("character that XML cannot hold", "unpaired surrogate")
        return good and codes <= {"format", "syntax"} and is_such

    def document_type_or_processing_instruction(case, judge, good, codes):
        """Schemas see neither; we refuse both in every message, for what they can do to a parser."""
        return good and codes == {"unreadable"} and case.kind in ("DOCTYPE", "processing instruction before")

    def schema_location(case, judge, good, codes):
        """XML Schema allows xsi:schemaLocation on every element; elements of a dataset have no attributes."""
        return good and codes == {"unexpected-content"} and case.kind == "xsi:schemaLocation"

    def white_space_of_unicode(case, judge, good, codes):
        """xmlschema takes Python's white space for XML's; the standard has four characters."""
        is_such = case.kind in ("no-break space after the element", "base64 among other characters") and "\u00a0" in case.content.decode()
        return good and judge == "xmlschema" and codes <= {"unexpected-content", "format"} and is_such

    def base64_among_other_characters(case, judge, good, codes):
        """libxml2 passes over what is no base64, which the standard does not allow."""
        return good and judge == "libxml2" and codes == {"format"} and case.kind == "base64 among other characters"

    def text_in_extensions(case, judge, good, codes):
        """xmlschema does not look for text in an element that may hold only what is not declared; the standard forbids it."""
        return good and judge == "xmlschema" and codes == {"unexpected-content"} and case.at.endswith(".extensions")


EXCEPTIONS = {name: method for name, method in vars(Exceptions).items() if not name.startswith("_")}


class JSONSchemaJudge:
    name, form = "jsonschema", "json"

    def __init__(self, contract):
        schema = contract.schema
        jsonschema.Draft202012Validator.check_schema(schema)
        self.whole = jsonschema.Draft202012Validator(schema)
        self.validators = {
            message: jsonschema.Draft202012Validator(
                {"$ref": f"#/$defs/{message}", "$defs": schema["$defs"]}, format_checker=jsonschema.FormatChecker())
            for message in datasets.OPERATIONS
        }

    def reason(self, case):
        """Why a message is bad; None: it is good."""
        try:
            value = json.loads(case.content.decode(), parse_constant=self.refuse)
        except ValueError as error:
            return f"not JSON: {error}"
        error = next(self.validators[case.message].iter_errors(value), None)
        return error and f"{error.json_path}: {error.message[:200]}"

    @staticmethod
    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")


class LibXML2Judge:
    name, form = "libxml2", "xml"

    def __init__(self, contract):
        self.schema = etree.XMLSchema(etree.parse(str(contract.xsd)))

    def reason(self, case):
        try:
            document = etree.fromstring(case.content)
        except etree.XMLSyntaxError as error:
            return f"not XML: {error}"
        return None if self.schema.validate(document) else str(self.schema.error_log[0].message)


class XMLSchemaJudge:
    name, form = "xmlschema", "xml"

    def __init__(self, contract):
        self.schema = xmlschema.XMLSchema(str(contract.xsd))

    def reason(self, case):
        try:
            document = xml.etree.ElementTree.fromstring(case.content)
            error = next(self.schema.iter_errors(document), None)
        except xml.etree.ElementTree.ParseError as error:
            return f"not XML: {error}"
        except IndexError as error:
            return f"base64 without content, which this version cannot measure: {error}"
        return error and f"{error.path}: {error.reason}"


JUDGES = [JSONSchemaJudge, LibXML2Judge, XMLSchemaJudge]


class Ours:
    """`coconect-soap check-dataset`, once for all files that are judged alike."""

    def __init__(self, folder, cases):
        self.folder, self.cases = folder, cases
        groups = collections.defaultdict(list)
        for number, case in enumerate(cases):
            name = f"{number}.{case.form}"
            (folder / name).write_bytes(case.content)
            groups[case.message, case.contract.code if case.forced else None].append(name)
        self.running = [self.start(*key, names) for key, names in groups.items()]

    def start(self, message, agreement, names):
        arguments = [gateway.COMMAND, "check-dataset", "--format", "json", "--message", message]
        arguments += (["--agreement", agreement] if agreement else []) + names
        output = tempfile.TemporaryFile()
        return arguments, output, subprocess.Popen(arguments, cwd=self.folder, stdout=output, env=gateway.environment())

    def reports(self):
        """A report for each case."""
        reports = {}
        for arguments, output, process in self.running:
            status = process.wait()
            output.seek(0)
            lines = [json.loads(line) for line in output.read().splitlines()]
            output.close()
            assert status in (0, 1, 2), (status, arguments[:7])
            reports |= {int(line["file"].partition(".")[0]): line for line in lines}
        return [reports[number] for number in range(len(self.cases))]


def codes(report):
    """The codes of our report; what could not be read at all has one of its own."""
    found = {problem["code"] for problem in report["problems"]}
    return found or (set() if report["verdict"] == "good" else {report["verdict"]})


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="coconect-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.generator = datasets.Generator(folder, random.Random(SEED))
        cls.cases = list(cls.generator.cases())
        (folder / "cases").mkdir()
        ours = Ours(folder / "cases", cls.cases)
        cls.judges = {(contract.code, judge.name): judge(contract) for contract in cls.generator.contracts.values() for judge in JUDGES}
        cls.foreign = [cls.reasons(case, case.contract.code) for case in cls.cases]
        cls.reports = ours.reports()

    @classmethod
    def reasons(cls, case, agreement):
        """What each judge of its form says against a message, by the contract of an agreement or the one without."""
        return {judge.name: cls.judges[agreement, judge.name].reason(case) for judge in JUDGES if judge.form == case.form}

    def diagnosis(self, number):
        case, report = self.cases[number], self.reports[number]
        found = [f"{problem['code']} at {problem['place']}: {problem['text']}" for problem in report["problems"]]
        lines = [f"{case.contract}, {case.message}, {case.form}: {case.kind}, at {case.at}"]
        lines += [f"  check-dataset: {report['verdict']}; " + ("; ".join(found) or report.get("reason", ""))]
        lines += [f"  {judge}: {'good' if reason is None else 'bad; ' + reason}" for judge, reason in self.foreign[number].items()]
        return "\n".join(lines) + f"\n  {case.content.decode(errors='replace')[:3000]}"

    def refuse(self, wrong, what):
        """Fails where anything is wrong: how often which kind is, and of each kind the smallest message."""
        if not wrong:
            return
        kinds = collections.defaultdict(list)
        for number in wrong:
            kinds[self.cases[number].form, self.cases[number].kind].append(number)
        smallest = [min(numbers, key=lambda number: len(self.cases[number].content)) for numbers in kinds.values()]
        counts = "\n".join(f"  {len(numbers)} of {form}: {kind}" for (form, kind), numbers in kinds.items())
        self.fail(f"{len(wrong)} {what} (seed {SEED})\n{counts}\n" + "\n".join(map(self.diagnosis, smallest[:20])))

    def test_every_judge_agrees_but_for_the_exceptions(self):
        tallies = {judge.name: collections.Counter() for judge in JUDGES}
        wrong = []
        for number, case in enumerate(self.cases):
            for judge, reason in self.foreign[number].items():
                tallies[judge]["messages"] += 1
                if (reason is None) == (self.reports[number]["verdict"] == "good"):
                    tallies[judge]["agree"] += 1
                    continue
                said = (case, judge, reason is None, codes(self.reports[number]))
                exception = next((name for name, allows in EXCEPTIONS.items() if allows(*said)), None)
                tallies[judge][exception or "NOT ALLOWED"] += 1
                if not exception:
                    wrong.append(number)
        self.show(tallies)
        self.refuse(wrong, "verdicts disagree")
        self.assertGreater(len(self.cases), 3000)
        unused = set(EXCEPTIONS) - set().union(*tallies.values())
        self.assertEqual(unused, set(), "exceptions that nothing needs any more")

    def show(self, tallies):
        print(f"\n{len(self.cases)} messages, seed {SEED}", file=sys.stderr)
        for judge, tally in tallies.items():
            print(f"  {judge:<12}{tally['messages']:>6} messages{tally['agree']:>7} agree", file=sys.stderr)
            for name in sorted(set(tally) - {"messages", "agree"}):
                print(f"  {'':<12}{tally[name]:>6} {name.replace('_', ' ')}", file=sys.stderr)

    def test_our_report_says_what_was_done(self):
        """Agreement alone would also come about where all refuse everything; the generator knows what it has done."""
        wrong = []
        for number, (case, report) in enumerate(zip(self.cases, self.reports)):
            found = codes(report)
            places = [problem["place"] for problem in report["problems"]]
            fits = found <= case.codes and bool(found) == bool(case.codes) and (case.place is None or places == [case.place])
            if any(re.fullmatch(r"(\w+) must stand before \1", problem["text"]) for problem in report["problems"]):
                fits = False
            if found == {"rule"}:
                fits = fits and {problem["text"] for problem in report["problems"]} == case.broken
            if not fits:
                wrong.append(number)
        self.refuse(wrong, "reports do not say what was done")

    def test_what_fits_an_agreement_fits_the_contract_without_one(self):
        valid = [number for number, case in enumerate(self.cases) if case.kind == "valid"]
        wrong = [number for number in valid if any(self.reasons(self.cases[number], None).values())]
        self.refuse(wrong, "messages fit their agreement but not the menu")

    def test_each_message_is_of_one_kind(self):
        for number, case in enumerate(self.cases):
            if case.kind == "valid" and case.form == "json":
                judge = self.judges[case.contract.code, "jsonschema"]
                self.assertTrue(judge.whole.is_valid(json.loads(case.content)), self.diagnosis(number))

    def test_every_rule_between_elements_was_broken(self):
        contracts = self.generator.contracts.values()
        known = {rule["text"] for contract in contracts for message in datasets.OPERATIONS for _, rule in contract.rules(message)}
        found = {problem["text"] for report in self.reports for problem in report["problems"] if problem["code"] == "rule"}
        self.assertEqual(found, known)

    def test_every_element_was_tried(self):
        self.assertEqual(self.generator.unreachable, [])

    def test_json_and_xml_say_the_same(self):
        """Our translation of the largest valid datasets against the generator's own."""
        valid = [case for case in self.cases if case.kind == "valid"]
        largest = {}
        for json_case, xml_case in zip(valid[::2], valid[1::2]):
            key = json_case.contract.code, json_case.message
            largest[key] = max(largest.get(key, (b"", b"")), (json_case.content, xml_case.content), key=lambda pair: len(pair[0]))
        for (_, message), (as_json, as_xml) in largest.items():
            status, written, errors = gateway.run("convert", "--to", "xml", "--message", message, "-", input=as_json)
            self.assertEqual(status, 0, errors)
            # Names and texts: the prefix of an agreement's own namespace may differ.
            self.assertEqual(*([(each.tag, each.text) for each in etree.fromstring(xml).iter()] for xml in (written, as_xml)))
            status, written, errors = gateway.run("convert", "--to", "json", "-", input=as_xml)
            self.assertEqual(status, 0, errors)
            self.assertEqual(json.loads(written), json.loads(as_json))

    def test_the_examples_are_good(self):
        files = sorted((gateway.ROOT / "wsdl/examples").glob("*.*"))
        self.assertGreater(len(files), 8)
        for path in files:
            message = "".join("CO" if word == "co" else word.capitalize() for word in path.stem.split("-"))
            case = datasets.Case(None, message, path.suffix[1:], "example", path.name, path.read_bytes())
            status, output, _ = gateway.run("check-dataset", path, "--message", message)
            self.assertEqual((status, set(self.reasons(case, None).values())), (0, {None}), f"{path.name}: {output}")
