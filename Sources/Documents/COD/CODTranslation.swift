internal import Datasets
internal import XML
internal import XMLSignature

/// One translation under way: takes field by field, and says of each where it went.
struct CODTranslation {
    let fields: CODFields
    private(set) var draft = DatasetDraft()
    private(set) var derived: [CODAccount.Derived] = []
    private let settings: CODTranslator.Settings
    /// Where the elements stand that only these agreements have.
    private var own = ""
    private static let mostInvoices = 100_000
    /// Fields whose time of day is kept.
    private var kept: Set<String> = []

    init(_ fields: CODFields, _ settings: CODTranslator.Settings) {
        self.fields = fields
        self.settings = settings
    }

    mutating func run() throws(CODTranslationError) {
        guard let name = fields.form else { throw .missing("the form of the agreement (FormA18 or another)") }
        let form = "COD/\(name)"
        let field = "COD/Agreement/AgreementAcronym"
        guard let acronym = take(field, "/agreementCode") else { throw .missing(field) }
        // It becomes the name of an element.
        guard CODTranslation.isName(acronym), CODStructure.forms(of: acronym).contains(name) else {
            throw .malformed(field: field, text: acronym, needed: "an agreement in whose form, \(name), the document is written")
        }
        own = "/extensions/\(acronym)"
        header()
        party("Exporter", "\(form)/Exporter", "/exporter")
        party("Importer", "\(form)/Importer", "/importer")
        party("Consignee", "\(form)/Consignee", "/consignee")
        countries(form)
        take("\(form)/Transport/TransportPortOfLoading", "/transport/loadingLocation/name")
        take("\(form)/Transport/TransportMeans", "/transport/meansName")
        try goods(form)
        try comments("\(form)/Comments")
        try declaration(form)
        issuer()
        try certification()
    }

    private static func isName(_ acronym: String) -> Bool {
        acronym.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
            && acronym.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    }

    /// The document itself, so that whoever reads the dataset can verify what it was made of.
    mutating func attach(_ bytes: [UInt8]) {
        let number = fields.find("CertificationEH/CertificateID").map { fields[$0].text.trimmedXML } ?? "certificate"
        derive("/attachments/0/mediaType", "application/xml", "the COD travels with its translation")
        derive("/attachments/0/fileName", number + ".xml", "ALADI's rule for file names")
        derive("/attachments/0/sha256", Digest(of: bytes).hex, "of the COD's bytes")
        draft.put(.text(Base64.encode(bytes)), at: "/attachments/0/content")
        derived.append(.init(pointer: "/attachments/0/content", text: "\(bytes.count) bytes", reason: "the COD, byte for byte"))
    }

    // MARK: Parts of the form

    private mutating func header() {
        take("COD/CODVer", "\(own)/codVersion")
        take("COD/CODSubmitterType", "\(own)/submitterType")
        take("COD/Agreement/AgreementName", "\(own)/agreementName")
        derive("/sender/agency", settings.senderAgency, "given")
        derive("/receiver/agency", settings.receiverAgency, "given")
        derive("/datasetVersion", "1.0", "version of the menu")
        derive("/functionCode", "9", "an original")
        derive("/typeCode", "864", "a COD is a certificate of preferential origin")
        draft.put(.boolean(true), at: "/preferential")
        derived.append(.init(pointer: "/preferential", text: "true", reason: "a COD is a certificate of preferential origin"))
    }

    private mutating func party(_ prefix: String, _ place: String, _ target: String) {
        take("\(place)/\(prefix)BusinessName", "\(target)/name")
        take("\(place)/\(prefix)TaxIdentification", "\(target)/id")
        take("\(place)/\(prefix)Country", "\(target)/address/countryCode")
        take("\(place)/\(prefix)City", "\(target)/address/cityName")
        for line in ["Address", "Locality"] {
            take("\(place)/\(prefix)\(line)", "\(target)/address/lines/\(draft.count(at: target + "/address/lines"))")
        }
        communications(prefix, place, target)
    }

    private mutating func communications(_ prefix: String, _ place: String, _ target: String) {
        for (kind, code) in [("Telephone", "TE"), ("Fax", "FX"), ("Email", "EM"), ("URL", "AO")] {
            let entry = "\(target)/communications/\(draft.count(at: target + "/communications"))"
            guard take("\(place)/\(prefix)\(kind)", "\(entry)/id") != nil else { continue }
            derive("\(entry)/typeCode", code, "the kind of the field before it")
        }
    }

    private mutating func countries(_ form: String) {
        also("\(form)/Exporter/ExporterCountry", "/exportCountryCode")
        if take("\(form)/Transport/TransportCountryDestination", "/destinationCountryCode") == nil {
            let importer = "\(form)/Importer/ImporterCountry"
            also(importer, "/destinationCountryCode", "the country of destination is not named, and is the importer's")
        }
        also("\(form)/Importer/ImporterCountry", "/receiver/country")
    }

    private mutating func goods(_ form: String) throws(CODTranslationError) {
        let items = fields.entries(of: "\(form)/GoodsList", "Goods")
        guard !items.isEmpty else { throw .missing("\(form)/GoodsList/Goods") }
        let invoices = try invoicesByNumber(form)
        try count("\(form)/GoodsList/GoodsQty", items.count)
        let origin = "\(form)/Declaration/CountryOfOrigin"
        guard items.count * max(1, invoices.count) <= CODTranslation.mostInvoices else {
            throw .tooMany("invoices of goods", count: items.count * invoices.count, limit: CODTranslation.mostInvoices)
        }
        var numbers: Set<Int> = []
        for (index, place) in items.enumerated() {
            let (item, more) = ("/goodsItems/\(index)", "\(own)/goods/\(index)")
            let number = try whole("\(place)/GoodsOrderNo", "\(item)/sequence", "\(more)/sequence")
            guard numbers.insert(number).inserted else { throw .repeated(field: "\(place)/GoodsOrderNo", text: "\(number)") }
            take("\(place)/GoodsItemName", "\(item)/description")
            if let code = take("\(place)/GoodsItemCode", "\(item)/classificationText") {
                let pointer = "\(item)/classification"
                draft.put(.text(code.replacing(".", with: "")), at: pointer)
                enter("\(place)/GoodsItemCode", pointer, "its digits are the classification")
            }
            take("\(place)/GoodsItemOriginRules", "\(item)/origin/criterionText")
            if fields.find(origin) != nil {
                also(origin, "\(item)/origin/countryCode")
            } else {
                also("\(form)/Exporter/ExporterCountry", "\(item)/origin/countryCode", "the country of origin is the exporter's")
            }
            try quantity(place, item, more)
            try value(place, item)
            try putInvoices(of: place, item, invoices)
            try day("\(place)/GoodsDeclarationDate", "\(more)/declarationDate")
            take("\(place)/GoodsDeclarationNumber", "\(more)/declarationNumber")
            take("\(place)/GoodsItemSeriesNo", "\(more)/seriesNumber")
        }
    }

    private mutating func quantity(_ place: String, _ item: String, _ more: String) throws(CODTranslationError) {
        let field = "\(place)/GoodsItemMeasureUnit"
        guard let word = take(field, "\(more)/measureUnit") else { return }
        guard let code = CODUnit.code(word, settings.units) else { throw .unknownUnit(field: field, word: word) }
        take("\(place)/GoodsItemWeightAmount", "\(item)/quantities/0/value")
        let pointer = "\(item)/quantities/0/unitCode"
        draft.put(.text(code), at: pointer)
        enter(field, pointer, "its code in UN/ECE Recommendation 20 is \(code)")
    }

    private mutating func value(_ place: String, _ item: String) throws(CODTranslationError) {
        for (name, basis) in [("GoodsItemValue", String?.none), ("GoodsItemFOB", "FOB")] {
            let field = "\(place)/\(name)"
            guard fields.find(field) != nil else { continue }
            guard let currency = settings.currency else { throw .currency(field: field) }
            take(field, "\(item)/value/amount")
            derive("\(item)/value/currencyCode", currency, "given")
            if let basis { derive("\(item)/value/basis", basis, "the name of the field, GoodsItemFOB") }
        }
    }

    private mutating func invoicesByNumber(_ form: String) throws(CODTranslationError) -> [(number: String?, place: String)] {
        let places = fields.entries(of: "\(form)/Invoices", "Invoice")
        try count("\(form)/Invoices/InvoiceQty", places.count)
        var invoices: [(number: String?, place: String)] = []
        for place in places {
            let field = fields.find("\(place)/InvoiceOrderNo")
            field.map { fields.enter($0, nil, "ties goods to the invoice, and has no meaning besides") }
            let number = field.map { fields[$0].text.trimmedXML }
            if let number, invoices.contains(where: { $0.number == number }) {
                throw .repeated(field: "\(place)/InvoiceOrderNo", text: number)
            }
            invoices.append((number, place))
        }
        return invoices
    }

    /// Those that the item names; where it names none, all of them.
    private mutating func putInvoices(
        of place: String, _ item: String, _ invoices: [(number: String?, place: String)]
    ) throws(CODTranslationError) {
        let reference = fields.find("\(place)/GoodsInvoiceOrderNo")
        let wanted = reference.map { fields[$0].text.trimmedXML }
        let found = invoices.filter { wanted == nil || $0.number == wanted }
        if let reference, let wanted {
            guard !found.isEmpty else { throw .noInvoice(field: "\(place)/GoodsInvoiceOrderNo", number: wanted) }
            fields.enter(reference, "\(item)/invoices", "the invoice with this number in the document")
        }
        if reference == nil, found.count > 1 {
            derived.append(
                .init(pointer: "\(item)/invoices", text: "\(found.count) invoices", reason: "the item names no invoice: all of them"))
        }
        for (index, invoice) in found.enumerated() {
            take("\(invoice.place)/InvoiceNo", "\(item)/invoices/\(index)/number")
            try day("\(invoice.place)/InvoiceDate", "\(item)/invoices/\(index)/date")
        }
    }

    private mutating func comments(_ place: String) throws(CODTranslationError) {
        take("\(place)/GeneralComments", "/remarks/0")
        take("\(place)/PACComments", "\(own)/pacComments")
        take("\(place)/PACComments/PACInputsOrderNo", "\(own)/pacInputs/orderNumber")
        take("\(place)/PACComments/PACInputsComment", "\(own)/pacInputs/comment")
        take("\(place)/LocalCurrency", "\(own)/localCurrency")
        if let field = fields.find("\(place)/HSVer") {
            let isListed = ["2012", "2017", "2022"].contains(fields[field].text)
            take("\(place)/HSVer", isListed ? "/hsVersion" : "\(own)/hsVersionText")
        }
        try invoicer("ThirdOp", "\(place)/ThirdOpComments", "\(own)/thirdOperator")
        try invoicer("Op3c", "\(place)/Op3cComments", "\(own)/thirdCountryOperator")
    }

    private mutating func invoicer(_ prefix: String, _ place: String, _ statement: String) throws(CODTranslationError) {
        try boolean("\(place)/\(prefix)Statement", statement)
        let target = "/thirdPartyInvoice"
        // The dataset has one such operator; a second one is left, and so told.
        guard !draft.has(target) else { return }
        take("\(place)/\(prefix)BusinessName", "\(target)/name")
        take("\(place)/\(prefix)Country", "\(target)/countryCode")
        let hasAddress = ["Address", "City"].contains { fields.find("\(place)/\(prefix)\($0)") != nil }
        if hasAddress { also("\(place)/\(prefix)Country", "\(target)/address/countryCode") }
        take("\(place)/\(prefix)Address", "\(target)/address/lines/0")
        take("\(place)/\(prefix)City", "\(target)/address/cityName")
        take("\(place)/\(prefix)InvoiceNo", "\(target)/invoiceNumber")
        try day("\(place)/\(prefix)InvoiceDate", "\(target)/invoiceDate")
    }

    private mutating func declaration(_ form: String) throws(CODTranslationError) {
        try day("\(form)/Declaration/DeclarationDate", "/declaration/date")
        take("\(form)/Declaration/DeclarationRequestNo", "\(own)/requestNumber")
        take("\(form)/Declaration/Affidavit", "\(own)/affidavit")
        try day("\(form)/Declaration/CertificateInitialDate", "/validity/from")
        try day("\(form)/Declaration/CertificateFinalDate", "/validity/to")
        take("\(form)/Subscriber/SubscriberSubmitterName", "/declaration/name")
        take("\(form)/Representative/RepresentativeSubmitterName", "/declaration/name")
    }

    private mutating func issuer() {
        take("EH/EHId", "/issuer/id")
        take("EH/EHName", "/issuer/name")
        take("EH/EHCountry", "/issuer/address/countryCode", "/sender/country")
        take("EH/EHAddress", "/issuer/address/lines/0")
        take("EH/EHCity", "/issuer/address/cityName")
        take("EH/EHCityLocality", "/issuer/address/cityName")
        communications("EH", "EH", "/issuer")
        take("EH/EHComments", "\(own)/issuerComments")
    }

    private mutating func certification() throws(CODTranslationError) {
        take("CertificationEH/CertificateControlCode", "\(own)/certificateControlCode")
        take("CertificationEH/CertificateDate", "/issueDateTime", "/certification/dateTime")
        guard let number = take("CertificationEH/CertificateID", "/id", "/functionalReferenceId") else {
            throw .missing("CertificationEH/CertificateID")
        }
        guard [20, 26].contains(number.utf8.count), number.utf8.allSatisfy({ $0.isLetterOrDigit }) else {
            throw .malformed(field: "CertificationEH/CertificateID", text: number, needed: "a number of 20 or 26 letters and digits")
        }
        let corrections = number.suffix(2)
        if corrections != "00", corrections.allSatisfy(\.isNumber) {
            derive("/versionId", String(corrections), "the last two digits of the number, which count corrections")
        }
    }

    // MARK: Taking fields

    /// Puts the text of a field, as it is, at places of the dataset.
    ///
    /// - Returns: the text; `nil` where the field is not there, or empty.
    @discardableResult
    private mutating func take(_ path: String, _ pointers: String...) -> String? {
        guard let index = fields.find(path) else { return nil }
        let text = fields[index].text
        guard !text.trimmedXML.isEmpty else {
            fields.enter(index, nil, "empty")
            return nil
        }
        for pointer in pointers { put(.text(text), of: index, at: pointer) }
        return text
    }

    /// A place holds one field: another one that is to stand there is left, and so told.
    private mutating func put(_ value: DatasetDraft.Value, of index: Int, at pointer: String, _ note: String? = nil) {
        guard draft.takes(value, at: pointer) else { return }
        draft.put(value, at: pointer)
        fields.enter(index, pointer, note)
    }

    /// Puts the text of a field at one more place.
    private mutating func also(_ path: String, _ pointer: String, _ note: String? = nil) {
        guard let index = fields.find(path), !fields[index].text.isEmpty else { return }
        put(.text(fields[index].text), of: index, at: pointer, note)
    }

    private func enter(_ path: String, _ pointer: String?, _ note: String) {
        if let index = fields.find(path) { fields.enter(index, pointer, note) }
    }

    private mutating func derive(_ pointer: String, _ text: String, _ reason: String) {
        draft.put(.text(text), at: pointer)
        derived.append(.init(pointer: pointer, text: text, reason: reason))
    }

    /// The day of a time. The dataset has no place for a time of day there, so it is kept whole among the agreement's own elements.
    private mutating func day(_ path: String, _ pointer: String) throws(CODTranslationError) {
        guard let index = fields.find(path) else { return }
        let text = fields[index].text.trimmedXML
        guard XMLDateTime(text) != nil else { throw .malformed(field: path, text: text, needed: "a time such as 2026-03-10T00:00:00") }
        put(.text(String(text.prefix(10))), of: index, at: pointer)
        guard text.dropFirst(10) != "T00:00:00", !kept.contains(path) else { return }
        kept.insert(path)
        let entry = "\(own)/times/\(draft.count(at: own + "/times"))"
        derive("\(entry)/field", path, "the field whose time of day is kept")
        draft.put(.text(text), at: "\(entry)/dateTime")
        fields.enter(index, "\(entry)/dateTime", "the day alone stands in the dataset's own element")
    }

    private mutating func whole(_ path: String, _ pointers: String...) throws(CODTranslationError) -> Int {
        guard let index = fields.find(path) else { throw .missing(path) }
        let text = fields[index].text.trimmedXML
        guard let number = Int(text), number > 0, String(number) == text else {
            throw .malformed(field: path, text: text, needed: "a whole number from 1, without sign or leading zeros")
        }
        for pointer in pointers { put(.integer(number), of: index, at: pointer) }
        return number
    }

    private mutating func boolean(_ path: String, _ pointer: String) throws(CODTranslationError) {
        guard let index = fields.find(path) else { return }
        let text = fields[index].text.trimmedXML
        guard ["true", "false", "1", "0"].contains(text) else { throw .malformed(field: path, text: text, needed: "true or false") }
        put(.boolean(text == "true" || text == "1"), of: index, at: pointer)
    }

    private func count(_ path: String, _ number: Int) throws(CODTranslationError) {
        guard let index = fields.find(path) else { return }
        let text = fields[index].text.trimmedXML
        guard Int(text) == number else { throw .malformed(field: path, text: text, needed: "the number of entries, \(number)") }
        fields.enter(index, nil, "the number of entries, which are all there")
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool { (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
