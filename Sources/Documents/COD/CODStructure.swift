internal import XML
internal import XMLSignature

/// The elements of a Digital Certificate of Origin (COD) that have fixed places (ALADI/SEC/di 2327/Rev. 13). It looks like a SOAP message
/// and is none: its Envelope is in a namespace that neither SOAP 1.1 nor 1.2 has, and what it holds is in none.
///
/// Only what stands in these places is ever read: an element with the right id that was moved elsewhere is still signed, and says nothing.
struct CODStructure {
    /// What the officer signs: all of the certificate.
    let certificate: XMLElement
    /// What the exporter signs.
    let declaration: XMLElement
    let exporterSignature: XMLElement?
    /// The issuing entity, and its certification.
    let entity: XMLElement?
    let certification: XMLElement?
    let officerSignature: XMLElement?
    /// Whether there is a Header with something in it, which nobody signs and nothing is read from.
    let hasHeader: Bool

    static let namespace = "http://www.w3.org/2001/12/soap-envelope"
    /// `xml:id` too: libxmlsec1 would find an element by it.
    static let idNames = [XMLName("", "id"), XMLName("http://www.w3.org/XML/1998/namespace", "id")]

    static func isCOD(_ root: XMLElement) -> Bool {
        root.has(XMLName(namespace, "Envelope")) && root.children.contains { $0.has(XMLName(namespace, "CertOrigin")) }
    }

    /// Whether parts of a COD stand somewhere in an element.
    static func isPart(_ element: XMLElement) -> Bool {
        element.has(XMLName(namespace, "CertOrigin")) || element.has(XMLName("", "CODEH")) || element.children.contains(where: isPart)
    }

    init(reading root: XMLElement) throws(CODError) {
        guard root.has(XMLName(CODStructure.namespace, "Envelope")) else { throw CODError("the document element is \(root.name)") }
        let outer = try Children(of: root)
        let header = outer.optional(XMLName(CODStructure.namespace, "Header"))
        hasHeader = header?.hasContent ?? false
        let origin = try outer.one(XMLName(CODStructure.namespace, "CertOrigin"))
        try outer.checkRest()

        let inner = try Children(of: origin)
        certificate = try inner.one(XMLName("", "CODEH"))
        officerSignature = inner.optional(.signature("Signature"))
        try inner.checkRest()

        let parts = try Children(of: certificate)
        let outerExporter = try parts.one(XMLName("", "CODExporter"))
        let exporter = try Children(of: outerExporter)
        declaration = try exporter.one(XMLName("", "COD"))
        exporterSignature = exporter.optional(.signature("Signature"))
        try exporter.checkRest()
        entity = parts.optional(XMLName("", "EH"))
        certification = parts.optional(XMLName("", "CertificationEH"))
        try parts.checkRest()

        for (element, id) in [(certificate, "CODEH"), (declaration, "COD")] where element.attribute(XMLName("", "id")) != id {
            throw CODError("\(element.path) has not the id '\(id)'")
        }
        for (element, count) in [(certificate, 1), (outerExporter, 0), (declaration, 1)]
        where element.attributes.count > count {
            throw CODError("\(element.path) has attributes that no COD has")
        }
    }

    /// The form of the agreement; `nil` where it has none, or several.
    var form: XMLElement? {
        let found = declaration.children.filter { $0.namespace.isEmpty && $0.local.hasPrefix("Form") }
        return found.count == 1 ? found[0] : nil
    }

    /// The forms in which a COD of an agreement is written: A06 in FormA6, the bilateral agreements of Argentina in MERCOSUR's too.
    static func forms(of acronym: String) -> [String] {
        ["Form" + acronym.replacing("A0", with: "A")] + (["A13", "A14", "A57"].contains(acronym) ? ["FormA18"] : [])
    }

    /// An element that stands in its place, and there only once.
    static func one(_ parent: XMLElement?, _ names: String...) -> XMLElement? {
        names.reduce(parent) { parent, name in
            let found = parent?.children(named: XMLName("", name)) ?? []
            return found.count == 1 ? found[0] : nil
        }
    }

    /// How far its making has come; whatever else there is in it is an anomaly.
    var stage: CODStage? {
        switch (exporterSignature != nil, entity != nil && certification != nil, officerSignature != nil) {
        case (false, false, false): entity == nil && certification == nil ? .draft : nil
        case (true, false, false): entity == nil && certification == nil ? .signedByExporter : nil
        case (true, true, false): .withEntity
        case (true, true, true): .complete
        default: nil
        }
    }

    /// The child elements of an element, each to be asked for once.
    private final class Children {
        private let parent: XMLElement
        private var rest: [XMLElement]

        init(of parent: XMLElement) throws(CODError) {
            self.parent = parent
            rest = Array(parent.children)
            if parent.hasStrayText { throw CODError("text inside \(parent.path)") }
        }

        func optional(_ name: XMLName) -> XMLElement? {
            guard let index = rest.firstIndex(where: { $0.has(name) }) else { return nil }
            return rest.remove(at: index)
        }

        func one(_ name: XMLName) throws(CODError) -> XMLElement {
            guard let found = optional(name) else { throw CODError("\(parent.path) has no \(name.local)") }
            return found
        }

        func checkRest() throws(CODError) {
            if let other = rest.first { throw CODError("\(other.path) does not belong there") }
        }
    }
}

/// The stages in the making of a COD.
public enum CODStage: String, Sendable, Encodable {
    case draft
    case signedByExporter = "signed by the exporter"
    case withEntity = "with the data of the issuing entity"
    case complete
}

/// Why a document is no COD.
public struct CODError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
