/// What is our own affair: rules 9xx.
extension RuleGuidance {
    static let gateway: [Int: RuleGuidance] = [
        901: RuleGuidance(
            meaning: """
                So many messages were waiting here that this one was not looked at at all. Nothing was accepted, and nothing is wrong \
                with the message. For lack of time this fault may come unsigned, so that some toolkits (gSOAP, WSS4J) hide its text from \
                their user.
                """,
            causes: [
                .any("Many partners, or one, send what has piled up at the same time, after a failure or at the beginning of the day."),
                .any("The gateway's disk or database is slow or stands still, and messages wait for it."),
                .any("The gateway has too few processors for its load, or `work.limit` is set too low."),
            ],
            advice: """
                Our gateway had too much to do and did not take your message. Please send the same message again later, signed anew, at \
                intervals that grow, and not all messages at once.
                """),
        902: RuleGuidance(
            meaning: """
                The sender, known by its client certificate or its address, sent more requests in a minute, or at one time, than it may. \
                This is said before the request is read: with HTTP 429 (rate) or 503 (at one time), a plain sentence and Retry-After, \
                and without a SOAP fault.
                """,
            causes: [
                .any("After a failure everything that has piled up is sent in parallel."),
                .any("A repetition without a pause: the same message is sent again at once after every error."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    Several systems or partners come through one proxy, from one address or with one client certificate, and count as \
                    one.
                    """),
                .any("A load test."),
            ],
            advice: """
                You are sending more requests than our gateway takes from one partner. Please send fewer at one time, wait after HTTP \
                429 or 503 as many seconds as Retry-After says, and then send the same message again. If your regular volume is higher, \
                please tell us the number.
                """),
        903: RuleGuidance(
            meaning: """
                Something failed at this gateway: the message could not be stored, or the receipt could not be signed. Nothing was \
                accepted. The sender did nothing wrong, and the same message can be sent again without harm.
                """,
            causes: [
                .any("The disk is full, or the database cannot be reached or is read-only."),
                .any("The key that signs answers is not available: the token was taken out or does not answer."),
                .any("A defect of the program. The log has the reason under the correlation id."),
            ],
            advice: """
                Our gateway could not take your message because of a failure on our side. Please send the same message again later; \
                nothing was accepted, and a repetition does no harm. The correlation id of the fault lets us find the reason.
                """),
    ]
}
