import Foundation
import Support

/// Changes to the sample of an amendment notification.
enum Amendment {
    private static func base(_ kind: String, at moment: String) -> [String: Any] {
        ["kind": kind, "reasonCode": "OTH", "dateTime": moment]
    }

    private static func certificate(_ number: String, _ version: String) throws -> [String: Any] {
        let sample = try JSONSerialization.jsonObject(with: Data(Repository.bytes("wsdl/examples/send-amendment-notification.json")))
        let amendment = (sample as? [String: Any])?["amendment"] as? [String: Any]
        return (amendment?["certificate"] as? [String: Any] ?? [:]).merging(["id": number, "versionId": version]) { _, new in new }
    }

    static func correction(_ number: String, _ version: String, at moment: String) throws -> [String: Any] {
        ["id": number, "amendment": base("4", at: moment).merging(["certificate": try certificate(number, version)]) { $1 }]
    }

    static func cancelation(_ number: String, at moment: String) -> [String: Any] { ["id": number, "amendment": base("1", at: moment)] }

    static func replacement(_ number: String, by other: String, at moment: String) throws -> [String: Any] {
        var new = try certificate(other, "1")
        new["replaces"] = ["id": number]
        return ["id": number, "amendment": base("5", at: moment).merging(["certificate": new]) { $1 }]
    }
}
