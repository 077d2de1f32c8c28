/// The JSON Schema (2020-12) of a verdict on a document that bears signatures of its own, as `coconect-soap verify --format json` and
/// evidence files have it.
public enum DocumentSchema {
    public static let fileName = "coconect-document-1.schema.json"
    static let identifier = "urn:coconect:document:1"

    public static var bytes: [UInt8] { document.document }

    private static let document: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(identifier),
        "title": "Verdict on a document with signatures of its own", "oneOf": [cod, signedXML, notJudged, refused],
    ]

    private static func kind(_ name: String) -> JSONValue { ["const": .string(name)] }
    private static let verdict = JSONValue.word(
        ["good", "bad"], "Whether every signature holds and its signer was trusted when it was made")
    private static let defects = JSONValue.list(.text("A sentence"), "What is wrong")

    private static let cod = JSONValue.object(
        "A Digital Certificate of Origin (COD) of ALADI or MERCOSUR",
        [
            "kind": kind("cod"), "verdict": verdict, "sha256": .hexadecimal,
            "stage": .word(
                ["draft", "signed by the exporter", "with the data of the issuing entity", "complete"], "How far its making has come"),
            "certificateID": .text("Its number"), "agreement": .text("AgreementAcronym"), "version": .text("CODVer"),
            "exporter": signature, "officer": signature, "defects": defects,
            "notes": .list(.text("A sentence"), "What is not wrong, but a person should know"),
        ], optional: ["stage", "certificateID", "agreement", "version", "exporter", "officer"])

    private static let signedXML = JSONValue.object(
        "Other XML that bears signatures",
        [
            "kind": kind("signed-xml"),
            "verdict": .word(
                ["good", "partial", "bad"],
                "good: every signature is, and one covers the document element; partial: they cover parts of it only"),
            "sha256": .hexadecimal, "root": .text("Name of the document element"),
            "signatures": .list(signature, "In the order of the document"),
            "isWhole": ["type": "boolean", "description": "Whether a good signature covers the document element"], "defects": defects,
        ])

    private static let notJudged = JSONValue.object(
        "A document that bears no signature that is judged here",
        ["kind": kind("not-judged"), "sha256": .hexadecimal, "reason": .text("Why")])

    private static let refused = JSONValue.object(
        "XML, or a COD, that cannot be read as such", ["kind": kind("refused"), "sha256": .hexadecimal, "reason": .text("Why")])

    private static let signature = JSONValue.object(
        "A signature",
        [
            "role": .word(["exporter", "officer"], "Whose signature stands at this place"), "place": .text("XPath of the Signature"),
            "integrity": .word(["intact", "broken", "unknown"], "Whether what it covers is as it was signed, whoever signed it"),
            "reason": .text("Why it does not hold"), "covers": .list(.text("XPath"), "What it covers"),
            "signatureAlgorithm": .text("URI of XML Signature"), "signer": signer,
            "signedAt": .text("The time of signing that the document claims"),
            "judgedAt": .text("The moment for which the certificate was judged"),
            "trust": .word(["trusted", "not trusted", "not judged"], "Whether its signer was to be trusted at that moment"),
            "trustReason": .text("Why not"),
            "warnings": .list(
                .object("A warning", ["code": .text("Short and stable"), "text": .text("For people")]), "What was read nevertheless"),
            "secondEngine": .word(["agrees", "refuses", "not asked", "not able"], "What libxmlsec1 says of the same signature"),
        ], optional: ["role", "reason", "signatureAlgorithm", "signer", "signedAt", "trustReason"])

    private static let signer = JSONValue.object(
        "Whose certificate stands in its KeyInfo",
        [
            "knownAs": .text("Its name, or its authority's, among the given certificates"), "subject": .text("Distinguished name"),
            "issuer": .text("Distinguished name"), "serialNumber": .text("Hexadecimal"), "fingerprint": .hexadecimal,
            "key": .text("Kind and size"), "notBefore": .text("RFC 3339"), "notAfter": .text("RFC 3339"),
        ], optional: ["knownAs"])
}
