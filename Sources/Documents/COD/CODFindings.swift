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
    }

    /// A time that it claims; one without offset is taken as UTC, in which ALADI's directory keeps its times.
    mutating func moment(of element: XMLElement?) -> XMLDateTime? {
        guard let element else { return nil }
        let text = element.text.trimmedXML
        guard let moment = XMLDateTime(text) else {
            defects.append("\(element.local) is '\(text.prefix(60))', which is no time: the moment of signing is not known")
            return nil
        }
        let hasOffset = text.hasSuffix("Z") || text.dropFirst(19).contains { $0 == "+" || $0 == "-" }
        if !hasOffset { notes.append("\(element.local) has no offset, and was taken as UTC") }
        return moment
    }

    /// The signature must hold, be trusted, and cover the very element that is read.
    mutating func check(_ found: (signature: DocumentSignature, covered: [XMLElement])?, covers element: XMLElement) {
        guard let (signature, covered) = found, let role = signature.role else { return }
        if signature.integrity != .intact {
            defects.append("the signature of the \(role) does not hold: \(signature.reason ?? "it was not judged")")
        } else if !covered.contains(where: { $0.isSameNode(as: element) }) {
            defects.append(
                "the signature of the \(role) covers \(signature.covers.joined(separator: ", ")), not \(element.local) in its place")
        } else if covered.count > 1 {
            defects.append("the signature of the \(role) covers more than \(element.local)")
        }
        switch signature.trust {
        case .trusted: break
        case .notTrusted: defects.append("the \(role) is not to be trusted: \(signature.trustReason ?? "")")
        case .notJudged: defects.append("whether the \(role) is to be trusted was not judged: no anchors were given")
        }
    }

    mutating func checkTogether(_ exporter: DocumentSignature?, _ officer: DocumentSignature?) {
        if let one = exporter?.signer, let other = officer?.signer, one.fingerprint == other.fingerprint {
            defects.append("one certificate signed as exporter and as officer")
        }
        if let declared = exporter?.signedAt, let certified = officer?.signedAt, certified < declared {
            notes.append("it was certified at \(certified), before it was declared at \(declared)")
        }
        guard let signer = officer?.signer, officer?.trust == .trusted else { return }
        guard let officers = anchors?.officers else {
            notes.append("whether the officer is registered under this issuing entity was not judged: no list of officers was given")
            return
        }
        if !officers.contains(where: { $0.hex == signer.fingerprint }) {
            defects.append("the officer is not among the registered ones: \(signer.subject), certificate SHA-256 \(signer.fingerprint)")
        }
    }

    /// `AR004A18260000021500`: country, entity, agreement, year, number, and two digits that count corrections.
    private mutating func checkNumber() {
        guard let number = text(structure.certification, "CertificateID") else { return }
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

    private func text(_ parent: XMLElement?, _ name: String) -> String? { parent?.child(XMLName("", name))?.text.trimmedXML }
}
