internal import Datasets
internal import Exchanges
internal import SOAP
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// The first page of a kit: who talks to whom, how to try it, and what both sides write.
struct KitReadme {
    private let facts: KitFacts

    init(_ facts: KitFacts) {
        self.facts = facts
    }

    var bytes: [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

    private var lines: [String] { introduction + firstSteps + whatWeTake + howWeAnswer + howWeCall + whenItFails + contents }

    private var introduction: [String] {
        [
            "# Connecting to \(facts.administration)", "",
            "For \(facts.partner.administration), environment `\(facts.environment)`. The gateway is at `\(facts.publicURL)/{operation}`.",
            "",
            "You may call: \(facts.called.map { "`\($0.name)`" }.joined(separator: ", ")).", "",
        ]
    }

    private var firstSteps: [String] {
        let anchors =
            facts.tlsAuthority == nil
            ? "put the authority of the gateway's TLS certificate into `certificates/tls-anchors.pem`, or name your system's in `kit.properties`"
            : "`certificates/tls-anchors.pem` is the authority of the gateway's TLS certificate; compare it with what its operator tells you"
        var steps = [
            "## First steps", "",
            "1. Send the operator your signing certificate and your TLS client certificate, and compare fingerprints by telephone. Ours:",
            "",
        ]
        steps += facts.certificates.map { "   - `\($0.fingerprint.hex)` \($0.subject), to \($0.notAfter.text)" }
        steps += [
            "2. Put your keys where `kit.properties` says (`keys/`), and \(anchors).",
            "3. Run the client of your toolkit as it stands: `sh clients/zeep/run.sh send-co`. It sends the sample in `samples/`, with a message id",
            "   of its own, and says `receipt`, `fault` or `untrusted`. `clients/*/README.md` says what each needs.",
        ]
        if facts.hasEcho {
            steps += [
                "4. POST a signed message of your own program to `\(facts.publicURL)/echo`: the signed answer says what was found in it, what the",
                "   operation would say, and which rules of the Basic Security Profile it breaks. Nothing is stored.",
            ]
        }
        return steps + [""]
    }

    private var whatWeTake: [String] {
        let policy = facts.partner.policy ?? facts.policy
        let granted = facts.partner.grants.agreements.map { $0.sorted().joined(separator: ", ") } ?? "all that the gateway knows"
        let algorithms = policy.signature.signatureAlgorithms.map(\.title).sorted().joined(separator: ", ")
        return [
            "## What the gateway takes from you", "", "| | |", "|---|---|",
            "| SOAP | 1.1 and 1.2, document/literal wrapped, MTOM or inline |",
            "| signed | Body and Timestamp, by one Signature in the one `wsse:Security` header; WS-Addressing headers too, if you send them |",
            "| canonicalization | exclusive, with or without PrefixList |", "| signature | \(algorithms) |",
            "| digest | sha256, sha384, sha512 |",
            "| certificate | BinarySecurityToken (X509v3, X509PKIPathv1), IssuerSerial, subject key identifier, thumbprint, X509Data |",
            "| time | at the most \(policy.maximumAge) s old, \(policy.clockTolerance) s ahead |", "| agreements | \(granted) |",
            "| message id | FunctionalReferenceID: a new one for each message, the same one when you repeat it |", "",
            "A receipt means that the message is accepted and durable: it gives back the DigestValue of your Body. Where none came, send the same",
            "message again: it is taken once, and the same receipt comes back.", "",
        ]
    }

    private var howWeAnswer: [String] {
        let answers = facts.partner.answers
        return ["## How the gateway answers", "", "| | |", "|---|---|"]
            + rows(answers.signing) + [
                "| receipts | \(answers.receipts.rawValue), HTTP 200 |",
                "| faults | \(answers.faults.rawValue), HTTP \(answers.faultStatus) |",
                "| SignatureConfirmation | \(answers.confirmsSignature ? "with the value of your signature" : "none") |",
                "| MTOM | \(answers.isPackaged ? "every answer" : "none") |", "",
            ]
    }

    private var howWeCall: [String] {
        let style = facts.partner.endpoint.style
        let addresses = Operation.allCases.filter(facts.partner.mayBeCalled).map {
            "| \($0.rawValue) | `\(facts.partner.endpoint.address(of: $0))` |"
        }
        guard !addresses.isEmpty else { return [] }
        return ["## How the gateway calls you", "", "| | |", "|---|---|"] + addresses + [
            "| SOAP | \(style.soapVersion.rawValue) |", "| WS-Addressing | \(style.addressing.rawValue) |",
            "| action | \(style.action.rawValue) |",
            "| attachments | \(style.isPackaged ? "MTOM" : "inline") |",
        ] + rows(style.signing) + [
            "",
            "Answer with a signed receipt or a signed fault: what is not signed by your registered certificate, or does not name the message and its",
            "digest, counts as no answer, and the message comes again with the same FunctionalReferenceID.", "",
        ]
    }

    private func rows(_ style: SigningStyle) -> [String] {
        [
            "| Security header | \(style.order.map(\.rawValue).joined(separator: ", ")); \(style.place.rawValue) among the header blocks |",
            "| signed | \(SigningStyle.Part.allCases.filter(style.parts.contains).map(\.rawValue).joined(separator: ", ")) |",
            "| signature | \(style.algorithm?.title ?? "as our key is"), digest \(style.digest.title) |",
            "| certificate as | \(style.token.rawValue) |",
            "| Timestamp | \(style.fractionDigits) digits behind the point, lifetime \(style.lifetime) s |",
        ]
    }

    private var whenItFails: [String] {
        [
            "## When it fails", "",
            "- A fault's detail holds a `Refusal` with `Code`, `Rule`, a `CorrelationID` that the operator finds in the log, and for a dataset each",
            "  `Problem` with its place. `rules.md` says of each rule why it is and what to do, `limits.md` what a message may cost.",
            "- A signature does not hold: something changed the message after it was signed. `coconect-soap explain request.xml --trust FOLDER` names",
            "  the usual causes (indented anew, line ends, a prefix renamed, another canonicalization, …); so does the echo.",
            "- `samples/*.request.xml` and `*.response.xml` show what good ones look like, and `samples/fault.xml` a refusal. They are signed by the",
            "  keys in `keys/test-*`, which no gateway trusts: `xmlsec1 --verify --id-attr:Id Body --id-attr:Id Timestamp --pubkey-cert-pem",
            "  keys/test-partner.pem samples/send-co.request.xml`.",
            "- SoapUI: open `soapui-project.xml`; add your key as a keystore, and an outgoing WS-Security configuration with a Timestamp (300 s) and a",
            "  Signature (BinarySecurityToken, exclusive canonicalization, rsa-sha256, sha256; parts Body and Timestamp). Made, and not tried in SoapUI.",
            "",
        ]
    }

    private var contents: [String] {
        [
            "## What is here", "", "| | |", "|---|---|", "| `kit.properties` | addresses and where your keys are; the clients read it |",
            "| `wsdl/` | contracts with the gateway's address and their schema; narrowed to each agreement, in `agreements/` |",
            "| `samples/` | messages as JSON and XML, signed requests and answers, a fault |",
            "| `clients/` | a client for zeep, gSOAP, JAX-WS with WSS4J, PHP, .NET and curl with xmlsec1 |",
            "| `certificates/` | what the gateway signs with |", "| `keys/` | yours go here; test keys of the samples |",
            "| `rules.md`, `limits.md` | every refusal, every limit |", "| `soapui-project.xml` | a project for SoapUI |",
        ]
    }
}
