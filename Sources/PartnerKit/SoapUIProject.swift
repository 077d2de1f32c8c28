internal import Datasets
internal import SOAP
internal import XML

/// A project for SoapUI: each operation with the kit's sample in it. Signing is set up by hand there; the kit's README says how.
struct SoapUIProject {
    private let facts: KitFacts
    private let samples: [String: [UInt8]]

    private static let namespace = "http://eviware.com/soapui/config"
    private static let instances = "http://www.w3.org/2001/XMLSchema-instance"

    /// - Parameter samples: the child of Body by operation.
    init(_ facts: KitFacts, samples: [String: [UInt8]]) {
        self.facts = facts
        self.samples = samples
    }

    var bytes: [UInt8] {
        var writer = XMLWriter(capacity: 64 * 1024)
        writer.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        writer.open(
            "con:soapui-project",
            [
                "xmlns:con": SoapUIProject.namespace, "name": "coconect \(facts.administration.country)", "resourceRoot": "${projectDir}",
                "soapui-version": "5.7.2",
            ])
        writer.element("con:settings", text: "")
        for operation in facts.called { write(operation, to: &writer) }
        for name in ["con:properties", "con:wssContainer", "con:oAuth2ProfileContainer", "con:oAuth1ProfileContainer"] {
            writer.element(name, text: "")
        }
        writer.close("con:soapui-project")
        return writer.bytes
    }

    private func write(_ operation: MenuOperation, to writer: inout XMLWriter) {
        let version = facts.partner.endpoint.style.soapVersion
        let (name, address) = (operation.request.xml.local, "\(facts.publicURL)/\(operation.name)")
        let suffix = version == .v12 ? "SOAP12" : "SOAP11"
        let wsdl = "{\(facts.catalog.menu.namespace):\(operation.name)}\(name)Port\(suffix)"
        writer.open(
            "con:interface",
            [
                "xmlns:xsi": SoapUIProject.instances, "xsi:type": "con:WsdlInterface", "wsaVersion": "NONE", "name": "\(name)Port\(suffix)",
                "type": "wsdl", "bindingName": wsdl, "soapVersion": version == .v12 ? "1_2" : "1_1", "anonymous": "optional",
                "definition": "${projectDir}/wsdl/\(operation.name).wsdl",
            ])
        writer.element("con:settings", text: "")
        writer.open("con:endpoints")
        writer.element("con:endpoint", text: address)
        writer.close("con:endpoints")
        writer.open(
            "con:operation",
            [
                "isOneWay": "false", "action": facts.catalog.menu.requestAction(of: operation), "name": name, "bindingOperationName": name,
                "type": "Request-Response", "receivesAttachments": "false", "sendsAttachments": "false", "anonymous": "optional",
            ])
        writer.element("con:settings", text: "")
        writer.open("con:call", ["name": "sample"])
        writer.element("con:settings", text: "")
        writer.element("con:encoding", text: "UTF-8")
        writer.element("con:endpoint", text: address)
        writer.element("con:request", text: envelope(operation, version))
        writer.close("con:call")
        writer.close("con:operation")
        writer.close("con:interface")
    }

    private func envelope(_ operation: MenuOperation, _ version: SOAPVersion) -> String {
        let content = String(decoding: samples[operation.name] ?? [], as: UTF8.self)
        return "<soap:Envelope xmlns:soap=\"\(version.namespace)\"><soap:Header/><soap:Body>\(content)</soap:Body></soap:Envelope>"
    }
}
