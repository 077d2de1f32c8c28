internal import Foundation
internal import Stores
public import XML

/// How a fact is stored: JSON with a kind.
extension CertificateFact: Codable {
    private enum Key: String, CodingKey { case kind, edition, message, at, by, answer, decision }
    private enum Kind: String, Codable { case issued, corrected, replacementNotified, cancelationNotified, answered, treated }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        func message() throws -> String { try values.decode(String.self, forKey: .message) }
        func at() throws -> XMLDateTime { try values.decode(XMLDateTime.self, forKey: .at) }
        func edition() throws -> Edition { try values.decode(Edition.self, forKey: .edition) }
        switch try values.decode(Kind.self, forKey: .kind) {
        case .issued: self = .issued(try edition(), message: try message())
        case .corrected: self = .corrected(try edition(), message: try message(), at: try at())
        case .replacementNotified:
            self = .replacementNotified(
                by: try values.decode(String.self, forKey: .by), try edition(), message: try message(), at: try at())
        case .cancelationNotified: self = .cancelationNotified(message: try message(), at: try at())
        case .answered: self = .answered(try values.decode(CancelationAnswer.self, forKey: .answer))
        case .treated: self = .treated(try values.decode(TreatmentDecision.self, forKey: .decision))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        func put(_ kind: Kind, _ message: String?, _ at: XMLDateTime?) throws {
            try values.encode(kind, forKey: .kind)
            try values.encodeIfPresent(message, forKey: .message)
            try values.encodeIfPresent(at, forKey: .at)
        }
        switch self {
        case .issued(let edition, let message):
            try put(.issued, message, nil)
            try values.encode(edition, forKey: .edition)
        case .corrected(let edition, let message, let at):
            try put(.corrected, message, at)
            try values.encode(edition, forKey: .edition)
        case .replacementNotified(let number, let edition, let message, let at):
            try put(.replacementNotified, message, at)
            try values.encode(edition, forKey: .edition)
            try values.encode(number, forKey: .by)
        case .cancelationNotified(let message, let at): try put(.cancelationNotified, message, at)
        case .answered(let answer):
            try put(.answered, nil, nil)
            try values.encode(answer, forKey: .answer)
        case .treated(let decision):
            try put(.treated, nil, nil)
            try values.encode(decision, forKey: .decision)
        }
    }

    var text: String {
        get throws { String(decoding: try CertificateFact.encoder.encode(self), as: UTF8.self) }
    }

    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    init(text: String) throws {
        do { self = try CertificateFact.decoder.decode(CertificateFact.self, from: Data(text.utf8)) } catch {
            throw StoreError("a fact of a certificate cannot be read: \(text)")
        }
    }
}

/// As it is written in messages.
extension XMLDateTime: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = XMLDateTime(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(text) is no time"))
        }
        self = moment
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(text)
    }
}
