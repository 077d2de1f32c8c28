internal import XML

/// The fields of a verified COD: every element that holds text, each to be taken once. What nobody took is not lost sight of.
final class CODFields {
    struct Field {
        let path: String
        let text: String
    }

    private let fields: [Field]
    private let numbers: [String: Int]
    private var account: [CODAccount.Field]
    /// Names of attributes that no COD has, with their places.
    private(set) var attributes: [String] = []

    init(_ cod: VerifiedCOD) {
        var fields: [Field] = []
        var attributes: [String] = []
        func walk(_ element: XMLElement, _ path: String) {
            for attribute in element.attributes where !(attribute.name == XMLName("", "id") && path == "COD") {
                attributes.append("\(path)/@\(attribute.name.local)")
            }
            let children = Array(element.children)
            guard !children.isEmpty else { return fields.append(Field(path: path, text: element.text)) }
            if element.hasStrayText { attributes.append("\(path)/text()") }
            var counts: [String: Int] = [:]
            for child in children { counts[child.local, default: 0] += 1 }
            var numbers: [String: Int] = [:]
            for child in children {
                numbers[child.local, default: 0] += 1
                let place = (counts[child.local] ?? 0) > 1 ? "[\(numbers[child.local] ?? 0)]" : ""
                // An element in a namespace is none of a COD's, whatever its name.
                walk(child, "\(path)/\(child.namespace.isEmpty ? child.local : child.name.description)\(place)")
            }
        }
        for part in [cod.declaration, cod.entity, cod.certification] { walk(part, part.local) }
        self.fields = fields
        numbers = Dictionary(fields.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { one, _ in one })
        self.attributes = attributes
        account = fields.map { field in
            let isEmpty = field.text.trimmedXML.isEmpty
            return CODAccount.Field(field: field.path, text: field.text, pointers: [], note: isEmpty ? "empty" : nil)
        }
    }

    /// The field at a path, from CODEH on.
    func find(_ path: String) -> Int? { numbers[path] }

    /// The places of the entries of a list, in their order: `COD/FormA18/GoodsList/Goods` gives that of each item.
    func entries(of list: String, _ name: String) -> [String] {
        let start = "\(list)/\(name)"
        var places: [String] = []
        for field in fields where field.path.hasPrefix(start) {
            let place = start + field.path.dropFirst(start.count).prefix { $0 != "/" }
            if places.last != place { places.append(place) }
        }
        return places.filter { $0 == start || $0.dropFirst(start.count).first == "[" }
    }

    /// Name of the form that it is written in, such as FormA18.
    var form: String? {
        fields.lazy.map { $0.path.split(separator: "/") }.first { $0.count > 2 && $0[1].hasPrefix("Form") }.map { String($0[1]) }
    }

    subscript(index: Int) -> Field { fields[index] }

    /// Says where a field went.
    func enter(_ index: Int, _ pointer: String?, _ note: String? = nil) {
        if let pointer { account[index].pointers.append(pointer) }
        if let note { account[index].note = note }
    }

    /// Fields that stand nowhere.
    var left: [String] {
        account.filter { $0.pointers.isEmpty && $0.note == nil }.map(\.field) + attributes
    }

    var entries: [CODAccount.Field] { account }
}
