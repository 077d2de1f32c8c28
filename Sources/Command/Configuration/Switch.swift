/// What a setting that is there or not is written as.
enum Switch: String, CaseIterable { case on, off }

extension SettingsFile {
    func isOn(_ key: String, or fallback: Bool) -> Bool { choice(key, or: fallback ? Switch.on : .off) == .on }
}
