internal import Mustache

/// The templates of `Pages/`, read once. Whatever stands in double braces is escaped; only drawings and finished parts stand in three.
enum Templates {
    private static let library: MustacheLibrary = {
        let pages: [(String, [UInt8])] = [
            ("frame", PackageResources.frame_mustache), ("overview", PackageResources.overview_mustache),
            ("messages", PackageResources.messages_mustache), ("list", PackageResources.list_mustache),
            ("message", PackageResources.message_mustache), ("certificate", PackageResources.certificate_mustache),
            ("partners", PackageResources.partners_mustache), ("partner", PackageResources.partner_mustache),
            ("parked", PackageResources.parked_mustache), ("rules", PackageResources.rules_mustache),
            ("rule", PackageResources.rule_mustache), ("changes", PackageResources.changes_mustache),
            ("sign-in", PackageResources.sign_in_mustache), ("notice", PackageResources.notice_mustache),
        ]
        var library = MustacheLibrary()
        for (name, text) in pages {
            do { try library.register(String(decoding: text, as: UTF8.self), named: name) } catch {
                preconditionFailure("the page \(name) of this program is no template: \(error)")
            }
        }
        return library
    }()

    static func render(_ content: some Any, _ template: String) -> String {
        guard let text = library.render(content, withTemplate: template) else { preconditionFailure("there is no page \(template)") }
        return text
    }

    static func page(_ frame: Frame) -> String { render(frame, "frame") }
}

/// What browsers fetch beside the pages.
public enum ConsoleAssets {
    public static let style = PackageResources.console_css
    public static let script = PackageResources.console_js
    public static let icon = PackageResources.icon_svg
}
