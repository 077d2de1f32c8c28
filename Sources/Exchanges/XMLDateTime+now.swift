internal import Foundation
public import XML

extension XMLDateTime {
    /// The clock of this machine.
    public static var now: XMLDateTime {
        let elapsed = Date().timeIntervalSince1970
        let seconds = elapsed.rounded(.down)
        return XMLDateTime(seconds: Int64(seconds), nanoseconds: Int((elapsed - seconds) * 1e9))
    }
}
