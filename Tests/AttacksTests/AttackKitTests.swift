import Attacks
import Datasets
import Exchanges
import Foundation
import Logging
import SOAP
import Stores
import Support
import Testing
import Trust
import WSSecurity
import XML

/// Every attack in every shape against the road that messages take; both engines judge.
struct AttackKitTests {
    static let korea = Administration(country: "KR", agency: "Korea Customs Service")
    static let vietnam = Administration(country: "VN", agency: "General Department of Viet Nam Customs")
    static let catalog = try! Catalog()
    static let signers = [TestIdentity.rsa, TestIdentity.p256]

    static func gateway() throws -> Gateway {
        Gateway(
            administration: vietnam, identities: SigningIdentities(TestIdentity.own),
            partners: PartnerRegistry([
                Partner(
                    name: "korea", administration: korea, roles: [.inboundGateway], certificates: signers.map { $0.pin("korea") },
                    endpoint: PartnerEndpoint(baseURL: "https://korea.test"))
            ]), catalog: catalog, store: try SQLiteStore(),
            settings: GatewaySettings(
                publicURL: "https://vietnam.test", policy: SecurityPolicy(secondEngine: .asked), signedFaultsPerSecond: 0,
                notedRefusalsPerSecond: 0), clock: { TestIdentity.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func kit(_ identity: SigningIdentity) throws -> AttackKit {
        let json = try Repository.bytes("wsdl/examples/send-co.json")
        let message = catalog.menu.message("SendCO")
        let forged = String(decoding: json, as: UTF8.self).replacingOccurrences(of: "812.5", with: "999.9")
        return AttackKit(
            identity: identity, content: try Dataset(json: json, as: message).xml,
            forged: try Dataset(json: Array(forged.utf8), as: message).xml,
            address: "https://vietnam.test/send-co", action: catalog.menu.action(of: message))
    }

    @Test(arguments: Shape.all) func `every attack is refused by its rule, and what is no attack is accepted`(_ shape: Shape) async throws {
        let gateway = try Self.gateway()
        var failures: [String] = []
        for identity in Self.signers {
            let attacks = try await Self.kit(identity).attacks(shape, at: TestIdentity.now)
            #expect(attacks.count > 120)
            for attack in attacks {
                if case .status = attack.expectation { continue }
                let answer = await gateway.receive(attack.inbound)
                let got: Attack.Expectation =
                    switch answer.outcome {
                    case .accepted, .repeated, .examined: .accepted
                    case .refused(let code): .refused([code])
                    }
                if !attack.expects(got) { failures.append("\(attack.name), \(attack.title): \(got), expected \(attack.expectation)") }
            }
        }
        #expect(failures == [])
    }

    /// Signed by a partner, as dear as the limits let them be; what would cost many times its parse is refused before it is computed.
    @Test(arguments: SignedFlood.allCases) func `what a partner signs is bounded too`(_ flood: SignedFlood) async throws {
        let gateway = try Self.gateway()
        let bytes = try await flood.document(bytes: 200_000, identity: TestIdentity.p256, created: TestIdentity.now)
        let inbound = InboundRequest(
            bytes: bytes, operation: "send-co", mediaVersion: .v12, action: nil, peer: "127.0.0.1", correlationID: "1")
        let expected =
            switch flood {
            case .prefixes, .nestedPrefixes: "signature-limit"
            case .longNamespaces, .nestedReferences: "xml-limit"
            case .elements, .attributes, .entities, .comments, .sections, .emptyNamespaces: "unknown-operation"
            }
        guard case .refused(let code) = await gateway.receive(inbound).outcome else {
            Issue.record("accepted")
            return
        }
        #expect(code == expected)
    }
}

extension Attack {
    var inbound: InboundRequest {
        let media = MediaType(contentType)
        return InboundRequest(
            bytes: bytes, package: media.isPackage ? media : nil, operation: "send-co", mediaVersion: media.soapVersion ?? .v12,
            action: headers["SOAPAction"]?.replacingOccurrences(of: "\"", with: ""),
            peer: "127.0.0.1", correlationID: "1")
    }

    func expects(_ got: Expectation) -> Bool {
        if case .refused(let codes) = expectation, case .refused(let found) = got { return !codes.isDisjoint(with: found) }
        return expectation == got
    }
}
