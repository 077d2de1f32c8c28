/// Pieces of JSON Schemas.
extension JSONValue {
    static func text(_ description: String) -> JSONValue { ["type": "string", "description": .string(description)] }

    static func word(_ words: [String], _ description: String) -> JSONValue {
        ["type": "string", "enum": .array(words.map { .string($0) }), "description": .string(description)]
    }

    static func object(_ description: String, _ properties: KeyValuePairs<String, JSONValue>, optional: Set<String> = [])
        -> JSONValue
    {
        [
            "type": "object", "description": .string(description), "additionalProperties": false,
            "properties": .object(properties.map { (name: $0.key, value: $0.value) }),
            "required": .array(properties.map(\.key).filter { !optional.contains($0) }.map { .string($0) }),
        ]
    }

    static func list(_ items: JSONValue, _ description: String) -> JSONValue {
        ["type": "array", "description": .string(description), "items": items]
    }

    static let hexadecimal: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{64}$"]
}
