/// Partners, roles and operations: rules 701 to 708.
extension RuleGuidance {
    static let exchange: [Int: RuleGuidance] = [
        701: RuleGuidance(
            meaning: """
                The signature is good and the partner is known, but its file here says that the exchange is suspended. Somebody decided \
                this; nothing is wrong with the message.
                """,
            causes: [
                .any("The exchange was stopped after an incident, such as a key that may have been stolen, until it is cleared up."),
                .any("The agreement between the administrations is not in force yet, or is no longer."),
                .any("Maintenance or a move on either side was agreed on, and its end was not written into the partner's file."),
            ],
            advice: """
                The exchange with you is suspended at our gateway at present. Nothing in your message needs to be changed. Please keep \
                it, and ask your contact at our administration when the exchange goes on; then sign it anew and send it again.
                """),
        702: RuleGuidance(
            meaning: """
                The address is not one of the four operations, or the element in Body is the message of none of them; the fault says \
                which, and at an address what comes near. The names are the standard's, so it is `send-cancelation-status` with one l.
                """,
            causes: [
                .any(
                    """
                    A typing error in the address: `send-cancellation-status`, a capital letter, a slash at the end, a version in the \
                    path.
                    """),
                .toolkit("Proxy or service bus", "A proxy in front of the gateway takes a part of the path away, or adds one."),
                .any("The WSDL of an older contract or of another partner was used: the element has another namespace than here."),
                .toolkit(
                    "PHP",
                    """
                    `SoapClient` without a WSDL, or with a cached one (`'cache_wsdl' => WSDL_CACHE_NONE`), names the element after the \
                    method.
                    """),
            ],
            advice: """
                The address, or the element in the Body of your message, is none of our four operations; the fault says what we found. \
                Please take the WSDL from the address of the operation with `?wsdl`, generate your client from it anew, and use the \
                address that it names.
                """),
        703: RuleGuidance(
            meaning: """
                The signed Body holds no element, more than one, or text beside it. The messages of this exchange are document/literal \
                wrapped: one element, whose name is that of the message.
                """,
            causes: [
                .any("Style document/literal bare with several parts: each argument stands in Body as an element of its own."),
                .any("The content was put into Body as text: escaped, in CDATA or as base64."),
                .any("Two messages were put into one Body, or none because the program found nothing to send."),
            ],
            advice: """
                The Body of your message must hold exactly one element, the message of the operation. Please generate the client from \
                our WSDL (document/literal wrapped) and send each message in a request of its own.
                """),
        704: RuleGuidance(
            meaning: """
                Address, SOAPAction or the Action of WS-Addressing, and the element in Body do not name the same operation; the fault \
                says which two. What is signed decides, but nothing that contradicts it is passed over. An empty or absent SOAPAction is \
                fine.
                """,
            causes: [
                .any("All messages are sent to one address, such as that of `send-co`. Each operation has its own."),
                .any("The HTTP client has a fixed `SOAPAction`, copied from another call."),
                .toolkit("Proxy or service bus", "A bus routes by SOAPAction and rewrites it, or sends everything to one address."),
                .toolkit(
                    ".NET (WCF)",
                    """
                    `Action` of the `OperationContract` was changed by hand, or is made from the names of a contract of your own.
                    """),
            ],
            advice: """
                The address, the action and the Body of your message do not name the same operation; the fault says which. Please send \
                each message to the address of its operation, with the action that our WSDL gives, or with none.
                """),
        705: RuleGuidance(
            meaning: """
                The operation exists, but this gateway does not provide it to the partner: it depends on who exports and who imports. \
                Certificates and amendments go to the importing side; cancelation status and feedback go to the exporting side.
                """,
            causes: [
                .any(
                    """
                    The partner imports from here and sends certificates, or exports and sends feedback: the wrong one of two flows was \
                    switched on.
                    """),
                .any("Both sides export to each other, but only one role is registered here so far."),
                .any("A client for all four operations was tried out one by one."),
            ],
            advice: """
                Our gateway does not provide this operation to you, because our role in the exchange with you does not have it. The \
                exporting side calls `send-co` and `send-amendment-notification`, the importing side `send-cancelation-status` and \
                `send-feedback`. If both directions were agreed on, please tell us.
                """),
        706: RuleGuidance(
            meaning: """
                The operation belongs to our role, but the partner's file here grants only some operations, and not this one. This is a \
                decision of this administration, not a fault of the message.
                """,
            causes: [
                .any("The exchange is opened step by step, and this operation is not open yet."),
                .any("The operation was agreed on, and the partner's file was not changed."),
            ],
            advice: """
                This operation is not granted to you at our gateway yet. Please ask your contact at our administration; nothing in your \
                message needs to be changed.
                """),
        707: RuleGuidance(
            meaning: """
                The partner may send messages under certain agreements only, and the agreement that the dataset names is not among them, \
                or it names none. The fault says which one was found.
                """,
            causes: [
                .any(
                    """
                    The code of the agreement is another one than agreed on: the name in place of the code, an older one, one of the \
                    other side's list.
                    """),
                .any("Certificates without preference, which name no agreement, are sent where only certain agreements are granted."),
                .any("The agreement has come into force and is not yet in the partner's file here."),
            ],
            advice: """
                The agreement that your message names is not granted to you at our gateway; the fault says which one we read. Please \
                compare its code with the one that we agreed on. If the agreement is right, please ask your contact at our \
                administration to have it opened.
                """),
        708: RuleGuidance(
            meaning: """
                The message is signed by one partner, but the TLS connection came with no client certificate, or with one that is not \
                registered for that partner. The two belong together, so that a stolen signing key alone is not enough to send.
                """,
            causes: [
                .any("The client certificate for TLS was renewed, and only the one for signing was sent to this gateway."),
                .toolkit("Proxy or service bus", "A proxy on the partner's side ends TLS and connects with its own certificate."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    On our side: the proxy in front of the gateway does not pass the client certificate on (with nginx \
                    `$ssl_client_escaped_cert`).
                    """),
                .toolkit(
                    "Java, .NET",
                    """
                    The client has several certificates and chooses another one, or sends none because the server's list of authorities \
                    does not name its issuer.
                    """),
            ],
            advice: """
                The TLS client certificate of your connection is not one that is registered for you. Please connect with the registered \
                one, or send us the certificate (without the private key) that your systems, the proxy too, connect with.
                """),
    ]
}
