internal import Foundation

/// A count on standard error, where it is a terminal and the work is long.
enum Progress {
    static func show(_ done: Int, of total: Int) {
        guard total > 100, isatty(2) == 1, done.isMultiple(of: 50) || done == total else { return }
        FileHandle.standardError.write(Data("\r\(done) of \(total)\(done == total ? "\n" : "")".utf8))
    }
}
