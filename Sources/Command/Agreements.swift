internal import ArgumentParser
internal import Datasets
internal import Foundation

/// Where a deployment keeps agreements of its own.
struct AgreementsOption: ParsableArguments {
    @Option(help: "Folder of agreement files (*.yaml) beside those that come with the program.")
    var agreements: String?
}

struct AgreementOptions: ParsableArguments {
    @Option(help: "Code of the agreement whose rules hold; otherwise the one that a message names.")
    var agreement: String?

    @OptionGroup var folder: AgreementsOption

    var agreements: String? { folder.agreements }

    func catalog() throws -> Catalog { try loadCatalog(agreements) }

    func narrowed(_ catalog: Catalog) throws -> Menu? {
        guard let agreement else { return nil }
        guard let menu = catalog.agreements[agreement] else {
            throw CommandError(
                "the agreement \(agreement) is not known", help: "known: \(catalog.agreements.keys.sorted().joined(separator: ", "))")
        }
        return menu
    }
}

/// The menu with the agreements of the program and those of a deployment's folder.
///
/// - Throws: `CatalogError` with what is wrong in each file, `CommandError` where the folder cannot be read.
///
/// - Parameter names: of a partner's own WSDL.
func catalog(_ folder: String?, renamedBy names: NameMapping? = nil) throws -> Catalog {
    try Catalog(adding: folder.map(agreementFiles) ?? [], renamedBy: names)
}

/// The same for a command, whose errors a person reads.
func loadCatalog(_ folder: String? = nil) throws -> Catalog {
    do { return try catalog(folder) } catch let error as CatalogError {
        throw CommandError("the agreements are not as they must be:\n" + error.description, place: folder)
    }
}

/// The agreement files of a folder, by name.
func agreementFiles(_ folder: String) throws -> [(name: String, yaml: String)] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
        throw CommandError("the folder of agreements cannot be read: \(error.localizedDescription)", place: folder)
    }
    return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
        (name: name, yaml: String(decoding: try readFile(folder + "/" + name), as: UTF8.self))
    }
}
