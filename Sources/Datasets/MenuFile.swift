internal import Yams

/// The menu as its file has it, and the way from there to a `Menu`.
struct MenuFile: Decodable {
    struct Operation: Decodable {
        let name: String
        let letter: String
        var request: String
        var response: String
        let text: String
    }

    struct Element: Decodable {
        var json: String
        var xml: String
        var format: String?
        var type: String?
        var card: String
        var ops: String?
        var list: String?
        var pattern: String?
        let minimum: Int?
        let id: String?
        let `class`: String?
        let tag: String?
        let basis: String
        let text: String
        /// An element of every message, not of the certificate.
        let envelope: Bool?
        /// The codes of its list that an agreement allows.
        var only: [String]?
        /// Where it is not the menu's: an agreement's own.
        var namespace: String?
        /// The most entries of a list that an agreement allows.
        var limit: Int?
        /// `false` where an agreement does not use it.
        var used: Bool?

        func stands(in letter: String) -> Bool { (ops ?? "").contains(letter) }
        var isOfCertificate: Bool { stands(in: "S") && envelope != true }
    }

    struct Rule: Decodable {
        let of: String?
        let ops: String?
        let at: String?
        let when: [String: [String]]?
        let any: [String]?
        let need: [String]?
        let forbid: [String]?
        let same: [String]?
        let differ: [String]?
        let digest: [String]?
        let period: String?
        let months: Int?
        let text: String
    }

    struct List: Decodable {
        let title: String
        let codes: [String: String]
        /// The standard's list that codes are mapped to, and the code of each there.
        let standard: String?
        let maps: [String: String]?
    }

    let menu: String
    var namespace: String
    var operations: [Operation]
    var elements: [Element]
    var classes: [String: [Element]]
    var answers: [String: [Element]]
    var rules: [Rule]
    var lists: [String: List]
    /// A partner's own names, where the file was renamed by them.
    var names: NameMapping?

    private enum CodingKeys: CodingKey { case menu, namespace, operations, elements, classes, answers, rules, lists }

    init(yaml: String) throws(MenuError) {
        do { self = try YAMLDecoder().decode(MenuFile.self, from: yaml) } catch { throw MenuError("the file cannot be read: \(error)") }
        try UnknownKeys.refuse(in: yaml, readAs: self)
    }

    /// - Parameters:
    ///   - codeLists: the lists of standards; the file's own come to them.
    ///   - agreement: whose rules the file was narrowed by.
    func menu(codeLists: [CodeList], agreement: Agreement? = nil) throws(MenuError) -> Menu {
        var own: [CodeList] = []
        for (id, list) in lists { own.append(try codeList(id, list, standards: codeLists)) }
        var builder = MenuBuilder(file: self, codeLists: codeLists + own)
        return try builder.menu(agreement)
    }
}

extension MenuFile {
    private func codeList(_ id: String, _ list: List, standards: [CodeList]) throws(MenuError) -> CodeList {
        for (code, mapped) in list.maps ?? [:] {
            guard list.codes[code] != nil, standards.first(where: { $0.id == list.standard })?.contains(mapped) == true else {
                throw MenuError("the list \(id) maps \(code) to \(mapped), which \(list.standard ?? "no standard") does not have")
            }
        }
        let codes = list.codes.map { code, name in
            (code: code, name: name + (list.maps?[code].map { " (\(list.standard ?? "") \($0))" } ?? ""))
        }
        return CodeList(id: id, title: list.title, standard: nil, codes: codes)
    }
}
