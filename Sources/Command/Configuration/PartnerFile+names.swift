internal import Datasets
internal import Foundation

extension PartnerFile {
    /// Menu and agreements in the words of the partner's own WSDL.
    func catalog() -> Catalog? {
        guard let path = file.text("names") else { return nil }
        do {
            let names = try NameMapping(yaml: String(contentsOfFile: file.resolve(path), encoding: .utf8))
            return try Command.catalog(agreements, renamedBy: names)
        } catch let error as CatalogError {
            file.note("the names do not fit: \(error.problems.first?.description ?? "")", at: file.resolve(path))
        } catch let error as MenuError {
            file.note("\(error)", at: file.resolve(path))
        } catch {
            file.note("names is '\(path)', which cannot be read", key: "names")
        }
        return nil
    }
}
