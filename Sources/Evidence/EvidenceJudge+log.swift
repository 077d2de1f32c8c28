internal import Exchanges
internal import Stores
internal import Trust
internal import XML
internal import XMLSignature
internal import ZIP

/// What the sealed log adds: that the record, with the digests of the bytes, stood under a signed root at a time.
extension EvidenceJudge {
    mutating func log(_ files: ZIPReader, _ record: Record?) -> [EvidenceVerdict.Seal] {
        guard let record else { return [] }
        compareDigests(files, record)
        var (seals, judged): ([EvidenceVerdict.Seal], Set<Int64>) = ([], [])
        for (index, event) in record.events.enumerated() {
            let number = Int64(index + 1)
            guard let text = files[LogProof.recordName(number)] else {
                notes.append("event \(number) (\(event.state.rawValue)) was under no seal when the file was written")
                continue
            }
            if text != LogRecord(NumberedEvent(number: number, event: event), of: record.message).bytes {
                defects.append("\(LogProof.recordName(number)) is not what record.json says")
            }
            guard let path = files[LogProof.pathName(number)].flatMap(LogProof.read) else {
                defects.append("\(LogProof.pathName(number)) is not there, or no path")
                continue
            }
            guard let statement = files[LogProof.folder(path.seal) + SealStatement.file].flatMap(SealStatement.init) else {
                defects.append("the statement of seal \(path.seal) is not there, or none of this program")
                continue
            }
            if MerkleTree.root(from: MerkleTree.leaf(path.name + Digest(of: text).bytes), along: path.path).hex != statement.root
                || statement.number != path.seal
            {
                defects.append("event \(number) is not under seal \(path.seal)")
            }
            if judged.insert(path.seal).inserted { seals.append(seal(path.seal, statement, files)) }
        }
        return seals
    }

    private mutating func compareDigests(_ files: ZIPReader, _ record: Record) {
        let events = record.events.enumerated().map { NumberedEvent(number: Int64($0 + 1), event: $1) }
        guard let history = MessageHistory(events, direction: record.message.direction) else {
            return notes.append("its first record is older than the sealed log, which does not cover its bytes")
        }
        var contents: [ContentKind: Digest] = [:]
        for kind in ContentKind.allCases { contents[kind] = files[kind.rawValue].map { Digest(of: $0) } }
        for difference in history.differences(from: contents) { defects.append("\(difference) since the gateway recorded it") }
    }

    private mutating func seal(_ number: Int64, _ statement: SealStatement, _ files: ZIPReader) -> EvidenceVerdict.Seal {
        let folder = LogProof.folder(number)
        var verdict = EvidenceVerdict.Seal(number: number, at: statement.at, root: statement.root, stampedAt: nil)
        guard let document = files[folder + LogProof.signatureFile] else {
            notes.append("seal \(number) was not signed yet when the file was written")
            return verdict
        }
        do {
            let signature = try FileSignature(verifying: XMLDocument(parsing: document, limits: XMLLimits(bytes: 1 << 20)))
            if signature.files != [SealStatement.file: Digest(of: statement.bytes)] {
                defects.append("the signature of seal \(number) is over something else")
            }
            guard let time = XMLDateTime(signature.signedAt) else {
                defects.append("the signature of seal \(number) names no time")
                return verdict
            }
            _ = try trust.signer(.certificate(signature.certificate)).check(at: time, evidence: trust.evidence)
        } catch {
            defects.append("the signature of seal \(number) is not good: \(error)")
        }
        guard let stamp = files[folder + LogProof.stampFile] else {
            notes.append("seal \(number) has no stamp: its time is the gateway's own word")
            return verdict
        }
        guard !stampAnchors.isEmpty else {
            notes.append("the stamp of seal \(number) was not judged: no certificates of its authority were given")
            return verdict
        }
        do throws(Timestamp.Defect) {
            verdict.stampedAt = try Timestamp(verifying: stamp, of: document, anchors: stampAnchors).time.text
        } catch { defects.append("the stamp of seal \(number) is not good: \(error)") }
        return verdict
    }
}
