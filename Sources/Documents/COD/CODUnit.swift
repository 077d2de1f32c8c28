/// Units of measure as Spanish and Portuguese forms write them. A COD has a word of at the most 16 characters, of no list; no public source
/// shows which words are used, so this table is our inference, and a deployment adds to it.
enum CODUnit {
    /// The code of UN/ECE Recommendation 20.
    static func code(_ word: String, _ more: [String: String]) -> String? {
        let plain = word.uppercased()
        return more[plain] ?? words.first { $0.words.contains(plain) }?.code
    }

    private static let words: [(code: String, words: Set<String>)] = [
        ("KGM", ["KG", "KGS", "KILO", "KILOS", "KILOGRAMO", "KILOGRAMOS", "QUILOGRAMA", "QUILOGRAMAS", "KGM"]),
        ("GRM", ["GRAMO", "GRAMOS", "GRAMA", "GRAMAS", "GRM"]),
        ("TNE", ["TON", "TONELADA", "TONELADAS", "TNE"]),
        ("C62", ["UN", "UNID", "UNIDAD", "UNIDADES", "UNIDADE", "PIEZA", "PIEZAS", "PEÇA", "PEÇAS", "C62"]),
        ("PR", ["PAR", "PARES"]),
        ("DZN", ["DOCENA", "DOCENAS", "DÚZIA", "DÚZIAS", "DZN"]),
        ("LTR", ["LITRO", "LITROS", "LTS", "LTR"]),
        ("MTR", ["METRO", "METROS", "MTR"]),
        ("MTK", ["M2", "METRO CUADRADO", "METROS CUADRADOS", "METRO QUADRADO", "METROS QUADRADOS", "MTK"]),
        ("MTQ", ["M3", "METRO CUBICO", "METRO CÚBICO", "METROS CUBICOS", "METROS CÚBICOS", "MTQ"]),
        ("KWH", ["KWH", "KILOWATT HORA"]),
        ("MWH", ["MWH"]),
    ]
}
