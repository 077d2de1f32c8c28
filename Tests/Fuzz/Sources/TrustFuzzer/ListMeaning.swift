import Trust
import XML

/// All that comes of a list.
struct ListMeaning: Hashable {
    private let issuer: String
    private let times: [XMLDateTime]
    private let isKept: Bool
    let verdicts: TrustWorld.ListVerdicts

    /// - Returns: `nil` where the list changes nothing: it is not kept, and no verdict is another than without it.
    init?(_ list: RevocationList, _ verdicts: TrustWorld.ListVerdicts, in world: TrustWorld) {
        self.verdicts = verdicts
        isKept = world.keeps(list)
        guard isKept || verdicts != world.silence else { return nil }
        issuer = list.issuer
        times = [list.from, list.until]
    }
}
