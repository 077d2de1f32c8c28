import Stores

enum LogKeySamples {
    static let event = LogKey(.event, 1, 2)
    static let large = LogKey(.fact, 1 << 60, 1 << 50)
    static let change = LogKey(.change, 7)
}
