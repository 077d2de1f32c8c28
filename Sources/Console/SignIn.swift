extension Console {
    /// Asks who it is.
    ///
    /// - Parameter wasWrong: after a token that nobody has.
    public static func signIn(wasWrong: Bool) -> ConsolePage {
        ConsolePage(html: Templates.render(SignInContent(wasWrong: wasWrong), "sign-in"), status: wasWrong ? 403 : 401)
    }

    private struct SignInContent {
        let wasWrong: Bool
    }
}
