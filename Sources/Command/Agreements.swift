internal import ArgumentParser
internal import Datasets
internal import Foundation

struct AgreementOptions: ParsableArguments {
    @Option(help: "Code of the agreement that narrows the contract.")
    var agreement: String?

    @Option(help: "Folder of agreement files (*.yaml) beside those that come with the program.")
    var agreements: String?

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

/// - Parameter folder: of a deployment's own agreements.
func loadCatalog(_ folder: String? = nil) throws -> Catalog {
    do { return try Catalog(adding: folder.map(agreementFiles) ?? []) } catch let error as CatalogError {
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
