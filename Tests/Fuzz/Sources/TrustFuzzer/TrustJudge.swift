import Fuzzing
import Trust
import XML
import XMLSignature

/// What strangers and the network say of certificates, and what may come of it: nothing that the authority did not sign.
struct TrustJudge {
    static let shared = TrustJudge(FuzzFolder.current)

    /// Those that are DER.
    let seeds: [DERMutation]
    /// Their elements.
    let donors: [DERElement]
    /// Signs inputs again: in one world its name is the authority's and its key is not, in the other it is the authority.
    let forger: PrivateKey

    private let world: TrustWorld
    private let forgers: TrustWorld
    /// What was signed in the seeds.
    private var certificates: [CertificateMeaning: PrivateKey] = [:]
    private var lists: Set<ListMeaning> = []
    private var answers: Set<[[TrustWorld.Verdict]]> = []

    init(_ folder: FuzzFolder) {
        func identity(_ name: String) -> SigningIdentity { folder.identity(name) }
        func name(_ path: String...) -> CertificateName { .path(path.map { identity($0).certificate.der }) }
        func list(_ name: String) -> RevocationList {
            guard let list = RevocationList(folder.read("identities/lists/\(name).der")) else { fatalError("\(name) is no list") }
            return list
        }
        guard let forger = identity("forger").signer as? PrivateKey else { fatalError("the forger has no key") }
        self.forger = forger
        world = TrustWorld(
            anchor: identity("authority").certificate, retired: identity("retired").certificate,
            signers: [name("issued"), name("revoked"), name("office", "below")], newest: list("good-early"), others: [list("good-empty")])
        forgers = TrustWorld(
            anchor: identity("forger").certificate, retired: identity("retired").certificate, signers: [name("forged")],
            newest: list("bad-forger-revoked"), others: [])
        let paths = folder.files("seeds/trust", startingWith: "")
        guard !paths.isEmpty else { fatalError("no seeds; run Tests/Fuzz/run") }
        seeds = paths.compactMap { DERMutation(of: folder.read($0)) }
        donors = seeds.flatMap(\.elements)
        for name in FuzzIdentities.names + ["revoked", "responder", "below"] {
            let identity = identity(name)
            guard let key = identity.signer as? PrivateKey else { continue }
            certificates[CertificateMeaning(identity.certificate)] = key
        }
        for path in paths { learn(path, folder.read(path)) }
    }

    /// The authority's lists and answers are in files named `good…`; `revoked` is in the name of those that revoke somebody, `endless` in
    /// that of those that do not expire.
    private mutating func learn(_ path: String, _ seed: [UInt8]) {
        let bytes = Array(seed.dropFirst())
        let file = path.dropFirst("seeds/trust/".count)
        let verdicts: [[TrustWorld.Verdict]]
        let saysSomething: Bool
        switch TrustInputKind(letter: seed[0]) {
        case .list:
            let meaning = RevocationList(bytes).flatMap { ListMeaning($0, world.verdicts($0), in: world) }
            verdicts = meaning?.verdicts.alone ?? []
            saysSomething = meaning != nil
            if let meaning, file.hasPrefix("list-good") { lists.insert(meaning) }
        case .answer:
            verdicts = world.verdicts(answer: bytes)
            saysSomething = TrustJudge.saySomething(verdicts)
            if file.hasPrefix("answer-good") { answers.insert(verdicts) }
        case .certificate, .path, nil: return
        }
        let revokes = verdicts.joined().contains { if case .revoked = $0 { true } else { false } }
        let isEndless = verdicts.contains { $0.last == .good }
        guard saysSomething == file.contains("-good"), revokes == (saysSomething && file.contains("revoked")),
            isEndless == file.contains("endless")
        else {
            fatalError("the seed \(path) is not judged as its name says")
        }
    }

    private static func saySomething(_ verdicts: [[TrustWorld.Verdict]]) -> Bool { verdicts.joined().contains { $0 != .unknown } }

    /// - Returns: whether the input is worth keeping: one of no kind is not.
    func judge(_ input: [UInt8]) -> Bool {
        guard let letter = input.first, let kind = TrustInputKind(letter: letter) else { return false }
        let bytes = Array(input.dropFirst())
        switch kind {
        case .certificate: judge(certificate: bytes)
        case .path: judge(path: bytes)
        case .list: judge(list: bytes)
        case .answer: judge(answer: bytes)
        }
        PassphraseTrap.check()
        return true
    }

    private func judge(certificate bytes: [UInt8]) {
        judge(.certificate(bytes))
        let found = bytes.first == UInt8(ascii: "-") ? try? Certificate.all(pem: bytes) : (try? Certificate(der: bytes)).map { [$0] }
        for certificate in found ?? [] {
            guard let again = try? Certificate(der: certificate.der), again.fingerprint == certificate.fingerprint else {
                fatalError("a certificate is another when it is read again")
            }
            judge(.certificate(certificate.der))
            let pin = TrustStore([PinnedCertificate(certificate, owner: "", origin: "")])
            _ = try? pin.signer(.issuerAndSerial(issuer: certificate.issuer, serial: certificate.decimalSerialNumber))
            _ = certificate.statedEnvironment
        }
    }

    private func judge(path bytes: [UInt8]) {
        guard let name = CertificateName(pkiPath: bytes), case .path(let path) = name else { return }
        guard case .path(let again)? = CertificateName(pkiPath: CertificateName.pkiPath(path)), again == path else {
            fatalError("a path is another when it is read again")
        }
        judge(name)
    }

    private func judge(_ name: CertificateName) {
        _ = forgers.accepted(name)
        guard let certificate = world.accepted(name) else { return }
        Fuzzer.noteAccepted()
        guard let key = certificates[CertificateMeaning(certificate)], key.matches(certificate.publicKey) else {
            fatalError("a certificate is accepted that is none of the authority's, or not to be used any more: \(certificate.subject)")
        }
    }

    private func judge(list bytes: [UInt8]) {
        guard let list = RevocationList(bytes) else { return }
        check(list, forgers.verdicts(list), in: forgers)
        let verdicts = world.verdicts(list)
        check(list, verdicts, in: world)
        guard let meaning = ListMeaning(list, verdicts, in: world) else { return }
        Fuzzer.noteAccepted()
        guard lists.contains(meaning) else { fatalError("a list says something that the authority did not sign: \(meaning)") }
    }

    /// What holds of every list, whatever its authority wrote.
    private func check(_ list: RevocationList, _ verdicts: TrustWorld.ListVerdicts, in world: TrustWorld) {
        checkOrder(verdicts.alone)
        for (moment, verdict) in verdicts.alone.flatMap({ zip(TrustWorld.moments, $0) }) where moment > list.until && verdict == .good {
            fatalError("a list that has expired speaks for a certificate")
        }
        let isOlder = list.issuer == world.newest.issuer && list.from < world.newest.from
        guard !isOlder || !world.keeps(list, after: world.newest) else {
            fatalError("an older list takes the place of a newer one")
        }
    }

    private func judge(answer bytes: [UInt8]) {
        checkOrder(forgers.verdicts(answer: bytes))
        let verdicts = world.verdicts(answer: bytes)
        checkOrder(verdicts)
        guard TrustJudge.saySomething(verdicts) else { return }
        Fuzzer.noteAccepted()
        guard answers.contains(verdicts) else { fatalError("an answer says something that no responder signed: \(verdicts)") }
    }

    /// Who is revoked stays revoked.
    private func checkOrder(_ verdicts: [[TrustWorld.Verdict]]) {
        for signer in verdicts {
            let later = signer.drop { if case .revoked = $0 { false } else { true } }
            guard !later.contains(.good) else { fatalError("a certificate that was revoked is good later") }
        }
    }
}

/// All that is read of a certificate, but for the key.
private struct CertificateMeaning: Hashable {
    private let names: [String]
    private let times: [XMLDateTime]
    private let uses: [Bool]
    private let keyIdentifier: [UInt8]

    init(_ certificate: Certificate) {
        names = [certificate.subject, certificate.issuer, certificate.serialNumber]
        times = [certificate.notBefore, certificate.notAfter]
        uses = [certificate.maySign, certificate.isCertificationAuthority]
        keyIdentifier = certificate.subjectKeyIdentifier
    }
}
