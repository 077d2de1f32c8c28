import Testing

@testable import Documents

/// Values put at JSON Pointers.
struct DatasetDraftTests {
    @Test func `lists grow entry by entry, records by name`() throws {
        var draft = DatasetDraft()
        draft.put(.text("AR"), at: "/exporter/address/countryCode")
        for (index, number) in ["1", "2"].enumerated() { draft.put(.text(number), at: "/goodsItems/\(index)/invoices/0/number") }
        draft.put(.integer(7), at: "/goodsItems/1/sequence")
        #expect(draft.count(at: "/goodsItems") == 2 && draft.count(at: "/remarks") == 0)
        #expect(draft.has("/exporter/address") && !draft.has("/exporter/name"))
        let text = String(decoding: try draft.json(), as: UTF8.self)
        for part in [#""countryCode":"AR""#, #"{"number":"1"}"#, #""sequence":7"#] { #expect(text.contains(part)) }
    }

    @Test func `a place takes one value`() {
        var draft = DatasetDraft()
        draft.put(.text("a"), at: "/id")
        #expect(draft.takes(.text("a"), at: "/id") && !draft.takes(.text("b"), at: "/id") && draft.takes(.text("b"), at: "/versionId"))
    }
}
