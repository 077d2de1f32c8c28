import Foundation
import Stores
import Support
import Testing
import XML

@testable import Exchanges

/// The states of a certificate are made of its facts, whatever came of the messages that brought them.
struct LifecycleTests {
    private func at(_ minute: Int64) -> XMLDateTime { TestIdentity.now.adding(seconds: minute * 60) }

    private func edition(_ version: String?, until day: String? = nil) -> CertificateFact.Edition {
        CertificateFact.Edition(version: version, validUntil: day)
    }

    private func answer(_ isCanceled: Bool, to notification: String?, at minute: Int64, message: String = "a") -> CertificateFact {
        .answered(
            CancelationAnswer(
                isCanceled: isCanceled, reason: isCanceled ? nil : "USED", respondsTo: notification, message: message, at: at(minute)))
    }

    @Test func `a certificate is issued, corrected, notified and given up`() {
        let issued = CertificateFact.issued(edition("1"), message: "s")
        #expect(CertificateLife([]).state == .none)
        #expect(CertificateLife([issued]).state == .issued)
        #expect(CertificateLife([issued, .corrected(edition("2"), message: "k", at: at(1))]).edition?.version == "2")
        // An old version changes nothing, and versions are numbers.
        let later = [issued, .corrected(edition("10"), message: "k", at: at(2)), .corrected(edition("9"), message: "l", at: at(3))]
        #expect(CertificateLife(later).edition?.version == "10")
        let cancel = CertificateFact.cancelationNotified(message: "c", at: at(4))
        #expect(CertificateLife([issued, cancel]).state == .cancelationNotified)
        #expect(CertificateLife([issued, cancel, answer(false, to: "c", at: 5)]).state == .issued)
        #expect(CertificateLife([issued, cancel, answer(true, to: "c", at: 5)]).state == .canceled)
        #expect(CertificateLife([issued, cancel, answer(true, to: nil, at: 5)]).state == .canceled)
        let replace = CertificateFact.replacementNotified(by: "R", edition("1"), message: "r", at: at(6))
        #expect(CertificateLife([issued, cancel, answer(false, to: "c", at: 5), replace]).state == .replacementNotified(by: "R"))
        #expect(CertificateLife([issued, replace, answer(true, to: "r", at: 7)]).state == .replaced(by: "R"))
        // The importing side may give one up that nobody asked about; nothing revives it.
        let blocked = [issued, answer(true, to: nil, at: 1), answer(false, to: nil, at: 2, message: "b")]
        #expect(CertificateLife(blocked).state == .canceled && CertificateLife(blocked).isFinal)
    }

    @Test func `an answer to one notification leaves another open`() {
        let facts: [CertificateFact] = [
            .issued(edition(nil), message: "s"), .cancelationNotified(message: "c1", at: at(1)), answer(false, to: "c1", at: 2),
            .cancelationNotified(message: "c2", at: at(3)),
        ]
        #expect(CertificateLife(facts).open?.message == "c2")
    }

    @Test func `validity ends a certificate without a message`() {
        let life = CertificateLife([.issued(edition("1", until: "2027-01-31"), message: "s")])
        #expect(!life.isExpired(on: "2027-01-31") && life.isExpired(on: "2027-02-01"))
        #expect(!CertificateLife([.issued(edition("1"), message: "s")]).isExpired(on: "2099-01-01"))
    }

    @Test func `of several decisions the latest holds, item by item`() {
        func decision(_ message: String, _ minute: Int64, _ items: [(Int?, Treatment)]) -> CertificateFact {
            .treated(
                TreatmentDecision(
                    message: message, at: at(minute), items: items.map { TreatmentDecision.Item(sequence: $0.0, treatment: $0.1) }))
        }
        let first = decision("f1", 1, [(1, .granted), (2, .pending)])
        let second = decision("f2", 2, [(2, .denied)])
        #expect(TreatmentLife([]).summary == "NONE")
        #expect(TreatmentLife([second, first]).items == [1: .granted, 2: .denied])
        #expect(TreatmentLife([first, second]).summary == "MIXED" && TreatmentLife([first, second]).isGiven)
        let all = TreatmentLife([first, second, decision("f3", 3, [(nil, .revoked)])])
        #expect(all.summary == "REVOKED" && !all.isGiven && all.items == [1: .revoked, 2: .revoked])
    }

    @Test func `facts are stored as they are`() throws {
        for fact in LifecycleTests.history(seed: 7) { #expect(try CertificateFact(text: fact.text) == fact) }
    }

    @Test(arguments: 0..<200) func `neither order nor repetition of facts matters`(_ seed: UInt64) {
        let facts = LifecycleTests.history(seed: seed)
        var generator = SeededGenerator(seed: seed &+ 1)
        let (life, treatment) = (CertificateLife(facts), TreatmentLife(facts))
        for _ in 0..<20 {
            let other = (facts + facts.shuffled(using: &generator).prefix(3)).shuffled(using: &generator)
            #expect(CertificateLife(other) == life && TreatmentLife(other) == treatment)
        }
    }

    /// Some facts of one certificate, times that are the same among them.
    private static func history(seed: UInt64) -> [CertificateFact] {
        var generator = SeededGenerator(seed: seed)
        func number(_ below: Int) -> Int { Int.random(in: 0..<below, using: &generator) }
        return (0..<(2 + number(9))).map { index in
            let (message, at) = ("m\(index)", TestIdentity.now.adding(seconds: Int64(number(6))))
            let edition = CertificateFact.Edition(version: number(4) == 0 ? nil : "\(number(12))", validUntil: "2027-01-0\(1 + number(9))")
            switch number(7) {
            case 0: return .issued(edition, message: message)
            case 1: return .corrected(edition, message: message, at: at)
            case 2: return .replacementNotified(by: "R\(number(2))", edition, message: message, at: at)
            case 3: return .cancelationNotified(message: message, at: at)
            case 4, 5:
                return .answered(
                    CancelationAnswer(
                        isCanceled: number(2) == 0, reason: nil, respondsTo: number(2) == 0 ? nil : "m\(number(11))", message: message,
                        at: at))
            default:
                let item = TreatmentDecision.Item(
                    sequence: number(3) == 0 ? nil : number(4), treatment: Treatment.allCases.randomElement(using: &generator)!)
                return .treated(TreatmentDecision(message: message, at: at, items: [item]))
            }
        }
    }
}
