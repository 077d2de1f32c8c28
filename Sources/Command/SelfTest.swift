internal import ArgumentParser
internal import AsyncHTTPClient
internal import Attacks
internal import Datasets
internal import Foundation
internal import NIOCore
internal import SOAP
internal import Server
internal import Trust
internal import WSSecurity
internal import XML

struct SelfTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Attack an endpoint that speaks this contract, and print what it refused.",
        discussion: """
            Sends every known attack (signature wrapping, tokens, algorithms, floods, clocks, media types) in every shape that partners'
            toolkits give a message, and compares the answers with the rules that must refuse them. A good message goes first: where that
            is not accepted, the endpoint does not know the identity, and the test ends. The good message stays at the endpoint as a real
            one, so use a test environment. Hosts named prod are refused; an endpoint that is not on this machine needs --agreed.

            EXAMPLES
              coconect-soap selftest --url https://localhost:8443 --identity certs/dev/korea-signing --message certificate.json \\
                --client certs/dev/korea-tls --anchors certs/dev/tls-ca.pem
              coconect-soap selftest --url https://test.coconect.customs.go.kr --identity ours --message c.json --agreed --rate 5
            """)

    @Option(help: "Address of the endpoint, without the operation.")
    var url: String

    @Option(help: "Certificate and key that the endpoint knows, without their endings: IDENTITY.pem and IDENTITY.key.")
    var identity: String

    @Option(help: "JSON of a certificate of origin that the endpoint accepts from this identity.")
    var message: String

    @Option(help: "TLS client certificate and key, without their endings.")
    var client: String?

    @Option(help: "PEM of the authorities that the endpoint's TLS certificate comes from; the system's if left out.")
    var anchors: String?

    @Flag(help: "The operator of the endpoint agrees to this test.")
    var agreed = false

    @Option(help: "Messages in a second, at the most.")
    var rate = 50

    @Option(help: "Seconds, at the most; what is left then is not tried.")
    var seconds = 900

    @Flag(help: "One shape only: SOAP 1.2 with a BinarySecurityToken.")
    var quick = false

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func validate() throws {
        guard let host = URL(string: url)?.host else { throw ValidationError("--url is an address, such as https://localhost:8443.") }
        let labels = host.lowercased().split(separator: ".")
        guard !labels.contains("prod") else { throw ValidationError("--url names a prod host; attacks are for dev and test.") }
        let isHere = ["localhost", "127.0.0.1", "::1"].contains(host)
        guard isHere || agreed else { throw ValidationError("\(host) is not this machine; give --agreed where its operator agrees.") }
        guard (1...1000).contains(rate), (1...86_400).contains(seconds) else {
            throw ValidationError("--rate is from 1 to 1000, --seconds from 1 to 86400.")
        }
    }

    func run() async throws {
        let kit = try attackKit()
        let tls = try client.map { try tlsMaterial($0).client }
        let http = HTTPClient.plain(tls: tls)
        let endpoint = AttackedEndpoint(http, url: url + "/send-co", rate: rate)
        var report = SelfTestReport(url: url)
        do {
            let deadline = ContinuousClock.now + .seconds(seconds)
            let shapes = quick ? Shape.all.filter { $0.version == .v12 && $0.token == .binarySecurityToken } : Shape.all
            try await attack(shapes, kit, endpoint, until: deadline, &report)
            try await http.shutdown()
        } catch {
            try? await http.shutdown()
            throw error
        }
        switch format {
        case .json: try output(json: report)
        case .text: output(report.text)
        }
        if report.verdict != "good" { throw ExitCode(1) }
    }

    private func attack(
        _ shapes: [Shape], _ kit: AttackKit, _ endpoint: AttackedEndpoint, until deadline: ContinuousClock.Instant,
        _ report: inout SelfTestReport
    ) async throws {
        for (index, shape) in shapes.enumerated() {
            progress("\(index + 1) of \(shapes.count): \(shape)")
            // Signed at this moment: a shape must be through before its messages are too old.
            for attack in try await kit.attacks(shape, at: .now) {
                guard ContinuousClock.now < deadline else {
                    report.note(untried: shapes.count - index)
                    return
                }
                let answer = await endpoint.answer(to: attack)
                report.add(attack, answer)
                if report.results.count == 1, answer != .accepted {
                    throw CommandError(
                        "the endpoint does not accept a good message: \(answer)", place: url,
                        help: "the endpoint must know the certificate of \(identity).pem, and \(message) must be from its partner to it")
                }
            }
        }
    }

    private func progress(_ text: String) {
        guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    private func attackKit() throws -> AttackKit {
        let signer: SigningIdentity
        do {
            signer = try SigningIdentity(certificate: loadCertificate(identity + ".pem"), key: loadPrivateKey(identity + ".key"))
        } catch let error as IdentityError {
            throw CommandError(error.description, place: identity)
        }
        let catalog = try loadCatalog()
        let menuMessage = catalog.menu.message("SendCO")
        let dataset = try Message(message, json: "SendCO", agreements: nil).dataset
        guard let dataset, dataset.message.xml == menuMessage.xml, let number = dataset.text("id") else {
            throw CommandError("not a certificate of origin (SendCO)", place: message)
        }
        let content = dataset.xml
        let forged = String(decoding: content, as: UTF8.self).replacingOccurrences(
            of: ">\(number)<", with: ">\(String(number.reversed()))X<")
        return AttackKit(
            identity: signer, content: content, forged: Array(forged.utf8), address: url + "/send-co",
            action: catalog.menu.action(of: menuMessage))
    }

    private func tlsMaterial(_ name: String) throws -> TLSMaterial {
        guard let anchors else {
            throw CommandError("--anchors is missing", help: "name the authorities of the endpoint's TLS certificate")
        }
        do {
            return try TLSMaterial(certificateFile: name + ".pem", keyFile: name + ".key", anchorsFile: anchors)
        } catch {
            throw CommandError("the TLS files do not load: \(error)", place: "\(name).pem, \(name).key, \(anchors)")
        }
    }
}

/// The endpoint under attack, called at a bounded rate.
private struct AttackedEndpoint {
    private let http: HTTPClient
    private let url: String
    private let pause: Duration

    init(_ http: HTTPClient, url: String, rate: Int) {
        self.http = http
        self.url = url
        pause = .seconds(1) / rate
    }

    func answer(to attack: Attack) async -> SelfTestReport.Answer {
        do { try await Task.sleep(for: pause) } catch { return .failed("interrupted") }
        var call = HTTPClientRequest(url: url)
        call.method = .POST
        if !attack.contentType.isEmpty { call.headers.add(name: "Content-Type", value: attack.contentType) }
        for (name, value) in attack.headers { call.headers.add(name: name, value: value) }
        call.body = .bytes(ByteBuffer(bytes: attack.bytes))
        do {
            let response = try await http.execute(call, timeout: .seconds(30))
            let text = String(buffer: try await response.body.collect(upTo: 1024 * 1024))
            return SelfTestReport.Answer(status: Int(response.status.code), text: text)
        } catch {
            return .failed("\(error)")
        }
    }
}
