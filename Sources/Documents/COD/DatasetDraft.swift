internal import Foundation

/// A dataset in the making: values put at JSON Pointers, lists from their first entry on.
struct DatasetDraft {
    enum Value: Encodable, Equatable {
        case text(String)
        case integer(Int)
        case boolean(Bool)
        case list([Value])
        case record([String: Value])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .boolean(let value): try container.encode(value)
            case .list(let values): try container.encode(values)
            case .record(let values): try container.encode(values)
            }
        }
    }

    private var root = Value.record([:])

    /// Whether a value can be put there without taking the place of another.
    func takes(_ value: Value, at pointer: String) -> Bool { self.value(at: pointer).map { $0 == value } ?? true }

    mutating func put(_ value: Value, at pointer: String) {
        DatasetDraft.put(value, at: pointer.split(separator: "/")[...], in: &root)
    }

    private static func put(_ value: Value, at steps: ArraySlice<Substring>, in place: inout Value) {
        guard let step = steps.first else {
            place = value
            return
        }
        if let number = Int(step) {
            var list: [Value] = if case .list(let values) = place { values } else { [] }
            // Held once, a list is changed where it is; held twice, it would be copied for each of its values.
            place = .boolean(false)
            precondition(number <= list.count, "the entries of a list are put one after the other")
            if number == list.count { list.append(.record([:])) }
            put(value, at: steps.dropFirst(), in: &list[number])
            place = .list(list)
        } else {
            var record: [String: Value] = if case .record(let values) = place { values } else { [:] }
            place = .boolean(false)
            put(value, at: steps.dropFirst(), in: &record[String(step), default: .record([:])])
            place = .record(record)
        }
    }

    /// How many entries a list has.
    func count(at pointer: String) -> Int {
        if case .list(let values) = value(at: pointer) { values.count } else { 0 }
    }

    func has(_ pointer: String) -> Bool { value(at: pointer) != nil }

    private func value(at pointer: String) -> Value? {
        var place: Value? = root
        for step in pointer.split(separator: "/") {
            switch place {
            case .record(let values): place = values[String(step)]
            case .list(let values): place = Int(step).flatMap { values.indices.contains($0) ? values[$0] : nil }
            default: return nil
            }
        }
        return place
    }

    func json() throws -> [UInt8] { Array(try JSONEncoder().encode(root)) }
}
