/// Ids, parties and datasets: rules 709 to 713.
extension RuleGuidance {
    static let dataset: [Int: RuleGuidance] = [
        709: RuleGuidance(
            meaning: """
                The FunctionalReferenceID was used before by this partner for another content. An id stands for one content for ever: \
                with the same content it is answered again, with another one it is refused. The same content means the same canonical \
                form of the child of Body: prefixes and white space count, Timestamp and signature do not.
                """,
            causes: [
                .any(
                    """
                    Ids come from a counter that began anew: after a restart, a restored backup, a copy of the system, or with the year.
                    """),
                .any(
                    """
                    A repetition makes the content anew from the database, with another time or in another order of items. Keep the \
                    content that was sent first and sign that.
                    """),
                .any("An accepted certificate is corrected and sent with the id of the first message. The correction is a new message."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The repetition took another road, and its XML was written anew with other prefixes or white space.
                    """),
            ],
            advice: """
                The FunctionalReferenceID of your message was accepted from you before with other content. If this is a repetition, \
                please send the content exactly as the first time (with a new Timestamp and signature). If it is a new message, also a \
                corrected one, please give it an id of its own; a UUID without its hyphens fits into the 35 characters.
                """),
        710: RuleGuidance(
            meaning: """
                The sender in the signed dataset is not the partner whose certificate signed. The fault names both. One administration \
                cannot speak for another.
                """,
            causes: [
                .any(
                    """
                    Name or spelling: the agency must be written as it is registered here, character by character; so must the country's \
                    code of two letters.
                    """),
                .any("The issuing body or the chamber is named as sender in place of the administration whose gateway sends."),
                .any("Sender and receiver were exchanged, most often in an answer made from the message that came."),
                .any("A hub signs for several administrations with its own certificate."),
            ],
            advice: """
                The sender in your message is not the administration that signs it; the fault shows both as we read them. Please write \
                country and agency exactly as they are registered with us, or tell us if your name has changed.
                """),
        711: RuleGuidance(
            meaning: """
                The receiver in the signed dataset is not this administration. The fault names both. A signed message cannot be passed \
                on to somebody for whom it was not made.
                """,
            causes: [
                .any(
                    """
                    The message was sent to the wrong partner's address: a wrong entry in a routing table, or the address of the test in \
                    place of production.
                    """),
                .any("Country or agency of the receiver is spelled otherwise than here."),
                .any("The receiver is a constant of the first partner, and was not changed when the second one came."),
                .any("A message for another administration was sent again to this one."),
            ],
            advice: """
                The receiver in your message is not our administration; the fault shows what we read and what it should be. Please check \
                whether the message was meant for us. If so, write country and agency of the receiver exactly as our contract gives \
                them.
                """),
        712: RuleGuidance(
            meaning: """
                The signature is good, but what is signed breaks the data element menu or the rules of its agreement. The fault lists \
                each problem (the first 50) with a code, its place as an XPath, and a sentence; nothing of the message was taken.
                """,
            causes: [
                .any(
                    """
                    A code that is not in its list (`KGN` for `KGM`), a comma in a decimal (`9,087`), an element in the wrong order, a \
                    mandatory one missing.
                    """),
                .toolkit(
                    ".NET",
                    """
                    Optional values that are empty are written as empty elements, and `DateTime` loses zone or fraction: leave empty \
                    ones out and make times `string`.
                    """),
                .toolkit(
                    "PHP",
                    """
                    The text "false" is sent as true: use real booleans. Without `SOAP_SINGLE_ELEMENT_ARRAYS` a list of one is read as \
                    the one itself, and sent on wrongly.
                    """),
                .any(
                    """
                    Numbers went through a binary floating-point type and have changed or come with an exponent. Use a decimal type, or \
                    text.
                    """),
                .any(
                    """
                    Attributes such as `xsi:type` or `xsi:nil` stand on elements of the dataset, which have none; or the contract of \
                    another agreement or version was used.
                    """),
            ],
            advice: """
                The content of your message breaks the data set or the rules of its agreement. The fault lists each problem with its \
                place; please correct them at the source, sign and send the message anew. The schema of the agreement comes from our \
                address with `?wsdl&agreement=` and its code, and finds most of them beforehand.
                """),
        713: RuleGuidance(
            meaning: """
                Feedback or a cancelation status came for a certificate that this gateway never sent to this partner. The number is \
                compared as it was sent, so an answer may also be about the right certificate with a number that was written otherwise.
                """,
            causes: [
                .any(
                    """
                    The number was typed or converted: digit 0 for letter O, a blank or a full-width hyphen, leading zeros that were \
                    lost in a spreadsheet.
                    """),
                .any("The certificate came another way (on paper, by another gateway), or from the test system."),
                .any("The answer went to the wrong partner: another administration issued the certificate."),
                .any("This gateway's store was set up anew, and the certificate was sent before that."),
            ],
            advice: """
                No certificate with this number was sent to you by our gateway. Please compare the number character by character with \
                the one in the message that you received from us, and take it from there rather than from a form. If the certificate \
                came to you another way, please tell us which.
                """),
    ]
}
