internal import Trust
internal import XML
internal import XMLSignature

/// What is wrong with a COD, and what is to be said of it.
struct CODFindings {
    private let structure: CODStructure
    private let anchors: DocumentAnchors?
    private(set) var defects: [String] = []
    private(set) var notes: [String] = []

    init(_ structure: CODStructure, _ anchors: DocumentAnchors?) {
        self.structure = structure
        self.anchors = anchors
        switch structure.stage {
        case .complete: break
        case let stage?: defects.append("it is not complete: it is \(stage.rawValue)")
        case nil: defects.append("its parts are none of the stages in the making of a COD: a signature or a part is missing")
        }
        if structure.hasHeader { notes.append("its Header is signed by nobody; nothing is read from it") }
        checkNumber()
        checkForm()
    }

    /// A time that it claims; one without offset is taken as UTC, in which ALADI's directory keeps its times.
    mutating func claim(_ element: XMLElement?, _ name: String) -> DocumentSignatureJudge.Claim? {
        guard let element else {
            defects.append("\(name) does not stand once in its place: the moment of signing is not known")
            return nil
        }
        let text = element.text.trimmedXML
        guard let moment = XMLDateTime(text) else {
            defects.append("\(element.local) is '\(text.prefix(60))', which is no time: the moment of signing is not known")
            return nil
        }
        let hasOffset = text.hasSuffix("Z") || text.dropFirst(19).contains { $0 == "+" || $0 == "-" }
        if !hasOffset { notes.append("\(element.local) has no offset, and was taken as UTC") }
        return DocumentSignatureJudge.Claim(moment: moment, hasOffset: hasOffset)
    }

    /// The signature must hold, be trusted, and cover the very element that is read.
    mutating func check(_ judged: DocumentSignatureJudge.Judged?, covers element: XMLElement) {
        guard let judged, let role = judged.signature.role else { return }
        let signature = judged.signature
        if signature.integrity != .intact {
            defects.append("the signature of the \(role) does not hold: \(signature.reason ?? "it was not judged")")
        } else if !judged.covered.contains(where: { $0.isSameNode(as: element) }) {
            defects.append(
                "the signature of the \(role) covers \(signature.covers.joined(separator: ", ")), not \(element.local) in its place")
        } else if judged.covered.count > 1 {
            defects.append("the signature of the \(role) covers more than \(element.local)")
        }
        switch signature.trust {
        case .trusted: break
        case .notTrusted: defects.append("the \(role) is not to be trusted: \(signature.trustReason ?? "")")
        case .notJudged:
            if anchors == nil { defects.append("whether the \(role) is to be trusted was not judged: no anchors were given") }
        }
    }

    mutating func checkTogether(_ exporter: DocumentSignatureJudge.Judged?, _ officer: DocumentSignatureJudge.Judged?) {
        if let one = exporter?.certificate, let other = officer?.certificate, CODFindings.isSameSigner(one, other) {
            defects.append("one signer, \(one.subject), signed as exporter and as officer")
        }
        if let declared = exporter?.signature.signedAt, let certified = officer?.signature.signedAt, certified < declared {
            notes.append("it was certified at \(certified), before it was declared at \(declared)")
        }
        guard let signer = officer?.signature.signer, officer?.signature.trust == .trusted else { return }
        guard let officers = anchors?.officers else {
            notes.append(
                "whether the officer is registered under this issuing entity was not judged, because no list of officers was given: "
                    + "it could be anybody whom the authority certifies")
            return
        }
        if !officers.contains(where: { $0.hex == signer.fingerprint }) {
            defects.append("the officer is not among the registered ones: \(signer.subject), certificate SHA-256 \(signer.fingerprint)")
        }
    }

    /// By key or by name: a certificate can be issued anew.
    private static func isSameSigner(_ one: Certificate, _ other: Certificate) -> Bool {
        one.publicKey.isSame(as: other.publicKey) || one.subjectName == other.subjectName
    }

    private mutating func checkForm() {
        guard let form = structure.form else { return defects.append("it has not one form of an agreement") }
        let acronym = CODStructure.one(structure.declaration, "Agreement", "AgreementAcronym")?.text.trimmedXML ?? ""
        if acronym.hasPrefix("A"), !CODStructure.forms(of: acronym).contains(form.local) {
            notes.append("\(form.local) is not the form of agreement \(acronym.prefix(20))")
        }
    }

    /// `AR004A18260000021500`: country, entity, agreement, year, number, and two digits that count corrections.
    private mutating func checkNumber() {
        guard structure.certification != nil else { return }
        guard let number = text(structure.certification, "CertificateID") else {
            return defects.append("CertificateID does not stand once in its place")
        }
        guard (18...26).contains(number.utf8.count) else {
            notes.append("CertificateID '\(number.prefix(60))' has not the 20 or 26 characters of ALADI's rules")
            return
        }
        let agreement = structure.declaration.child(XMLName("", "Agreement"))
        let start = [text(structure.entity, "EHCountry"), text(structure.entity, "EHId"), text(agreement, "AgreementAcronym")]
        let expected = start.compactMap(\.self).joined()
        if !number.hasPrefix(expected) {
            notes.append(
                "CertificateID '\(number)' does not start with country, entity and agreement of the document, \(expected.prefix(60))")
        }
    }

    private func text(_ parent: XMLElement?, _ name: String) -> String? { CODStructure.one(parent, name)?.text.trimmedXML }
}
