import Foundation
import Support
import Testing

@testable import Command

struct SettingsFileTests {
    private func file(_ text: String, _ environment: [String: String] = [:]) throws -> (SettingsFile, TemporaryFolder) {
        let folder = try TemporaryFolder()
        return (SettingsFile(path: try folder.write(Array(text.utf8), to: "gateway.yaml"), environment: environment), folder)
    }

    @Test func `a variable overrides a key`() throws {
        let (settings, folder) = try file(
            "soap:\n  port: 1\n  maximumBody: 2\n", ["COCONECT_SOAP_PORT": "9", "COCONECT_SOAP_MAXIMUM_BODY": "7"])
        #expect(settings.number("soap.port", or: 0, in: 0...10) == 9)
        #expect(settings.number("soap.maximumBody", or: 0, in: 0...10) == 7)
        settings.refuseUnknown()
        #expect(settings.problems.isEmpty)
        _ = folder
    }

    @Test func `unknown keys and variables are named with their place and the nearest known one`() throws {
        let (settings, folder) = try file("soap:\n  prot: 1\n", ["COCONECT_SOAP_PROT": "1"])
        _ = settings.number("soap.port", or: 0, in: 0...10)
        settings.refuseUnknown()
        #expect(settings.problems.map(\.text) == ["unknown key soap.prot", "unknown variable COCONECT_SOAP_PROT"])
        #expect(settings.problems[0].place.hasSuffix("gateway.yaml:2"))
        #expect(settings.problems.map(\.help) == ["did you mean soap.port?", "did you mean COCONECT_SOAP_PORT?"])
        _ = folder
    }

    @Test func `numbers out of range and unknown words are problems, not defaults in silence`() throws {
        let (settings, folder) = try file("soap:\n  port: 70000\nenvironment: tset\n")
        _ = settings.number("soap.port", or: 8443, in: 1...65535)
        let environment: GatewayEnvironment = settings.choice("environment", or: .dev)
        #expect(environment == .dev)
        #expect(settings.problems.count == 2)
        #expect(settings.problems[1].help?.contains("did you mean test?") == true)
        _ = folder
    }

    @Test func `a file that is not YAML or not there is a problem`() throws {
        let (broken, folder) = try file("a: [1\n")
        #expect(broken.problems.count == 1)
        #expect(SettingsFile(path: folder.url.path + "/none.yaml").problems.count == 1)
    }
}
