internal import Exchanges
internal import Logging
internal import ServiceLifecycle
internal import XML

/// Says each day which certificates end within 60, 30 and 7 days and have no successor.
struct CertificateWatchService: Service {
    let gateway: Gateway
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                tell()
                do { try await Task.sleep(for: .seconds(86_400)) } catch { return }
            }
        }
    }

    func tell() {
        for notice in gateway.certificateNotices(at: .now) where notice.urgency > .fine {
            logger.log(
                level: notice.urgency == .soon ? .warning : .error, "certificate ends",
                metadata: [
                    "owner": "\(notice.owner)", "subject": "\(notice.subject)", "days": "\(notice.daysLeft)",
                    "fingerprint": "\(notice.fingerprint)", "what": "\(notice.text)",
                ])
        }
        for authority in gateway.partners.trust.authorities {
            for anchor in authority.anchors where anchor.notAfter <= XMLDateTime.now.adding(seconds: 60 * 86_400) {
                logger.warning(
                    "authority ends",
                    metadata: ["owner": "\(authority.owner)", "subject": "\(anchor.subject)", "at": "\(anchor.notAfter.text)"])
            }
        }
    }
}
