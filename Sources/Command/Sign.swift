public import ArgumentParser
internal import Datasets
internal import Exchanges
public import SOAP
internal import Trust
internal import WSSecurity
internal import XML

struct Sign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a message into a signed SOAP envelope, without server and store.",
        discussion: """
            The message is a JSON dataset (validated and translated) or the XML element that Body shall hold.

            EXAMPLE
              coconect-soap sign certificate.json --certificate our.pem --key our.key > request.xml
            """)

    @Argument(help: "The message as JSON or XML, or - for standard input.")
    var file: String

    @Option(help: "PEM file of the signing certificate.")
    var certificate: String

    @Option(help: "PEM file of its private key.")
    var key: String

    @Option(help: "1.1 or 1.2.")
    var soapVersion = SOAPVersion.v12

    @Option(help: "Address of the receiver; adds signed WS-Addressing headers.")
    var to: String?

    @Option(help: "The moment of signing; now if left out.")
    var at: String?

    @Option(help: "Name of the message that a JSON file holds.")
    var message = "SendCO"

    @OptionGroup var options: AgreementsOption

    func run() async throws {
        let message = try Message(file, json: message, agreements: options.agreements)
        let identity: SigningIdentity
        do {
            identity = try SigningIdentity(certificate: try loadCertificate(certificate), key: try loadPrivateKey(key))
        } catch let error as IdentityError {
            throw CommandError(error.description, place: key)
        }
        let addressing = to.map {
            OutgoingEnvelope.requestAddressing(to: $0, action: message.action, messageID: "urn:uuid:" + LocalID.uuid())
        }
        let envelope = OutgoingEnvelope(version: soapVersion, addressing: addressing ?? [], content: message.xml, form: .canonical)
        output(try await identity.sign(envelope, created: try moment(at)).bytes)
    }
}

extension SOAPVersion: ExpressibleByArgument {}

extension LocalID {
    /// A random UUID in its usual spelling.
    static func uuid() -> String {
        var hex = Array(make())
        hex[12] = "4"
        hex[16] = "a"
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }
}
