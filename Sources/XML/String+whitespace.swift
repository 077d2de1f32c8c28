extension StringProtocol {
    /// Without XML white space at either end, as whiteSpace `collapse` leaves a single word (XML Schema part 2, 4.3.6).
    public var trimmedXML: String {
        let isSpace: (Unicode.Scalar) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0.value) }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}
