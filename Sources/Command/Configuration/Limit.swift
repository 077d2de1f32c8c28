/// Every limit that is checked before work is done, in one table: its key in the configuration, what it is unless set, and how far it
/// may be set.
struct Limit {
    /// Without the listener, where it is one of a listener.
    let key: String
    let standard: Int
    let range: ClosedRange<Int>
    let unit: String
    let text: String

    private init(_ key: String, _ standard: Int, _ range: ClosedRange<Int>, _ unit: String, _ text: String) {
        self.key = key
        self.standard = standard
        self.range = range
        self.unit = unit
        self.text = text
    }

    // Of a listener, under soap. and under api.
    static let maximumBody = Limit(
        "maximumBody", 4 * 1024 * 1024, 1024...(64 * 1024 * 1024), "bytes", "Size of a request's body, as sent and as UTF-8")
    static let bodySeconds = Limit("bodySeconds", 30, 1...3600, "s", "Time in which a request's body must have come")
    static let idleSeconds = Limit(
        "idleSeconds", 60, 1...3600, "s", "Time without traffic until a connection is closed")
    static let headSeconds = Limit("headSeconds", 20, 1...600, "s", "Time in which the TLS handshake and a request's head must have come")
    static let headerBytes = Limit(
        "headerBytes", 32 * 1024, 4096...(256 * 1024), "bytes", "Length of a request's head, at the most 100 headers")
    static let answerSeconds = Limit(
        "answerSeconds", 120, 1...3600, "s", "Time, after that of the body, in which a request must be answered and its answer read")
    static let maximumConnections = Limit("maximumConnections", 1024, 1...100_000, "", "Connections open at one time")
    static let requestsPerMinute = Limit(
        "soap.requestsPerMinute", 6000, 1...10_000_000, "",
        "Requests of one peer in a minute, by its client certificate or address; limits.requestsPerMinute in a partner's file for those bound to it; 429 past it"
    )
    static let concurrentRequests = Limit(
        "soap.concurrentRequests", 32, 1...10_000, "",
        "Requests of one peer under way; limits.concurrentRequests in a partner's file; 503 past it")

    static let connections = Limit(
        "soap.connections", 256, 1...100_000, "",
        "Connections of one peer open at one time; limits.connections in a partner's file; past it they are closed")
    static let gzipRatio = Limit(
        "soap.gzipRatio", 50, 2...1000, "", "Times that a body may grow when it is unpacked, where soap.gzip is on; past 64 KiB")

    static let drainSeconds = Limit(
        "soap.drainSeconds", 0, 0...600, "s", "Time after SIGTERM in which /health/ready says no and requests are still answered")

    static let depth = Limit("limits.depth", 64, 8...256, "", "Nesting of elements")
    static let elements = Limit("limits.elements", 200_000, 100...5_000_000, "", "Elements of a message")
    static let attributes = Limit("limits.attributes", 48, 8...256, "", "Attributes of one element, namespace declarations included")
    static let namespaceDeclarations = Limit("limits.namespaceDeclarations", 32, 4...64, "", "Namespace declarations of one element")
    static let namespacesInScope = Limit("limits.namespacesInScope", 96, 16...256, "", "Namespace declarations in scope at one element")
    static let distinctNames = Limit(
        "limits.distinctNames", 1000, 200...4000, "", "Different names of elements and attributes and different namespaces")
    static let namespaceURI = Limit("limits.namespaceURI", 512, 128...4096, "bytes", "Length of one namespace URI")
    static let startTag = Limit("limits.startTag", 16_384, 1024...65_536, "bytes", "Length of one start tag")
    static let text = Limit("limits.text", 4 * 1024 * 1024, 1024...9_000_000, "bytes", "Length of one text, comment or CDATA section")

    static let clockTolerance = Limit(
        "security.clockTolerance", 60, 0...3600, "s", "How far in the future a Timestamp may lie; also in a partner's file")
    static let maximumAge = Limit(
        "security.maximumAge", 300, 10...86_400, "s", "How long a message lives at the most; also in a partner's file")
    static let signedFaultsPerSecond = Limit(
        "security.signedFaultsPerSecond", 50, 0...100_000, "", "Signed faults to strangers in a second; past it they are unsigned")
    static let notedRefusalsPerSecond = Limit(
        "security.notedRefusalsPerSecond", 100, 0...100_000, "", "Refusals kept in the store in a second; past it they are in the log alone"
    )
    static let work = Limit("work.limit", 64, 1...100_000, "", "Messages waiting for a thread; past it they are refused as overloaded")

    /// Of the SOAP listener and of the JSON API alike.
    static let ofListener = [maximumBody, bodySeconds, headSeconds, headerBytes, answerSeconds, idleSeconds, maximumConnections]
    static let others = [
        requestsPerMinute, concurrentRequests, connections, gzipRatio, drainSeconds, depth, elements, attributes, namespaceDeclarations,
        namespacesInScope, distinctNames,
        namespaceURI, startTag, text, clockTolerance, maximumAge, signedFaultsPerSecond, notedRefusalsPerSecond, work,
    ]
    /// All, by the keys that stand in the file.
    static var all: [(key: String, limit: Limit)] { ofListener.map { ("soap." + $0.key, $0) } + others.map { ($0.key, $0) } }
}

extension SettingsFile {
    func limit(_ limit: Limit) -> Int { number(limit.key, or: limit.standard, in: limit.range) }
}
