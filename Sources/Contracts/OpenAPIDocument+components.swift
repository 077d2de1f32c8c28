internal import Datasets

extension OpenAPIDocument {
    /// The datasets, and what the API answers with.
    static func schemas(_ menu: Menu) -> [(name: String, value: JSONValue)] {
        JSONSchemaDocument(menu).definitions(under: "components/schemas") + answers
    }

    static let parameters: JSONValue = [
        "partner": [
            "name": "partner", "in": "path", "required": true, "description": "Name of the partner's file", "schema": ["type": "string"],
        ],
        "id": ["name": "id", "in": "path", "required": true, "description": "Local id of the message", "schema": ["type": "string"]],
        "prefer": [
            "name": "Prefer", "in": "header",
            "description": "wait=N waits up to N seconds (60 at the most) for the partner's answer (RFC 7240)",
            "schema": ["type": "string"],
        ],
        "before": ["name": "before", "in": "query", "description": "The next of an earlier page", "schema": ["type": "integer"]],
        "limit": [
            "name": "limit", "in": "query", "description": "Messages on a page",
            "schema": ["type": "integer", "minimum": 1, "maximum": 500, "default": 50],
        ],
    ]

    static let responses: JSONValue = [
        "problem": [
            "description": "What is wrong, where, and what to do (RFC 9457)",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/ApiProblem"]]],
        ]
    ]

    private static var answers: [(name: String, value: JSONValue)] {
        [
            (name: "Index", value: ["type": "object", "description": "Addresses by name", "additionalProperties": text("An address")]),
            (
                name: "Health",
                value: [
                    "type": "object",
                    "properties": [
                        "status": text("live, ready or not ready"),
                        "sealing": text("goes on, or what holds it up; messages are taken nevertheless"),
                    ], "required": ["status"],
                    "additionalProperties": text("What is not ready, and why"),
                ]
            ),
            (
                name: "State",
                value: [
                    "type": "string", "description": "Transport state; it says nothing of the certificate",
                    "enum": ["refused", "held", "accepted", "delivered", "parked", "abandoned", "queued", "acknowledged", "rejected"],
                ]
            ),
            (name: "MessageSummary", value: summary), (name: "Message", value: message), (name: "MessagePage", value: page),
            (name: "Certificates", value: certificates),
            (name: "ApiProblem", value: problem),
        ]
    }

    private static func text(_ description: String) -> JSONValue { ["type": "string", "description": .string(description)] }

    private static func time(_ description: String) -> JSONValue {
        ["type": "string", "format": "date-time", "description": .string(description)]
    }

    private static func number(_ description: String) -> JSONValue { ["type": "integer", "description": .string(description)] }

    private static func described(_ schema: String, _ description: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)"), "description": .string(description)]
    }

    private static var summary: JSONValue {
        [
            "type": "object",
            "properties": [
                "id": text("Local id, opaque"), "sequence": number("Position in the log"),
                "direction": ["type": "string", "enum": ["inbound", "outbound"], "description": "Which way, seen from this gateway"],
                "partner": text("Name of the partner's file"), "operation": text("Service operation"),
                "messageID": text("FunctionalReferenceID; empty for a refused message"),
                "contentDigest": text("SHA-256 of the canonical content, hexadecimal; empty for a refused message"),
                "certificateNumber": text("Number of the certificate"), "state": described("State", "Transport state"),
                "correlationID": text("Names the message in the log"), "receivedAt": time("When it came, UTC"),
                "updatedAt": time("When its state last changed, UTC"), "signer": text("SHA-256 of the signer's certificate, hexadecimal"),
                "bodyDigest": text("Base64 digest of the Body Reference"), "attempts": number("How often sending or delivering was tried"),
                "detail": text("Why the last try failed, or the refusal"),
            ],
            "required": [
                "id", "sequence", "direction", "partner", "operation", "messageID", "contentDigest", "state", "correlationID", "receivedAt",
                "updatedAt", "attempts",
            ],
        ]
    }

    private static var message: JSONValue {
        [
            "type": "object",
            "properties": [
                "message": described("MessageSummary", "The message"),
                "events": [
                    "type": "array", "description": "Its history, oldest first",
                    "items": [
                        "type": "object",
                        "properties": [
                            "at": time("When, UTC"), "state": described("State", "State from then on"),
                            "detail": text("Why, where there is more to say"),
                            "written": text("What was written of the message with it, a line for each: SHA-256 of the bytes kept then"),
                        ], "required": ["at", "state"],
                    ],
                ],
                "links": ["type": "object", "description": "Addresses of its bytes, by kind", "additionalProperties": text("An address")],
            ], "required": ["message", "events", "links"],
        ]
    }

    private static var certificates: JSONValue {
        let states = ["none", "issued", "replacement-notified", "cancelation-notified", "replaced", "canceled"]
        let treatments = ["NONE", "PENDING", "GRANTED", "PARTIAL", "DENIED", "NOT_CLAIMED", "REVOKED"]
        func words(_ words: [String], _ description: String) -> JSONValue {
            ["type": "string", "description": .string(description), "enum": .array(words.map { .string($0) })]
        }
        let certificate: JSONValue = [
            "type": "object",
            "properties": [
                "partner": text("Name of the partner's file"),
                "side": words(["inbound", "outbound"], "inbound where the partner's country issued it"),
                "number": text("As it stands in the messages"), "state": words(states, "Where the certificate stands"),
                "isExpired": ["type": "boolean", "description": "Whether the last day of its validity is over, in UTC"],
                "version": text("In force"), "replacedBy": text("Number of the certificate that took its place"),
                "openNotification": text("Message id of the notification that waits for an answer"),
                "treatment": words(treatments + ["MIXED"], "By the latest decisions; MIXED where items differ"),
                "treatmentByItem": [
                    "type": "object", "description": "By the number of the item, where decisions name items",
                    "additionalProperties": words(treatments, "The latest decision"),
                ],
                "updatedAt": time("When a state last changed, UTC"),
                "messages": ["type": "array", "description": "Oldest first", "items": .reference("components/schemas/MessageSummary")],
            ],
            "required": [
                "partner", "side", "number", "state", "isExpired", "treatment", "treatmentByItem", "updatedAt", "messages",
            ],
        ]
        return [
            "type": "object",
            "properties": [
                "certificates": ["type": "array", "description": "All that may be meant", "items": certificate],
                "warning": text("Where the number was found only by what looks alike"),
            ], "required": ["certificates"],
        ]
    }

    private static var page: JSONValue {
        [
            "type": "object",
            "properties": [
                "messages": ["type": "array", "description": "Newest first", "items": .reference("components/schemas/MessageSummary")],
                "next": number("Give it as before to get the next page; absent on the last"),
            ], "required": ["messages"],
        ]
    }

    private static var problem: JSONValue {
        [
            "type": "object",
            "properties": [
                "type": text("URN of the kind of problem, urn:coconect:problem:…"), "title": text("The kind in words"),
                "status": number("HTTP status"),
                "detail": text("What is wrong here, and what to do"),
                "problems": [
                    "type": "array", "description": "Each problem of a dataset",
                    "items": [
                        "type": "object",
                        "properties": [
                            "code": text("Short stable code"), "pointer": text("JSON Pointer of the place (RFC 6901)"),
                            "text": text("What is wrong and what to do"),
                        ], "required": ["code", "pointer", "text"],
                    ],
                ],
            ], "required": ["type", "title", "status", "detail"],
        ]
    }
}
