internal import Foundation

/// A count on standard error, where it is a terminal and the work is long.
final class Progress {
    private let total: Int
    private var done = 0
    private let isShown: Bool

    init(_ total: Int) {
        self.total = total
        isShown = total > 100 && isatty(2) == 1
    }

    func step() {
        done += 1
        guard isShown, done.isMultiple(of: 50) || done == total else { return }
        FileHandle.standardError.write(Data("\r\(done) of \(total)\(done == total ? "\n" : "")".utf8))
    }
}
