public import Datasets
internal import XML

/// The WSDL 1.1 of one operation: document/literal wrapped, SOAP 1.1 and 1.2 at the same address.
public struct WSDLDocument {
    private let menu: Menu
    private let operation: MenuOperation
    private let address: String
    private let schemaLocation: String?

    /// - Parameters:
    ///   - address: where the operation is served.
    ///   - schemaLocation: where the WSDL's reader finds the XSD; `nil` puts the schemas into the WSDL.
    public init(_ menu: Menu, operation: MenuOperation, address: String, schemaLocation: String?) {
        self.menu = menu
        self.operation = operation
        self.address = address
        self.schemaLocation = schemaLocation
    }

    /// The file's name under `wsdl/`.
    public static func fileName(_ operation: MenuOperation, _ agreement: Agreement? = nil) -> String {
        operation.name + (agreement.map { "-" + $0.code } ?? "") + ".wsdl"
    }

    public var bytes: [UInt8] {
        let name = operation.request.xml.local
        let definitions = Markup(
            "wsdl:definitions",
            [
                "xmlns:wsdl": "http://schemas.xmlsoap.org/wsdl/", "xmlns:soap": "http://schemas.xmlsoap.org/wsdl/soap/",
                "xmlns:soap12": "http://schemas.xmlsoap.org/wsdl/soap12/", "xmlns:xs": "http://www.w3.org/2001/XMLSchema",
                "xmlns:wsam": "http://www.w3.org/2007/05/addressing/metadata", "xmlns:wsaw": "http://www.w3.org/2006/05/addressing/wsdl",
                "xmlns:eco": menu.namespace, "xmlns:tns": "\(menu.namespace):\(operation.name)",
                "targetNamespace": "\(menu.namespace):\(operation.name)", "name": name,
            ],
            [
                documentation, SecurityPolicyMarkup.policy, types, message(name, operation.request),
                message(operation.response.xml.local, operation.response),
            ]
                + [message("Refusal", menu.message("Refusal")), portType]
                + [binding("soap12", "SOAP12"), binding("soap", "SOAP11"), service])
        return definitions.document(comment: "Made from the CO Data Element Menu by: coconect-soap contract. Do not edit.")
    }

    private var documentation: Markup {
        Markup(
            "wsdl:documentation",
            text: "\(operation.name): \(operation.text). Requests are signed with WS-Security X.509 (Body and Timestamp, exclusive C14N, "
                + "RSA or ECDSA with SHA-256 or longer); receipts and faults are signed in the same way.")
    }

    private var types: Markup {
        let namespace = menu.namespace
        let imported = Markup(
            "xs:import", schemaLocation.map { ["namespace": namespace, "schemaLocation": $0] } ?? ["namespace": namespace])
        return Markup(
            "wsdl:types", [:],
            [Markup("xs:schema", ["targetNamespace": "\(menu.namespace):\(operation.name)"], [imported])]
                + (schemaLocation == nil ? SchemaDocument(menu).together : []))
    }

    private func message(_ name: String, _ message: MenuMessage) -> Markup {
        Markup("wsdl:message", ["name": name], [Markup("wsdl:part", ["name": "parameters", "element": "eco:\(message.xml.local)"])])
    }

    private var portType: Markup {
        func leg(_ tag: String, _ message: MenuMessage) -> Markup {
            let action = menu.action(of: message)
            return Markup("wsdl:" + tag, ["message": "tns:\(message.xml.local)", "wsam:Action": action, "wsaw:Action": action])
        }
        let refusal = menu.message("Refusal")
        let fault = Markup(
            "wsdl:fault",
            ["name": "Refusal", "message": "tns:Refusal", "wsam:Action": menu.action(of: refusal), "wsaw:Action": menu.action(of: refusal)])
        return Markup(
            "wsdl:portType", ["name": portName],
            [
                Markup(
                    "wsdl:operation", ["name": operationName], [leg("input", operation.request), leg("output", operation.response), fault])
            ])
    }

    private func binding(_ prefix: String, _ suffix: String) -> Markup {
        let literal = Markup(prefix + ":body", ["use": "literal"])
        let bound = Markup(
            "wsdl:operation", ["name": operationName],
            [
                Markup(prefix + ":operation", ["soapAction": menu.action(of: operation.request), "style": "document"]),
                Markup("wsdl:input", [:], [literal]), Markup("wsdl:output", [:], [literal]),
                Markup("wsdl:fault", ["name": "Refusal"], [Markup(prefix + ":fault", ["name": "Refusal", "use": "literal"])]),
            ])
        let transport = Markup(prefix + ":binding", ["transport": "http://schemas.xmlsoap.org/soap/http", "style": "document"])
        return Markup(
            "wsdl:binding", ["name": portName + suffix, "type": "tns:\(portName)"],
            [SecurityPolicyMarkup.reference, transport, bound])
    }

    private var service: Markup {
        func port(_ prefix: String, _ suffix: String) -> Markup {
            Markup(
                "wsdl:port", ["name": portName + suffix, "binding": "tns:\(portName)\(suffix)"],
                [Markup(prefix + ":address", ["location": address])])
        }
        return Markup("wsdl:service", ["name": operationName + "Service"], [port("soap12", "SOAP12"), port("soap", "SOAP11")])
    }

    private var operationName: String { operation.request.xml.local }
    private var portName: String { operation.request.xml.local + "Port" }
}
