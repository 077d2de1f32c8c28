extension String {
    /// The candidates that differ from this text by at most `distance` edits, nearest first; letter case does not count.
    public func nearest(in candidates: some Sequence<String>, within distance: Int) -> [String] {
        guard utf8.count <= 128 else { return [] }
        let own = Array(lowercased())
        return candidates.compactMap { candidate in
            let edits = editDistance(own, Array(candidate.lowercased()))
            return edits <= distance ? (edits, candidate) : nil
        }
        .sorted { $0 < $1 }.map(\.1)
    }
}

/// Insertions, deletions and substitutions between two texts (Levenshtein).
private func editDistance(_ one: [Character], _ other: [Character]) -> Int {
    guard abs(one.count - other.count) <= 8 else { return Int.max }
    var row = Array(0...other.count)
    for (i, left) in one.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in other.enumerated() {
            let substituted = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = Swift.min(substituted, row[j] + 1, diagonal + 1)
        }
    }
    return row[other.count]
}
