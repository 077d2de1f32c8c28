internal import XML

extension String {
    /// Text that a stranger may have written, fit for the log and for a fault: no control characters, not endless.
    public func onOneLine(atMost limit: Int) -> String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(limit) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value)
            line.append(isControl ? " " : scalar.isXMLCharacter ? scalar : "\u{FFFD}")
        }
        if unicodeScalars.count > limit { line.append("…") }
        return String(line)
    }
}
