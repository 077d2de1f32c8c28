"""The OpenAPI document of the JSON API, read strictly; the programs by others that judge it, and datasets to send by it."""

import json
import subprocess
import unittest
import uuid

import jsonschema

import gateway

TOOLS = gateway.ROOT / "var/python-tools/bin"
EXAMPLES = {path.stem: path.read_text() for path in sorted(gateway.ROOT.glob("wsdl/examples/*.json"))}
OTHER = {"korea": "vietnam", "vietnam": "korea"}

# Korea exports and Viet Nam imports: who may call an operation where each has one role.
CALLER = {
    "send-co": "korea", "send-amendment-notification": "korea", "send-cancelation-status": "vietnam", "send-feedback": "vietnam",
}


def install_tools():
    done = subprocess.run([gateway.ROOT / "Scripts/python-tools"], capture_output=True, text=True)
    if done.returncode == 75:
        raise unittest.SkipTest("Scripts/python-tools cannot reach the package registry; without it nothing here is tested")
    assert done.returncode == 0, done.stdout + done.stderr


def dataset(operation, sender, **changes):
    """The example of an operation from a party to the other, with a message id of its own."""
    parties = {"sender": gateway.PARTIES[sender], "receiver": gateway.PARTIES[OTHER[sender]]}
    return json.loads(EXAMPLES[operation]) | parties | {"functionalReferenceId": uuid.uuid4().hex} | changes


def address(operation):
    return "/partners/{partner}/" + operation


class Document:
    """An OpenAPI document read strictly: what it does not name is wrong, and what it names must be there."""

    def __init__(self, document):
        self.whole = self.closed(document)
        self.operations = {
            (method.upper(), path): operation
            for path, methods in self.whole["paths"].items()
            for method, operation in methods.items()
        }
        self.answers = {(*name, int(status)) for name, operation in self.operations.items() for status in operation["responses"]}

    @staticmethod
    def closed(part):
        """A copy in which objects have no properties but those that are named."""
        if isinstance(part, list):
            return [Document.closed(item) for item in part]
        if not isinstance(part, dict):
            return part
        copy = {name: Document.closed(value) for name, value in part.items()}
        if copy.get("type") == "object" and copy.get("properties"):
            copy.setdefault("additionalProperties", False)
        return copy

    def resolved(self, part):
        while "$ref" in part:
            reference, part = part["$ref"], self.whole
            for name in reference.removeprefix("#/").split("/"):
                part = part[name]
        return part

    def problems(self, schema, value, place):
        validator = jsonschema.Draft202012Validator({"components": self.whole["components"], "allOf": [schema]})
        return [f"{place} {error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]

    def header_problems(self, named, headers):
        return [
            problem
            for name, schema in named.items()
            for problem in ([f"no {name}"] if headers[name] is None else self.problems(schema, headers[name], name))
        ]

    def content_problems(self, contents, headers, data):
        kind = headers.get_content_type() if headers["Content-Type"] else None
        if kind not in contents:
            return [f"the content is {kind}, not one of {', '.join(contents)}"]
        value = json.loads(data) if kind.endswith("json") else data.decode(errors="replace")
        return self.problems(contents[kind]["schema"], value, kind)

    def answer_problems(self, method, path, status, headers, data):
        """What of an answer is not as the document says."""
        if (method, path, status) not in self.answers:
            return [f"{status} is not in the document"]
        answer = self.resolved(self.operations[method, path]["responses"][str(status)])
        named = {name: self.resolved(header)["schema"] for name, header in answer.get("headers", {}).items()}
        return self.header_problems(named, headers) + self.content_problems(answer["content"], headers, data)

    def call_problems(self, webhook, headers, data):
        """What of a call that was pushed to the inside is not as the document says."""
        parameters = [self.resolved(parameter) for parameter in webhook["parameters"]]
        named = {parameter["name"]: parameter["schema"] for parameter in parameters if parameter["in"] == "header"}
        return self.header_problems(named, headers) + self.content_problems(webhook["requestBody"]["content"], headers, data)
