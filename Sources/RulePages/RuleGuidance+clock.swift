/// Clocks and addresses: rules 6xx.
extension RuleGuidance {
    static let clock: [Int: RuleGuidance] = [
        601: RuleGuidance(
            meaning: """
                Created of the Timestamp lies further in the future than clocks may differ: 60 seconds unless the operator or the \
                partner's file says otherwise. The fault tells the time here. A message from the future could be kept and used later.
                """,
            causes: [
                .any(
                    """
                    The clock of the signing server is ahead: no NTP, a virtual machine that was paused or copied, or a host that sets \
                    the clocks of its guests.
                    """),
                .any(
                    """
                    Local time is written with `Z`, or without any offset, which is read as UTC: the difference is then exactly that of \
                    the time zone.
                    """),
                .toolkit(
                    "Java, .NET",
                    """
                    The calendar of the region: with a Thai locale or culture the year comes out as 2569. Format times with the root \
                    locale or `CultureInfo.InvariantCulture`.
                    """),
                .any("The clock of this gateway is behind; the fault tells its time."),
            ],
            advice: """
                The Timestamp of your message lies in the future, seen from our clock, which the fault tells. Please set the clock of \
                the signing server by NTP and write times in UTC. A difference of whole hours points to local time that was written as \
                UTC.
                """),
        602: RuleGuidance(
            meaning: """
                The message is past the Expires of its Timestamp, or older than it may be here: 300 seconds after Created, unless the \
                operator or the partner's file says otherwise, even where Expires is later. The signature held; but a message this old \
                may have been kept by somebody.
                """,
            causes: [
                .any(
                    """
                    The clock of the signing server is behind, or local time is written as UTC: then the difference is that of the time \
                    zone.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The message waited in a queue after it was signed. Sign when sending, behind the queue.
                    """),
                .any(
                    """
                    A refused or lost message was sent again as it was kept. A repetition needs a new Timestamp and signature, with the \
                    same content.
                    """),
                .toolkit(
                    "SoapUI",
                    """
                    The outgoing WSS was applied once from the menu and so written into the request. Choose it as `Outgoing WSS` of the \
                    request: then each sending signs anew.
                    """),
                .toolkit(
                    "gSOAP, WCF",
                    """
                    A lifetime of few seconds: the last argument of `soap_wsse_add_Timestamp`, in WCF \
                    `LocalClientSettings.TimestampValidityDuration`.
                    """),
            ],
            advice: """
                Your message was too old when it reached us; the fault tells its end and our time. Please set the clock of the signing \
                server by NTP, write times in UTC, and sign when you send. To repeat a message, sign it anew with the same content and \
                FunctionalReferenceID.
                """),
        603: RuleGuidance(
            meaning: """
                A WS-Addressing header says something that this exchange does not do: it stands twice, asks for the answer at another \
                address (ReplyTo or FaultTo that is not anonymous), or its signed To is not the address of this operation here. Answers \
                go back on the same connection only.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    A decoupled endpoint is set (`DecoupledEndpoint` of the HTTP conduit), so that ReplyTo is the client's own address.
                    """),
                .toolkit(
                    "Axis2 / Rampart",
                    """
                    `options.setUseSeparateListener(true)` puts the client's own address into ReplyTo. In SoapUI the tab `WS-A` does, \
                    where `Reply to` is filled in.
                    """),
                .toolkit(
                    "Python zeep",
                    """
                    `WsAddressingPlugin` is given, although zeep adds the headers itself where the WSDL asks for them: each stands \
                    twice.
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    A duplex binding, or an endpoint address that is not ours: put our address as the endpoint's, and a proxy into \
                    `clientVia`.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    Behind a proxy the client signs the proxy's address as To. The other way round, `publicURL` of this gateway may not \
                    be the address that partners use.
                    """),
            ],
            advice: """
                A WS-Addressing header of your message does not fit this exchange; the fault says which one. Please send the anonymous \
                ReplyTo and FaultTo, or none, each header once, and in To exactly the address of the operation as our WSDL has it. You \
                may also leave WS-Addressing out.
                """),
    ]
}
