internal import XML

/// A drawing as SVG within the page; colours come from its style sheet.
struct Drawing {
    private var writer = XMLWriter(capacity: 8192)
    private let box: String
    private var head: (title: String, text: String)?
    private var isHidden = false

    init(width: Int, height: Int) {
        box = "0 0 \(width) \(height)"
    }

    /// What somebody who does not see it is told.
    mutating func describe(_ title: String, _ text: String) { head = (title, text) }

    /// Says nothing that does not stand beside it.
    mutating func hide() { isHidden = true }

    mutating func line(_ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int, _ kind: String) {
        writer.element("line", ["x1": "\(x1)", "y1": "\(y1)", "x2": "\(x2)", "y2": "\(y2)", "class": kind], text: "")
    }

    /// - Parameter anchor: `start`, `middle` or `end`.
    mutating func text(_ x: Int, _ y: Int, _ text: String, _ anchor: String) {
        writer.element("text", ["x": "\(x)", "y": "\(y)", "text-anchor": anchor], text: text)
    }

    mutating func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ kind: String, _ label: String?) {
        guard width > 0, height > 0 else { return }
        writer.open(
            "rect",
            [
                "x": Drawing.number(x), "y": Drawing.number(y), "width": Drawing.number(width), "height": Drawing.number(height),
                "class": kind,
            ])
        if let label { writer.element("title", text: label) }
        writer.close("rect")
    }

    var svg: String {
        var whole = XMLWriter(capacity: 8192)
        if isHidden {
            whole.open("svg", ["viewBox": box, "aria-hidden": "true", "focusable": "false", "class": "bar"])
        } else {
            whole.open("svg", ["viewBox": box, "role": "img", "aria-label": "\(head?.title ?? ""). \(head?.text ?? "")"])
        }
        whole.markup(writer.bytes)
        whole.close("svg")
        return String(decoding: whole.bytes, as: UTF8.self)
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
