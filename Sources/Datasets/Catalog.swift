public import XML

/// The menu and every agreement that narrows it: what a gateway can read and write.
///
/// The agreement that a message names decides its rules; a message that names none is read by the menu itself.
public final class Catalog: Sendable {
    public let menu: Menu
    /// By code.
    public let agreements: [String: Menu]

    /// The menu in this binary with its agreements, and those of a deployment.
    ///
    /// - Parameters:
    ///   - files: agreement files by their name; one with the code of a bundled agreement takes its place.
    ///   - names: of a partner's own WSDL.
    /// - Throws: `CatalogError` with what is wrong in each file that is wrong.
    public init(adding files: [(name: String, yaml: String)] = [], renamedBy names: NameMapping? = nil) throws(CatalogError) {
        let codeLists = Bundled.codeLists
        let file: MenuFile
        do throws(MenuError) {
            let own = try MenuFile(yaml: Bundled.menu)
            file = try names.map { (names) throws(MenuError) in try own.renamed(by: names) } ?? own
            menu = try file.menu(codeLists: codeLists)
        } catch {
            throw CatalogError(problems: [error])
        }
        var agreements: [String: Menu] = [:]
        var problems: [MenuError] = []
        for (name, yaml) in Bundled.agreements + files {
            do throws(MenuError) {
                let agreement = try AgreementFile(yaml: yaml)
                for code in agreement.allCodes {
                    agreements[code] = try file.narrowed(by: agreement.named(code)).menu(
                        codeLists: codeLists, agreement: Agreement(agreement, code: code))
                }
            } catch {
                problems.append(error.inFile(name))
            }
        }
        guard problems.isEmpty else { throw CatalogError(problems: problems) }
        self.agreements = agreements
    }

    /// Reads a message by the rules of the agreement that it names.
    ///
    /// - Parameters:
    ///   - element: the message's element, from a verified Body.
    ///   - name: of the message, such as `SendCO`.
    public func dataset(reading element: XMLElement, as name: String) throws(DatasetError) -> Dataset {
        let named = menu.message(name).menuClass.element("agreementCode").flatMap { element.child($0.xml) }
        let message = try message(name, agreement: named?.text) { (named ?? element).path }
        return try Dataset(reading: element, as: message)
    }

    public func dataset(json: [UInt8], as name: String) throws(DatasetError) -> Dataset {
        let message = try message(name, agreement: Dataset.text(json, member: "agreementCode")) { "/agreementCode" }
        return try Dataset(json: json, as: message)
    }

    private func message(_ name: String, agreement code: String?, place: () -> String) throws(DatasetError) -> MenuMessage {
        guard let code else { return menu.message(name) }
        if let narrowed = agreements[code], code.utf8.elementsEqual(narrowed.agreement?.code.utf8 ?? "".utf8) {
            return narrowed.message(name)
        }
        let near = code.excerpt.nearest(in: agreements.keys.sorted(), within: 2).first
        let known = near.map { "did you mean \($0)?" } ?? "known are \(agreements.keys.sorted().joined(separator: ", "))"
        throw DatasetError([DatasetProblem(.unknownAgreement, at: place(), "the agreement '\(code.excerpt)' is not known here; \(known)")])
    }
}

/// The menu or agreements are not as they must be.
public struct CatalogError: Error, CustomStringConvertible {
    public let problems: [MenuError]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

private enum Bundled {
    static var menu: String { String(decoding: PackageResources.menu_yaml, as: UTF8.self) }

    static var agreements: [(name: String, yaml: String)] {
        [
            ("agreement-rcep.yaml", PackageResources.agreement_rcep_yaml), ("agreement-atiga.yaml", PackageResources.agreement_atiga_yaml),
            ("agreement-chafta.yaml", PackageResources.agreement_chafta_yaml), ("agreement-a18.yaml", PackageResources.agreement_a18_yaml),
            ("agreement-nonpref.yaml", PackageResources.agreement_nonpref_yaml),
        ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
    }

    static var codeLists: [CodeList] {
        [
            PackageResources.iso_3166_1_tsv, PackageResources.iso_4217_tsv, PackageResources.uncl_1001_tsv,
            PackageResources.uncl_1225_tsv, PackageResources.uncl_3155_tsv, PackageResources.uncl_4405_tsv,
            PackageResources.unece_rec19_tsv, PackageResources.unece_rec20_tsv, PackageResources.unece_rec21_tsv,
            PackageResources.unece_rec28_tsv, PackageResources.incoterms_2020_tsv,
        ].map { CodeList(tabSeparated: $0) }
    }
}
