internal import CXMLSec
internal import Synchronization
@_spi(Tree) public import XML

/// libxmlsec1's verdict on a signature that the direct engine already judged. It runs only after that engine accepted:
/// on its own it would compute whatever a stranger's SignedInfo asks for.
public enum SecondOpinion: Hashable, Sendable {
    case agrees
    case refuses(reasons: [String])
    /// The direct engine judged alone: libxmlsec1 1.2 has no RSASSA-PSS, and takes white space at the ends of a PrefixList, or more than one
    /// blank between its prefixes, for a prefix of its own (Exclusive XML Canonicalization, section 3, has NMTOKENS).
    case unable

    private static func hasLoosePrefixList(_ element: XMLElement?) -> Bool {
        guard let element else { return false }
        if element.has(XMLName(SignatureNamespace.exclusive, "InclusiveNamespaces")),
            let list = element.attribute(XMLName("", "PrefixList"))
        {
            let pieces = list.split(separator: " ", omittingEmptySubsequences: false)
            return !list.isEmpty && pieces.contains { $0.isEmpty || $0.contains(where: \.isWhitespace) }
        }
        return element.children.contains(where: hasLoosePrefixList)
    }

    /// - Parameters:
    ///   - signature: the Signature element that `VerifiedSignature` accepted.
    ///   - verified: proof that it did; also says which elements to register as ids.
    public init(on signature: XMLElement, verified: VerifiedSignature, key: PublicKey, idNames: [XMLName]) {
        guard verified.algorithm.scheme != .rsaPSS, !SecondOpinion.hasLoosePrefixList(signature.child(.signature("SignedInfo"))) else {
            self = .unable
            return
        }
        XMLSec.start()
        for part in verified.parts {
            for name in idNames where part.element.attribute(name) == part.reference.id {
                coconect_xmlsec_register_id(part.element.tree, name.local, name.namespace)
            }
        }
        let meansWhole = verified.parts.contains { $0.reference.id.isEmpty }
        let (verdict, reasons) = XMLSecErrors.collect {
            coconect_xmlsec_verify(signature.tree, UnsafeMutableRawPointer(key.pointer), meansWhole ? 1 : 0)
        }
        self = verdict == 1 ? .agrees : .refuses(reasons: reasons)
    }
}

/// One-time start of libxmlsec1; it is process-wide and never shut down.
private enum XMLSec {
    private static let started: Void = {
        precondition(coconect_xmlsec_start() == 0, "libxmlsec1 and its OpenSSL part must start; are the Debian packages whole?")
        XMLSecErrors.install()
    }()
    static func start() { started }
}

/// libxmlsec1 reports errors through one callback for the process; here they are kept by thread while somebody listens.
private enum XMLSecErrors {
    private static let kept = Mutex<[UInt: [String]]>([:])

    static func install() {
        xmlSecErrorsSetCallback { _, _, function, object, subject, reason, message in
            let words = [function, object, subject, message].compactMap { $0.map { String(cString: $0) } }.filter { !$0.isEmpty }
            XMLSecErrors.kept.withLock { $0[coconect_thread()]?.append("\(words.joined(separator: " ")) (reason \(reason))") }
        }
    }

    static func collect<Result>(_ body: () -> Result) -> (Result, [String]) {
        kept.withLock { $0[coconect_thread()] = [] }
        let result = body()
        let reasons = kept.withLock { $0.removeValue(forKey: coconect_thread()) }
        return (result, reasons ?? [])
    }
}
