internal import Datasets
internal import Exchanges
internal import Foundation
internal import Hummingbird

/// An error of the JSON API (RFC 9457), with a JSON Pointer for each problem of a dataset.
struct Problem: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    var problems: [Entry]?

    struct Entry: Encodable {
        let code: String
        let pointer: String
        let text: String
    }

    init(_ status: HTTPResponse.Status, type: String, title: String, detail: String) {
        self.type = "urn:coconect:problem:" + type
        self.title = title
        self.status = status.code
        self.detail = detail
    }

    init(_ error: SubmissionError) {
        switch error {
        case .certificateUnknown:
            self.init(
                .unprocessableContent, type: "certificate-unknown", title: "No such certificate was received", detail: error.description)
        case .preferenceGiven:
            self.init(.conflict, type: "preference-given", title: "Preference is given under it", detail: error.description)
        case .unknownPartner: self.init(.notFound, type: "unknown-partner", title: "Unknown partner", detail: error.description)
        case .operationNotCalled:
            self.init(.forbidden, type: "operation-not-called", title: "Operation not in our role", detail: error.description)
        case .partnerSuspended:
            self.init(.conflict, type: "partner-suspended", title: "Partner suspended", detail: error.description)
        case .storeFailed: self.init(.serviceUnavailable, type: "store", title: "Not stored", detail: error.description)
        case .messageIDReused:
            self.init(.conflict, type: "message-id-reused", title: "Message id used before", detail: error.description)
        case .dataset(let found):
            self.init(
                .unprocessableContent, type: "dataset", title: "The dataset has problems",
                detail: found.count == 1 ? "one problem" : "\(found.count) problems")
            problems = found.map { Entry(code: $0.code.rawValue, pointer: $0.place, text: $0.text) }
        }
    }

    var response: Response { .json(self, status: .init(code: status), type: "application/problem+json") }
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json") -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return .bytes(Array(try encoder.encode(value)), type: type, status: status)
        } catch {
            return .text(.internalServerError, "The answer could not be written.\n")
        }
    }
}
