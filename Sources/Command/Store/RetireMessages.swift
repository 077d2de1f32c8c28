internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import Foundation
internal import Stores
internal import XML

struct RetireMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Move old messages of which nothing more is to be done to archives, month by month.",
        discussion: """
            Each month goes to a file of its own, which is read again from the disk before anything is removed; the sealed log keeps the
            digests, and a record of who did it. Parked, held and queued
            messages stay, and so do certificates until their last message is gone and their validity is over. Once a message is
            removed its id is forgotten: the same message sent anew would be taken as a new one. PostgreSQL gives the room back;
            SQLite uses it again.

            EXAMPLES
              coconect-soap store retire --before 2021-01 --archives /archive --dry-run
              coconect-soap store retire --before 2021-01 --archives /archive
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: "The first month that stays, such as 2021-01.") var before: String
    @Option(help: "The folder for the archives.") var archives: String
    @Flag(help: "Only tell how much it would be.") var dryRun = false

    func run() async throws {
        guard let end = Month(before) else { throw CommandError("--before \(before) is no month such as 2021-01") }
        let now = XMLDateTime.now.text
        guard end <= Month(of: now) else { throw CommandError("--before \(before) is in the future; this month and later ones stay") }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: archives, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandError("there is no such folder", place: archives, help: "make it, on a disk that is backed up")
        }
        let gateway = try options.gateway(isPatient: true)
        let (store, signer) = (gateway.store, gateway.identity.signer)
        let sign: Retirement.Signer = { try await signer.sign($0, by: signer.kind.algorithm) }
        // What is not sealed stays.
        let isStamped = try loadConfiguration(options.config).seal.authority != nil
        let sealer = Sealer(gateway, authority: nil, isToBeStamped: isStamped)
        if !dryRun { _ = try await sealer.seal() }
        guard let oldest = try await store.read({ try $0.oldest() }) else { return output("the store holds no message") }
        var (month, total) = (Month(of: oldest), 0)
        while month < end {
            let (from, to) = (month.text, month.next.text)
            let selection = ArchiveSelection.finished(from: from, to: to)
            if dryRun {
                let count = try await store.read { try $0.size(selection) }
                if count > 0 { output("\(month.text): \(count) \(count == 1 ? "message" : "messages")") }
                total += count
            } else {
                let file = freeName(month)
                let counts = try await tellingOfArchive(file) {
                    try await store.retire(from: from, to: to, archive: file, by: operatorName, at: now, sign: sign) {
                        Progress.show($0, of: $1)
                    }
                }
                if counts != ArchiveCounts() { output("\(file): \(counts.line)") }
                total += counts.messages
            }
            month = month.next
        }
        // Who moved it is under a seal from now on: before that it excuses nothing.
        if !dryRun { _ = try await sealer.seal() }
        output("\(total) \(total == 1 ? "message" : "messages") \(dryRun ? "would be" : "were") moved")
    }

    /// What was left of a month at an earlier time gets a file of its own.
    private func freeName(_ month: Month) -> String {
        for number in 1... {
            let name = "messages-\(month.text)\(number == 1 ? "" : "-\(number)").jsonl.gz"
            let path = URL(fileURLWithPath: archives).appendingPathComponent(name).path
            if !FileManager.default.fileExists(atPath: path) { return path }
        }
        preconditionFailure("some name is free")
    }
}

/// A month of the calendar, in UTC.
private struct Month: Comparable {
    let text: String

    init?(_ text: String) {
        guard XMLDateTime(text + "-01T00:00:00Z") != nil else { return nil }
        self.text = text
    }

    /// - Parameter moment: RFC 3339 UTC.
    init(of moment: String) { text = String(moment.prefix(7)) }

    var next: Month {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        let (year, month) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
        return Month(of: String(format: "%04d-%02d", year, month))
    }

    static func < (one: Month, other: Month) -> Bool { one.text < other.text }
}
