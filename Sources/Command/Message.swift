internal import Datasets
internal import XML

/// A message from a file: a JSON dataset, or an XML element whose name tells which message it is.
struct Message {
    let dataset: Dataset?
    let xml: [UInt8]
    let action: String

    /// - Parameter json: name of the message that a JSON file holds.
    init(_ file: String, json name: String, agreements: String?) throws {
        try self.init(try readFile(file), file, json: name, agreements: agreements)
    }

    /// - Parameter file: where the bytes come from, for people.
    init(_ bytes: [UInt8], _ file: String, json name: String, agreements: String?) throws {
        let catalog = try loadCatalog(agreements)
        let menu = catalog.menu
        do {
            if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
                guard let message = menu.messages[name] else { throw Message.unknown(name, menu) }
                let dataset = try catalog.dataset(json: bytes, as: name)
                (self.dataset, xml, action) = (dataset, dataset.xml, menu.action(of: message))
            } else {
                let root = try XMLDocument(parsing: bytes, limits: XMLLimits(bytes: 64 * 1024 * 1024)).root
                guard root.local != "Envelope" else {
                    throw CommandError(
                        "this is a SOAP envelope, whose Body is read only once it is verified", place: file,
                        help: "give the Body's child, or for convert the option --trust")
                }
                let message = menu.messages[root.local]
                dataset = try message == nil ? nil : catalog.dataset(reading: root, as: root.local)
                xml = try root.canonicalized()
                action = "\(root.namespace):\(root.local)"
            }
        } catch let error as DatasetError {
            // What is no JSON at all could not be judged; what is JSON was judged, and is wrong.
            let isUnreadable = error.problems.contains { $0.code == .syntax }
            throw CommandError("the dataset has problems:\n" + error.lines, place: file, status: isUnreadable ? 2 : 1)
        } catch let error as XMLError {
            throw CommandError(error.description, place: file)
        }
    }

    static func unknown(_ name: String, _ menu: Menu) -> CommandError {
        CommandError("no message is named \(name)", help: "known: \(menu.messages.keys.sorted().joined(separator: ", "))")
    }
}

extension DatasetError {
    var lines: String {
        problems.map { "  \($0.code.rawValue) at \($0.place.isEmpty ? "the top" : $0.place): \($0.text)" }.joined(separator: "\n")
    }
}
