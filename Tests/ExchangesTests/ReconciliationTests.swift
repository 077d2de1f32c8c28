import Support
import Testing

@testable import Exchanges

struct ReconciliationTests {
    private func reconcile(ours: [ExchangeEntry], theirs: [ExchangeEntry], known: [ExchangeEntry] = []) -> Reconciliation {
        func find(_ entry: ExchangeEntry) -> ExchangeEntry? {
            (ours + known).first { $0.messageID == entry.messageID && $0.sender == entry.sender }
        }
        return Reconciliation(ours: ours, theirs: theirs, us: "KR", isAtEdge: { $0 == "edge" }, known: find)
    }

    @Test func `each kind of difference is named, what agrees is counted`() {
        func ours(_ id: String, _ sender: String = "KR", receipted: Bool = true, digest: String = "d", time: String = "t") -> ExchangeEntry
        {
            ExchangeEntry(
                messageID: id, sender: sender, operation: "send-co", contentDigest: digest, bodyDigest: "b", time: time,
                isReceipted: receipted)
        }
        let mine = [
            ours("same"), ours("same", "VN"), ours("lost"), ours("lost-in", "VN"), ours("late", time: "edge"), ours("changed"),
            ours("waiting", receipted: false), ours("unsent", receipted: false), ours("resigned"),
        ]
        var resigned = ours("resigned")
        resigned.bodyDigest = "other"
        let theirs = [
            ours("same"), ours("same", "VN"), ours("changed", digest: "e"), ours("waiting"), resigned, ours("earlier"),
            ExchangeEntry(messageID: "never-came", sender: "VN"), ours("their-queue", "VN", receipted: false),
            ExchangeEntry(messageID: "not-ours", sender: "KR"),
        ]
        let result = reconcile(ours: mine, theirs: theirs, known: [ours("earlier")])
        let found = result.findings.map { "\($0.kind) \($0.messageID) \($0.sender)" }
        #expect(
            Set(found) == [
                "differs changed KR", "receiptMissing waiting KR", "missingHere never-came VN", "notOurs not-ours KR",
                "missingThere lost KR", "missingThere lost-in VN", "atEdge late KR",
            ])
        #expect(found.count == 7 && result.agreed == 4 && !result.isGood)
        #expect(reconcile(ours: [ours("late", time: "edge")], theirs: []).isGood)
    }

    @Test func `a list is read as it was written, and as spreadsheets write it`() throws {
        let entries = [
            ExchangeEntry(
                messageID: "a,\"b\"\nc", sender: "KR", operation: "send-co", contentDigest: "d", bodyDigest: "x=", time: "t",
                isReceipted: true), ExchangeEntry(messageID: "2", sender: "VN", isReceipted: false),
        ]
        #expect(try ExchangeList(reading: ExchangeList(entries).text).entries == entries)
        let typed = "\u{FEFF}Sender;MessageId;Remark\nvn;1;\"a;b\"\n\nVN;2;\n"
        #expect(try ExchangeList(reading: typed).entries.map(\.messageID) == ["1", "2"])
        #expect(try ExchangeList(reading: typed).entries.allSatisfy { $0.sender == "VN" && $0.isReceipted == nil })
    }

    @Test(arguments: [
        ("", 1, "empty"), ("id,sender\n", 1, "messageId"), ("messageId,sender\n1\n", 2, "1 fields"),
        ("messageId,sender\n1,KR\n,KR\n", 3, "message id"), ("messageId,sender\n1,Korea\n", 2, "two letters"),
        ("messageId,sender,receipted\n1,KR,maybe\n", 2, "maybe"), ("messageId,sender\n\"1,KR\n", 2, "not closed"),
    ]) func `a list that cannot be read says where`(_ text: String, _ line: Int, _ word: String) {
        #expect { try ExchangeList(reading: text) } throws: { error in
            let defect = error as? ExchangeList.Defect
            return defect?.line == line && defect?.text.contains(word) == true
        }
    }
}
