internal import Datasets
internal import WSSecurity

extension VerificationReport {
    /// As kept beside the message; what `JSONDecoder` reads, written without its encoder, which would cost as much as
    /// translating the message.
    var json: [UInt8] {
        var object = JSONObject()
        object.add("verdict", verdict.rawValue)
        object.add("hash", hash)
        object.add("ruleSet", VerificationReport.ruleSet)
        object.add("code", code)
        object.add("rule", rule.map { Array(String($0).utf8) })
        object.add("reason", reason)
        object.add("integrity", integrity.rawValue)
        object.add("soapVersion", soapVersion)
        object.add("signer", signer?.json)
        object.add("signatureAlgorithm", signatureAlgorithm)
        object.add("parts", parts.map(\.json))
        object.add("created", created)
        object.add("expires", expires)
        object.add("judgedAt", judgedAt)
        object.add("secondEngine", secondEngine.rawValue)
        object.add("isClockChecked", isClockChecked.map { Array("\($0)".utf8) })
        object.add("warnings", warnings.map(\.json))
        return object.json
    }
}

extension VerificationReport.Signer {
    fileprivate var json: [UInt8] {
        var object = JSONObject()
        object.add("partner", partner)
        object.add("subject", subject)
        object.add("issuer", issuer)
        object.add("serialNumber", serialNumber)
        object.add("fingerprint", fingerprint)
        object.add("key", key)
        object.add("notBefore", notBefore)
        object.add("notAfter", notAfter)
        return object.json
    }
}

extension VerificationReport.Part {
    fileprivate var json: [UInt8] {
        var object = JSONObject()
        object.add("path", path)
        object.add("id", id)
        object.add("digestAlgorithm", digestAlgorithm)
        object.add("digest", digest)
        return object.json
    }
}

extension VerificationReport.Warning {
    fileprivate var json: [UInt8] {
        var object = JSONObject()
        object.add("code", code)
        object.add("text", text)
        return object.json
    }
}

/// A JSON object under construction; what is `nil` is left out.
private struct JSONObject {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    var json: [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func add(_ name: String, _ text: String?) {
        guard let text else { return }
        start(name)
        bytes.appendJSON(text)
    }

    mutating func add(_ name: String, _ value: [UInt8]?) {
        guard let value else { return }
        start(name)
        bytes.append(contentsOf: value)
    }

    mutating func add(_ name: String, _ values: [[UInt8]]) {
        start(name)
        bytes.append(UInt8(ascii: "["))
        bytes.append(contentsOf: values.joined(separator: [UInt8(ascii: ",")]))
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func start(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.appendJSON(name)
        bytes.append(UInt8(ascii: ":"))
    }
}
