/// How long to wait before the next try: doubled each time, with a random share so that many do not come at once.
struct Backoff: Sendable {
    let first: Double
    let longest: Double

    /// - Parameters:
    ///   - attempts: tries made so far, at least one.
    ///   - share: a random number from 0 to 1.
    /// - Returns: seconds.
    func delay(after attempts: Int, share: Double) -> Double {
        let full = min(longest, first * Double(1 << min(attempts - 1, 20)))
        return full / 2 + full / 2 * share
    }
}
