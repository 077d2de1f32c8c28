internal import Exchanges

/// What `check` found.
struct CheckReport: Encodable {
    var verdict = "good"
    var problems: [ConfigurationProblem] = []
    var warnings: [ConfigurationProblem] = []
    var partners: [String] = []
    var certificates: [Certificate] = []
    var authorities: [Authority] = []
    var revocationLists: [List] = []

    struct Certificate: Encodable {
        let owner: String
        let subject: String
        let fingerprint: String
        let from: String
        let until: String
        let daysLeft: Int
        let urgency: CertificateNotice.Urgency
        let text: String
        let lastSeen: String?
        let file: String
        let defect: String?

        init(_ notice: CertificateNotice, lastSeen: String?, defect: String?) {
            owner = notice.owner
            subject = notice.subject
            fingerprint = notice.fingerprint
            from = notice.from.text
            until = notice.until.text
            daysLeft = notice.daysLeft
            urgency = notice.urgency
            text = notice.text
            self.lastSeen = lastSeen
            file = notice.origin
            self.defect = defect
        }
    }

    struct Authority: Encodable {
        let owner: String
        let subject: String
        let until: String
        let daysLeft: Int
        let file: String
    }

    struct List: Encodable {
        let location: String
        let issuer: String
        let from: String
        let until: String
        let expired: Bool
    }

    mutating func judge() {
        for certificate in certificates {
            if let defect = certificate.defect { problems.append(ConfigurationProblem(defect, at: certificate.file)) }
            let notice = ConfigurationProblem(
                "\(certificate.owner): the certificate of \(certificate.subject) \(certificate.text)", at: certificate.file)
            switch certificate.urgency {
            case .ended: problems.append(notice)
            case .soon, .week: warnings.append(notice)
            case .fine: break
            }
        }
        for authority in authorities where authority.daysLeft <= CertificateNotice.warningDays.max() ?? 0 {
            let ends = authority.daysLeft < 0 ? "ended at \(authority.until)" : "ends in \(authority.daysLeft) days"
            warnings.append(
                ConfigurationProblem("\(authority.owner): the authority's certificate of \(authority.subject) \(ends)", at: authority.file))
        }
        for list in revocationLists where list.expired {
            warnings.append(ConfigurationProblem("the revocation list of \(list.issuer) expired at \(list.until)", at: list.location))
        }
        if !problems.isEmpty { verdict = "bad" }
    }

    func text(_ config: String) -> String {
        var lines = problems.map(\.description)
        lines += warnings.map { "warning: \($0.text)\n  where: \($0.place)" }
        for certificate in certificates {
            lines.append(
                "\(certificate.owner): \(certificate.subject), \(certificate.text)"
                    + (certificate.lastSeen.map { ", last seen \($0)" } ?? ""))
        }
        lines.append(
            problems.isEmpty
                ? "good: \(config), partners: \(partners.joined(separator: ", "))" : "bad: \(problems.count) problems in \(config)")
        return lines.joined(separator: "\n")
    }
}
