/// The JSON Schema (2020-12) of a verdict, as `coconect-soap verify --format json` and evidence files have it.
public enum VerdictSchema {
    public static let fileName = "coconect-verdict-1.schema.json"

    public static var bytes: [UInt8] { document.document }

    private static func span(_ description: String) -> JSONValue {
        .object(description, ["offset": ["type": "integer", "minimum": 0], "length": ["type": "integer", "minimum": 1]])
    }

    private static let document: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:coconect:verdict:1",
        "title": "Verdict on a signed message", "type": "object", "additionalProperties": false,
        "properties": JSONValue.object(properties),
        "required": ["verdict", "hash", "ruleSet", "integrity", "parts", "judgedAt", "secondEngine", "warnings", "rules"],
    ]

    private static let properties: [(name: String, value: JSONValue)] = [
        (name: "verdict", value: .word(["good", "bad"], "Whether the message is accepted as signed")),
        (
            name: "hash",
            value: .text(
                "SHA-256 over what was found in the message itself: the same from server, command and archive, whenever it is judged")
        ),
        (name: "ruleSet", value: .text("Version of the rules")),
        (name: "code", value: .text("The rule that refused")), (name: "rule", value: ["type": "integer", "description": "Its number"]),
        (name: "reason", value: .text("Why it refused")),
        (
            name: "integrity",
            value: .word(["intact", "broken", "unknown"], "Whether the content is as it was signed, whoever signed it")
        ),
        (name: "soapVersion", value: .word(["1.1", "1.2"], "Version of SOAP")),
        (name: "signer", value: signer),
        (name: "signatureAlgorithm", value: .text("URI of XML Signature")),
        (
            name: "parts",
            value: .list(
                .object(
                    "A Reference",
                    [
                        "path": .text("XPath of the element that it covers"), "id": .text("Its id"),
                        "digestAlgorithm": .text("URI of XML Signature"), "digest": .text("Base64"),
                    ]), "What the signature covers")
        ),
        (name: "created", value: .text("Of the Timestamp: the time that the signer claims")),
        (name: "expires", value: .text("Of the Timestamp")),
        (name: "judgedAt", value: .text("The moment for which trust was judged")),
        (
            name: "secondEngine",
            value: .word(["agrees", "refuses", "not asked", "not able"], "What libxmlsec1 says of the same message")
        ),
        (name: "isClockChecked", value: ["type": "boolean", "description": "Whether the Timestamp was held against that moment"]),
        (
            name: "warnings",
            value: .list(
                .object("A warning", ["code": .text("Short and stable"), "text": .text("For people")]), "What was accepted nevertheless")
        ),
        (
            name: "rules",
            value: .list(
                .object(
                    "A rule",
                    [
                        "rule": ["type": "integer"], "code": .text("Short and stable"),
                        "outcome": .word(["passed", "warned", "failed", "not judged"], "What came of it"),
                    ]), "Every rule of verification, in the order in which they are asked")
        ),
        (name: "coverage", value: coverage),
        (
            name: "documents",
            value: .list(
                .object(
                    "A document",
                    [
                        "pointer": .text("JSON Pointer of the attachment"), "fileName": .text("As its sender named it"),
                        "mediaType": .text("RFC 6838"), "verdict": ["$ref": .string(DocumentSchema.identifier)],
                    ]), "The documents that travel in the message, where they were asked for, each judged by its own signatures")
        ),
    ]

    private static let signer: JSONValue = .object(
        "Whose certificate the message names, whether or not its signature holds",
        [
            "partner": .text("Its name in the registry or the folder of certificates"), "subject": .text("Distinguished name"),
            "issuer": .text("Distinguished name"), "serialNumber": .text("Hexadecimal"), "fingerprint": .hexadecimal,
            "key": .text("Kind and size"), "notBefore": .text("RFC 3339"), "notAfter": .text("RFC 3339"),
        ])

    private static let coverage: JSONValue = .object(
        "Which values are signed, of a message that is good",
        [
            "part": .text("XPath of the signed part that holds all values"), "signer": .hexadecimal,
            "values": .list(
                .object(
                    "A value",
                    [
                        "pointer": .text("JSON Pointer in the dataset"), "path": .text("XPath in the message"),
                        "text": .text("As it stands there"),
                        "line": ["type": "integer", "minimum": 1], "source": span("Bytes of the message as received"),
                        "canonical": span("Bytes of the canonical part, over which the digest is computed"),
                    ], optional: ["source"]), "In the order of the message"),
            "notSigned": .list(.text("XPath"), "Elements of the Header that the signature does not cover; none is read for the dataset"),
        ])
}
