import Foundation

/// OpenSSL asks for the passphrase of an encrypted PEM at the terminal, or where there is none at standard input, and waits: nothing that
/// a gateway may do. Here it finds a line to read, and that it read is seen.
enum PassphraseTrap {
    static func set() {
        setsid()
        guard let file = tmpfile(), fputs("passphrase\n", file) >= 0, fflush(file) == 0, fseek(file, 0, SEEK_SET) == 0,
            dup2(fileno(file), STDIN_FILENO) == STDIN_FILENO
        else { fatalError("standard input cannot be replaced") }
    }

    static func check() {
        guard lseek(STDIN_FILENO, 0, SEEK_CUR) == 0 else { fatalError("somebody is asked for a passphrase") }
    }
}
