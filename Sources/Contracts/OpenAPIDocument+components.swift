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
        "limit": ["name": "limit", "in": "query", "schema": ["type": "integer", "minimum": 1, "maximum": 500, "default": 50]],
    ]

    static let responses: JSONValue = [
        "problem": [
            "description": "What is wrong, where, and what to do (RFC 9457)",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/ApiProblem"]]],
        ]
    ]

    private static var answers: [(name: String, value: JSONValue)] {
        let text: JSONValue = ["type": "string"]
        let number: JSONValue = ["type": "integer"]
        let summary: [(name: String, value: JSONValue)] = [
            (name: "id", value: text), (name: "sequence", value: number),
            (name: "direction", value: ["type": "string", "enum": ["inbound", "outbound"]]),
            (name: "partner", value: text), (name: "operation", value: text), (name: "messageID", value: text),
            (name: "contentDigest", value: text), (name: "certificateNumber", value: text),
            (name: "state", value: .reference("components/schemas/State")),
            (name: "correlationID", value: text), (name: "receivedAt", value: text), (name: "updatedAt", value: text),
            (name: "signer", value: text),
            (name: "bodyDigest", value: text), (name: "attempts", value: number), (name: "detail", value: text),
        ]
        let always: JSONValue = [
            "id", "sequence", "direction", "partner", "operation", "messageID", "contentDigest", "state", "correlationID", "receivedAt",
            "updatedAt",
            "attempts",
        ]
        return [
            (name: "Index", value: ["type": "object", "additionalProperties": text]),
            (
                name: "Health",
                value: ["type": "object", "properties": ["status": text], "required": ["status"], "additionalProperties": text]
            ),
            (
                name: "State",
                value: ["type": "string", "enum": ["refused", "accepted", "delivered", "parked", "queued", "acknowledged", "rejected"]]
            ),
            (name: "MessageSummary", value: ["type": "object", "properties": .object(summary), "required": always]),
            (
                name: "Message",
                value: [
                    "type": "object",
                    "properties": [
                        "message": .reference("components/schemas/MessageSummary"),
                        "events": [
                            "type": "array",
                            "items": [
                                "type": "object",
                                "properties": ["at": text, "state": .reference("components/schemas/State"), "detail": text],
                                "required": ["at", "state"],
                            ],
                        ],
                        "links": ["type": "object", "description": "Addresses of its bytes, by kind", "additionalProperties": text],
                    ], "required": ["message", "events", "links"],
                ]
            ),
            (
                name: "MessagePage",
                value: [
                    "type": "object",
                    "properties": [
                        "messages": ["type": "array", "items": .reference("components/schemas/MessageSummary")],
                        "next": ["type": "integer", "description": "Give it as before to get the next page; absent on the last"],
                    ], "required": ["messages"],
                ]
            ),
            (
                name: "ApiProblem",
                value: [
                    "type": "object",
                    "properties": [
                        "type": text, "title": text, "status": number, "detail": text,
                        "problems": [
                            "type": "array",
                            "items": [
                                "type": "object", "properties": ["code": text, "pointer": text, "text": text],
                                "required": ["code", "pointer", "text"],
                            ],
                        ],
                    ], "required": ["type", "title", "status", "detail"],
                ]
            ),
        ]
    }
}
