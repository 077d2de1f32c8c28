internal import AsyncHTTPClient
internal import Exchanges
internal import Foundation
internal import Logging
internal import Server
internal import Stores
internal import Trust
internal import WSSecurity
internal import XML

/// Calls a partner's gateway without effect: handshake, WSDL, and a signed message that asks for nothing.
struct LiveCheck {
    private let configuration: GatewayConfiguration
    private let partner: Partner

    /// Seconds of difference between two clocks that leave messages enough of their lifetime.
    private static let fineDifference = 30
    private static let largestContract = 4 * 1024 * 1024

    init(_ configuration: GatewayConfiguration, partner name: String) throws {
        self.configuration = configuration
        guard let partner = configuration.partners[name] else {
            throw CommandError(
                "no partner is named \(name)", place: "--partner",
                help: "known: \(configuration.partners.partners.keys.sorted().joined(separator: ", "))")
        }
        self.partner = partner
    }

    func report() async throws -> LiveReport {
        var report = LiveReport(partner: partner.name)
        let operations = Exchanges.Operation.allCases.filter(partner.mayBeCalled)
        guard let first = operations.first else {
            report.note(
                .problem, partner.name, "our roles toward it let us call nothing", help: "add outbound-gateway or inbound-gateway to roles")
            return report
        }
        guard await shakeHands(partner.endpoint.address(of: first), &report) else { return report }
        let connections = configuration.connections
        let client = HTTPClient.plain(tls: connections.own[partner.name] ?? connections.common)
        let transport = HTTPPartnerTransport(client, maximumBody: configuration.soap.maximumBody, connections: Reloadable(connections))
        let gateway = Gateway(configuration, store: MemoryStore(), pool: InlinePool(), logger: Logger(label: "check"))
        for operation in operations {
            let address = partner.endpoint.address(of: operation)
            await readContract(address, client, &report)
            do {
                judge(try await gateway.probe(partner, operation, through: transport), &report)
            } catch {
                report.note(.problem, address, "no answer: \(error)", help: "check endpoint.url and endpoint.paths in the partner's file")
            }
        }
        try await client.shutdown()
        return report
    }

    /// - Returns: whether there is somebody to talk to.
    private func shakeHands(_ address: String, _ report: inout LiveReport) async -> Bool {
        guard let url = URL(string: address), let host = url.host else {
            report.note(.problem, address, "this is no address", help: "set domain, or endpoint.url, in the partner's file")
            return false
        }
        guard url.scheme == "https" else {
            report.note(.warning, address, "it is called without TLS")
            return true
        }
        let connections = configuration.connections
        guard let settings = connections.own[partner.name] ?? connections.common else {
            report.note(.note, host, "partnerTLS is not set: the system's authorities are taken, and no client certificate is shown")
            return true
        }
        do {
            let probe = try await TLSProbe.shakeHands(host: host, port: url.port ?? 443, settings)
            let certificate = try? Certificate(der: probe.certificate)
            let name = certificate.map { "\($0.subject), issued by \($0.issuer), to \($0.notAfter.text)" } ?? "no certificate"
            if let refusal = probe.refusal {
                report.note(
                    .problem, host, "the server shows \(name); it is not taken: \(refusal)",
                    help: "ask the partner which authority issued it, and put that into anchors of partnerTLS or endpoint.tls")
                return false
            }
            report.note(.good, host, "\(probe.version) with \(name)")
            let days = certificate.map { ($0.notAfter.seconds - XMLDateTime.now.seconds) / 86_400 } ?? 0
            if days < 30 { report.note(.warning, host, "the server's certificate ends in \(days) days", help: "tell the partner") }
            return true
        } catch {
            report.note(
                .problem, host,
                "no TLS connection: \(TLSFailure(error, own: connections.own[partner.name], common: connections.common) ?? error)",
                help: "check host and port, the firewall, and whether it asks for another client certificate or version of TLS")
            return false
        }
    }

    /// A WSDL is not needed; where there is one, it says whether we mean the same.
    private func readContract(_ address: String, _ client: HTTPClient, _ report: inout LiveReport) async {
        guard let response = try? await client.execute(HTTPClientRequest(url: address + "?wsdl"), timeout: .seconds(15)),
            let body = try? await response.body.collect(upTo: LiveCheck.largestContract)
        else { return report.note(.note, address, "its ?wsdl was not to be had") }
        guard response.status == .ok, let document = try? XMLDocument(parsing: Array(body.readableBytesView)) else {
            return report.note(.note, address, "there is no WSDL at ?wsdl (HTTP \(response.status.code))")
        }
        let expected = (partner.catalog ?? configuration.catalog).menu.namespace
        let namespaces = LiveCheck.namespaces(document.root)
        guard namespaces.contains(expected) else {
            return report.note(
                .warning, address, "its WSDL has the schema namespaces \(namespaces.joined(separator: ", ")), and we write \(expected)",
                help: "where it only names things otherwise, give the partner's file names")
        }
        let named = LiveCheck.addresses(document.root)
        guard named.isEmpty || named.contains(address) else {
            return report.note(
                .warning, address, "its WSDL names the address \(named.joined(separator: ", "))",
                help: "call that one (endpoint.url, endpoint.paths), or ask the partner which one is right")
        }
        report.note(.good, address, "its WSDL is for the same namespace and address")
    }

    /// Of the schemas in it, and of those that they import.
    private static func namespaces(_ element: XMLElement) -> [String] {
        let own = [element.attribute(XMLName("", "targetNamespace")), element.attribute(XMLName("", "namespace"))].compactMap(\.self)
        return Array(Set(own + element.children.flatMap { namespaces($0) })).sorted()
    }

    private static func addresses(_ element: XMLElement) -> [String] {
        let own = element.local == "address" ? [element.attribute(XMLName("", "location"))].compactMap(\.self) : []
        return Array(Set(own + element.children.flatMap { addresses($0) })).sorted()
    }

    private func judge(_ probe: PartnerProbe, _ report: inout LiveReport) {
        let place = probe.address
        guard let answer = probe.answer else {
            let start = String(decoding: probe.response.prefix(120), as: UTF8.self).onOneLine(atMost: 120)
            return report.note(
                .problem, place, "HTTP \(probe.status) without a SOAP answer (\(probe.contentType.prefix(60))): \(start)",
                help: "check the path; where a proxy answers, ask the partner to let POST through")
        }
        let style = partner.endpoint.style
        if answer.version != style.soapVersion {
            report.note(
                .warning, place, "it answers in SOAP \(answer.version.rawValue), and we speak \(style.soapVersion.rawValue)",
                help: "set endpoint.soapVersion to \(answer.version.rawValue)")
        }
        let said = answer.fault.map { "it says: \($0)" } ?? "it refuses nothing"
        guard answer.isSigned else {
            return report.note(
                .warning, place, "HTTP \(probe.status), its answer is not signed; \(said)",
                help: "its refusals will not be believed: messages are tried again until they are parked. Ask for signed faults")
        }
        guard answer.report.verdict == .good else {
            return report.note(
                .problem, place, "its answer is signed, and not accepted: \(answer.report.reason ?? "unknown"); \(said)",
                help: answer.report.signer == nil
                    ? "register the certificate that it signs with (certificates in the partner's file)"
                    : "coconect-soap explain \(answer.report.rule.map(String.init) ?? "") says what this rule is for")
        }
        guard answer.fault != nil else {
            return report.note(
                .problem, place, "it takes a message that is of no operation", help: "ask the partner whether its gateway looks at Body")
        }
        report.note(.good, place, "its fault is signed by \(answer.report.signer?.subject ?? ""); \(said)")
        if let difference = answer.clockDifference, abs(difference) > LiveCheck.fineDifference {
            report.note(
                .warning, place, "its clock is \(abs(difference)) s \(difference > 0 ? "ahead of" : "behind") ours",
                help: "set both by NTP; messages are refused from 60 s on")
        }
    }
}
