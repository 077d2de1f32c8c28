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
            note(error.problems.first?.description ?? "", in: file.resolve(path))
        } catch let error as MenuError {
            note(error.description, in: file.resolve(path))
        } catch {
            file.note("names is '\(path)', which cannot be read", key: "names")
        }
        return nil
    }

    /// - Parameter text: begins with the line, where it is about one.
    private func note(_ text: String, in path: String) {
        let parts = text.firstMatch(of: #/^line (?<line>\d+): (?<text>.*)$/#)
        file.note(
            parts.map { String($0.text) } ?? text, at: parts.map { "\(path):\($0.line)" } ?? path,
            help: "the names on the left are the menu's, those on the right the partner's; wsdl/elements.md lists the menu's")
    }
}
