public import Datasets

/// The OpenAPI 3.1 document of the JSON API: what the inside calls, with the datasets, and as webhooks what the JSON gateway
/// must answer when accepted messages are pushed to it.
public struct OpenAPIDocument {
    public static let fileName = "openapi.json"

    private let menu: Menu

    public init(_ menu: Menu) {
        self.menu = menu
    }

    public var bytes: [UInt8] {
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "coconect-soap, the inside", "version": .string(menu.version),
                "description": "Made from the CO Data Element Menu by: coconect-soap contract. Do not edit.",
            ],
            "servers": [["url": "http://127.0.0.1:8080"]], "paths": .object(paths), "webhooks": .object(webhooks),
            "components": [
                "schemas": .object(OpenAPIDocument.schemas(menu)), "parameters": OpenAPIDocument.parameters,
                "responses": OpenAPIDocument.responses,
            ],
        ]
        return document.document
    }

    // MARK: Paths

    private var paths: [(name: String, value: JSONValue)] {
        let submissions = menu.operations.map { operation in
            (name: "/partners/{partner}/\(operation.name)", value: JSONValue.object([(name: "post", value: submission(operation))]))
        }
        return submissions + OpenAPIDocument.readings
    }

    private func submission(_ operation: MenuOperation) -> JSONValue {
        [
            "operationId": .string("submit-" + operation.name), "summary": .string(operation.text),
            "description":
                "Durable before it is answered: 202 while it waits to be sent, 200 once its outcome is known or where it was handed over before.",
            "parameters": [
                ["$ref": "#/components/parameters/partner"], ["$ref": "#/components/parameters/prefer"],
            ],
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": .reference("components/schemas/" + operation.request.xml.local)]],
            ],
            "responses": [
                "200": OpenAPIDocument.answer("The message and its outcome", "Message", location: true),
                "202": OpenAPIDocument.answer("The message, not yet answered by the partner", "Message", location: true),
                "403": .reference("components/responses/problem"), "404": .reference("components/responses/problem"),
                "409": .reference("components/responses/problem"), "413": .reference("components/responses/problem"),
                "415": .reference("components/responses/problem"), "422": .reference("components/responses/problem"),
                "503": .reference("components/responses/problem"),
            ],
        ]
    }

    private static var readings: [(name: String, value: JSONValue)] {
        [
            (name: "/", value: reading("index", "Where to go", ["200": answer("Addresses by name", "Index")])),
            (
                name: "/messages",
                value: reading(
                    "list-messages", "The message log, newest first",
                    [
                        "200": answer("A page of messages", "MessagePage"), "400": .reference("components/responses/problem"),
                        "503": .reference("components/responses/problem"),
                    ],
                    [
                        query("direction", ["type": "string", "enum": ["inbound", "outbound"]], "Which way, seen from this gateway"),
                        query("partner", ["type": "string"], "Name of the partner's file"),
                        query("operation", ["type": "string"], "Service operation, such as send-co"),
                        query("state", .reference("components/schemas/State"), "Transport state"),
                        query("messageId", ["type": "string"], "FunctionalReferenceID"),
                        query("certificate", ["type": "string"], "Number of the certificate as a person types it"),
                        query("from", ["type": "string", "format": "date-time"], "Received at this time or later"),
                        query("to", ["type": "string", "format": "date-time"], "Received before this time"),
                        ["$ref": "#/components/parameters/before"],
                        ["$ref": "#/components/parameters/limit"],
                    ])
            ),
            (
                name: "/messages/{id}",
                value: reading(
                    "read-message", "One message with its history",
                    [
                        "200": answer("The message", "Message"), "404": .reference("components/responses/problem"),
                        "503": .reference("components/responses/problem"),
                    ],
                    [["$ref": "#/components/parameters/id"]])
            ),
            (
                name: "/messages/{id}/{content}",
                value: reading(
                    "read-content", "The exact bytes of a message and what was found in them",
                    [
                        "200": [
                            "description": "The bytes",
                            "content": [
                                "text/xml": ["schema": ["type": "string"]], "application/json": ["schema": ["type": "object"]],
                            ],
                        ], "404": .reference("components/responses/problem"), "503": .reference("components/responses/problem"),
                    ],
                    [
                        ["$ref": "#/components/parameters/id"],
                        [
                            "name": "content", "in": "path", "required": true,
                            "description": "What was received, what was answered, the dataset, or what was found in it",
                            "schema": ["type": "string", "enum": ["request.xml", "response.xml", "dataset.json", "verification.json"]],
                        ],
                    ])
            ),
            (
                name: "/messages/{id}/evidence.asice",
                value: reading(
                    "read-evidence", "A file that proves what was exchanged, without this gateway",
                    [
                        "200": [
                            "description": "ASiC-E container (ETSI EN 319 162-1)",
                            "content": ["application/vnd.etsi.asic-e+zip": ["schema": ["type": "string", "format": "binary"]]],
                        ],
                        "404": .reference("components/responses/problem"), "503": .reference("components/responses/problem"),
                    ], [["$ref": "#/components/parameters/id"]])
            ),
            (
                name: "/certificates/{number}",
                value: reading(
                    "read-certificate", "The states of a certificate and every message about it",
                    [
                        "200": answer("Every certificate with this number, or one that looks like it", "Certificates"),
                        "404": .reference("components/responses/problem"), "503": .reference("components/responses/problem"),
                    ],
                    [
                        [
                            "name": "number", "in": "path", "required": true,
                            "description": "Its number as a person types it: width, case, dashes and look-alikes do not matter",
                            "schema": ["type": "string"],
                        ]
                    ])
            ),
            (
                name: "/messages/{id}/ack",
                value: [
                    "post": [
                        "operationId": "acknowledge-message", "summary": "Takes a message out of the inbox",
                        "parameters": [["$ref": "#/components/parameters/id"]],
                        "responses": [
                            "200": answer("The message, delivered", "MessageSummary"), "404": .reference("components/responses/problem"),
                            "409": .reference("components/responses/problem"), "503": .reference("components/responses/problem"),
                        ],
                    ]
                ]
            ),
            (
                name: "/inbox",
                value: reading(
                    "read-inbox", "Accepted messages that nobody has taken yet; with lease the next in turn, for nobody else until it ends",
                    [
                        "200": answer("A page of messages", "MessagePage"), "400": .reference("components/responses/problem"),
                        "503": .reference("components/responses/problem"),
                    ],
                    [
                        ["$ref": "#/components/parameters/before"], ["$ref": "#/components/parameters/limit"],
                        query(
                            "lease", ["type": "integer", "minimum": 1, "maximum": 3600],
                            "Seconds until what is not acknowledged is given out again"),
                        query("wait", ["type": "integer", "minimum": 0, "maximum": 60], "Seconds to wait for a first message, with lease"),
                    ])
            ),
            (name: "/openapi.json", value: reading("read-openapi", "This document", ["200": object("The document")])),
            (name: "/health/live", value: reading("health-live", "Whether the process runs", ["200": answer("It does", "Health")])),
            (
                name: "/metrics",
                value: reading(
                    "metrics", "Counts, times and depths in the text format of Prometheus",
                    ["200": ["description": "The text", "content": ["text/plain": ["schema": ["type": "string"]]]]])
            ),
            (
                name: "/health/ready",
                value: reading(
                    "health-ready", "Whether messages can be taken",
                    ["200": answer("They can", "Health"), "503": answer("They cannot, and why", "Health")])
            ),
        ]
    }

    private static func reading(_ id: String, _ summary: String, _ responses: JSONValue, _ parameters: [JSONValue] = []) -> JSONValue {
        [
            "get": [
                "operationId": .string(id), "summary": .string(summary), "parameters": .array(parameters), "responses": responses,
            ]
        ]
    }

    private static func query(_ name: String, _ schema: JSONValue, _ description: String) -> JSONValue {
        ["name": .string(name), "in": "query", "description": .string(description), "schema": schema]
    }

    private static func answer(_ description: String, _ schema: String, location: Bool = false) -> JSONValue {
        let content: JSONValue = ["application/json": ["schema": .reference("components/schemas/" + schema)]]
        guard location else { return ["description": .string(description), "content": content] }
        return [
            "description": .string(description),
            "headers": ["Location": ["description": "Address of the message", "schema": ["type": "string"]]],
            "content": content,
        ]
    }

    private static func object(_ description: String) -> JSONValue {
        ["description": .string(description), "content": ["application/json": ["schema": ["type": "object"]]]]
    }

    // MARK: Webhooks

    private var webhooks: [(name: String, value: JSONValue)] {
        menu.operations.map { operation in
            (
                name: operation.name,
                value: [
                    "post": [
                        "operationId": .string("deliver-" + operation.name), "summary": .string(operation.text),
                        "description": .string(
                            "An accepted message, pushed to {gateway}/\(operation.name). Delivered at least once: the same Idempotency-Key is the same message."
                        ),
                        "parameters": .array(
                            [
                                ("Idempotency-Key", "The message's local id"), ("Coconect-Message", "The message's local id"),
                                ("Coconect-Partner", "The partner that signed it"),
                                ("Coconect-Signer", "SHA-256 of the signer's certificate, hexadecimal"),
                            ].map { name, text in
                                [
                                    "name": .string(name), "in": "header", "required": true, "description": .string(text),
                                    "schema": ["type": "string"],
                                ]
                            }),
                        "requestBody": [
                            "required": true,
                            "content": ["application/json": ["schema": .reference("components/schemas/" + operation.request.xml.local)]],
                        ],
                        "responses": [
                            "2XX": ["description": "The JSON gateway has the message"],
                            "408": ["description": "Not in time: it is tried again"],
                            "429": ["description": "Too much now: it is tried again"],
                            "4XX": ["description": "It will never take it: the message is parked for a person, with this answer"],
                            "5XX": ["description": "Not now: it is tried again, as where no answer comes within 30 s"],
                        ],
                    ]
                ]
            )
        }
    }
}
