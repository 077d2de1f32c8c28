internal import Exchanges
internal import Stores
internal import XML
internal import XMLSignature

/// That a record is under a seal: its text, the way from its digest to the root, and the seal with its signature and stamp.
struct LogProof: Sendable {
    let number: Int64
    let record: [UInt8]
    /// What the record is about, as the leaf has it.
    let name: [UInt8]
    let path: [MerkleTree.Sibling]
    let seal: StoredSeal

    /// How long before the time of a record its seal could have been made by another replica's clock.
    private static let skew: Int64 = 300
    private static let page = 16

    /// Proofs for the events of a message, as far as they are sealed.
    static func of(_ message: StoredMessage, _ events: [MessageEvent], _ reading: any LogReading) throws -> [LogProof] {
        var missing = Set(events.indices.map { Int64($0 + 1) })
        let start = XMLDateTime(message.receivedAt).map { $0.adding(seconds: -skew).text } ?? message.receivedAt
        guard let first = try reading.firstSeal(from: start) else { return [] }
        var (proofs, last): ([LogProof], Int64) = ([], first - 1)
        while !missing.isEmpty, case let seals = try reading.seals(after: last, limit: page), let final = seals.last {
            for seal in seals {
                let leaves = LogLeaf.decode(seal.leaves) ?? []
                let found = leaves.indices.filter { leaves[$0].key.kind == .event && leaves[$0].key.subject == message.sequence }
                guard !found.isEmpty else { continue }
                let tree = MerkleTree(leaves.map(\.node))
                for index in found {
                    let number = leaves[index].key.number
                    guard missing.remove(number) != nil, events.indices.contains(Int(number) - 1) else { continue }
                    let event = NumberedEvent(number: number, event: events[Int(number) - 1])
                    proofs.append(
                        LogProof(
                            number: number, record: LogRecord(event, of: message).bytes, name: leaves[index].name,
                            path: tree.path(of: index),
                            seal: seal))
                }
            }
            last = final.number
        }
        return proofs.sorted { $0.number < $1.number }
    }

    /// The files of a container, by name.
    static func files(_ proofs: [LogProof]) -> [(name: String, mediaType: String, bytes: [UInt8])] {
        var files: [(name: String, mediaType: String, bytes: [UInt8])] = []
        for proof in proofs {
            files.append((recordName(proof.number), "text/plain", proof.record))
            files.append((pathName(proof.number), "text/plain", proof.text))
        }
        var seals: Set<Int64> = []
        for seal in proofs.map(\.seal) where seals.insert(seal.number).inserted {
            let folder = folder(seal.number)
            files.append((folder + SealStatement.file, "application/json", seal.statement))
            if let signature = seal.signature { files.append((folder + signatureFile, "application/xml", signature)) }
            if let stamp = seal.stamp { files.append((folder + stampFile, "application/timestamp-reply", stamp)) }
        }
        return files
    }

    static func recordName(_ number: Int64) -> String { "log/event-\(number).record" }
    static func pathName(_ number: Int64) -> String { "log/event-\(number).path" }
    static func folder(_ seal: Int64) -> String { "log/seal-\(seal)/" }
    static let signatureFile = "signature.xml"
    static let stampFile = "stamp.tsr"

    /// The seal's number, what the leaf is about, then from the leaf up which sibling stands on which side, one a line.
    private var text: [UInt8] {
        let lines = ["seal \(seal.number)", "name \(name.hex)"] + path.map { "\($0.side.rawValue) \($0.digest.hex)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// - Returns: `nil` for a text that is no path.
    static func read(path text: [UInt8]) -> (seal: Int64, name: [UInt8], path: [MerkleTree.Sibling])? {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard let head = lines.first, head.count == 2, head[0] == "seal", let seal = Int64(head[1]), lines.count <= 64,
            lines.count > 1, lines[1].count == 2, lines[1][0] == "name", let name = [UInt8](hex: lines[1][1]), name.count == 16
        else { return nil }
        var path: [MerkleTree.Sibling] = []
        for words in lines.dropFirst(2) {
            guard words.count == 2, let side = MerkleTree.Sibling.Side(rawValue: words[0]), let digest = [UInt8](hex: words[1]),
                digest.count == 32
            else { return nil }
            path.append(MerkleTree.Sibling(side: side, digest: digest))
        }
        return (seal, name, path)
    }
}
