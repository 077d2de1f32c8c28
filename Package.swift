// swift-tools-version: 6.2
// The map of the house: a room imports only rooms above it in this file.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package)
}

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "coconect-soap",
    products: [
        .executable(name: "coconect-soap", targets: ["Command"]),
        .library(
            name: "Gateway",
            targets: ["XML", "XMLSignature", "SOAP", "Trust", "WSSecurity", "Datasets", "Stores", "Exchanges", "Evidence"]),
        .library(name: "Messages", targets: ["XML", "XMLSignature", "SOAP", "Trust", "WSSecurity", "Datasets"]),
        .library(name: "Attacks", targets: ["Attacks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"6.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CXMLSec", pkgConfig: "xmlsec1-openssl", providers: [.apt(["libxmlsec1-dev"])]),

        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPKCS11", pkgConfig: "p11-kit-1", providers: [.apt(["libp11-kit-dev"])]),

        room("XML", ["CLibXML2"]),
        room("XMLSignature", ["XML", "COpenSSL", "CXMLSec", "CPKCS11"]),
        room("SOAP", ["XML"]),
        room("Trust", ["XML", "COpenSSL", "XMLSignature"]),
        room("WSSecurity", ["XML", "XMLSignature", "SOAP", "Trust"]),
        room(
            "Datasets", ["XML", "XMLSignature", library("Yams", "Yams")],
            resources: [.embedInCode("Resources")]),
        room("ZIP", ["CZlib"]),
        room("Documents", ["ZIP", "XML", "XMLSignature", "Trust", "WSSecurity", "Datasets"]),
        room("Contracts", ["XML", "Datasets"]),
        room(
            "Stores",
            ["XMLSignature", "CPostgreSQL", "CZlib", library("GRDB", "GRDB.swift"), library("GRDBSQLite", "GRDB.swift")]),
        room(
            "Exchanges",
            [
                "XML", "XMLSignature", "SOAP", "Trust", "WSSecurity", "Datasets", "Stores", library("Logging", "swift-log"),
                library("CoreMetrics", "swift-metrics"),
                library("ServiceLifecycle", "swift-service-lifecycle"),
            ]),
        room("RulePages", []),
        room(
            "Evidence", ["ZIP", "Documents", "Exchanges", "Stores", "Datasets", "WSSecurity", "SOAP", "Trust", "XMLSignature", "XML"]),
        room(
            "Console",
            [
                "Evidence", "RulePages", "Documents", "Exchanges", "Datasets", "Stores", "WSSecurity", "SOAP", "Trust", "XMLSignature",
                "XML",
                library("Mustache", "swift-mustache"),
            ], resources: [.embedInCode("Pages")]),
        room(
            "PartnerKit",
            [
                "ZIP", "Exchanges", "Contracts", "Stores", "Datasets", "WSSecurity", "SOAP", "Trust", "XMLSignature", "XML",
                library("Logging", "swift-log"),
            ], resources: [.embedInCode("Clients"), .embedInCode("Samples")]),
        room(
            "Server",
            [
                "Console", "Evidence", "Exchanges", "Contracts", "Datasets", "Stores", "SOAP", "WSSecurity", "Trust", "XMLSignature", "XML",
                "CZlib",
                library("Hummingbird", "hummingbird"), library("HummingbirdCore", "hummingbird"),
                library("HummingbirdTLS", "hummingbird"),
                library("AsyncHTTPClient", "async-http-client"), library("NIOSSL", "swift-nio-ssl"),
                library("NIOCore", "swift-nio"), library("NIOTLS", "swift-nio"), library("NIOPosix", "swift-nio"),
                library("HTTPTypes", "swift-http-types"),
                library("NIOHTTP1", "swift-nio"), library("NIOHTTPTypes", "swift-nio-extras"),
                library("NIOHTTPTypesHTTP1", "swift-nio-extras"),
                library("Logging", "swift-log"), library("CoreMetrics", "swift-metrics"),
                library("ServiceLifecycle", "swift-service-lifecycle"),
                library("UnixSignals", "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "Command",
            dependencies: [
                "Server", "PartnerKit", "Console", "Evidence", "Documents", "RulePages", "Exchanges", "Contracts", "Datasets", "Stores",
                "WSSecurity",
                "SOAP",
                "Trust",
                "XMLSignature",
                "XML", "Attacks",
                library("ArgumentParser", "swift-argument-parser"), library("X509", "swift-certificates"),
                library("SwiftASN1", "swift-asn1"), library("Crypto", "swift-crypto"), library("_CryptoExtras", "swift-crypto"),
                library("Yams", "Yams"), library("Logging", "swift-log"), library("CoreMetrics", "swift-metrics"),
                library("AsyncHTTPClient", "async-http-client"),
            ],
            swiftSettings: strict),

        .target(
            name: "Support",
            dependencies: [
                "XML", "XMLSignature", "Trust", "Datasets", library("X509", "swift-certificates"), library("SwiftASN1", "swift-asn1"),
                library("Crypto", "swift-crypto"), library("_CryptoExtras", "swift-crypto"),
            ],
            path: "Tests/Support", swiftSettings: strict),
        .target(
            name: "Attacks", dependencies: ["XML", "XMLSignature", "SOAP", "Trust", "WSSecurity"], path: "Tests/Attacks",
            swiftSettings: strict),
        tests("House", ["Support"]),
        tests("XML", ["XML", "Support"]),
        tests("SOAP", ["SOAP", "XML"]),
        tests("Trust", ["Trust", "XML", "XMLSignature", "CPKCS11", "Support"]),
        tests("WSSecurity", ["WSSecurity", "SOAP", "Trust", "XML", "XMLSignature", "Support"]),
        tests("Datasets", ["Datasets", "XML", "Support"]),
        tests("Documents", ["Documents", "XML"]),
        tests("Contracts", ["Contracts", "Datasets", "XML", "Support"]),
        tests("Stores", ["Stores", "Support", library("GRDB", "GRDB.swift"), library("GRDBSQLite", "GRDB.swift")]),
        tests(
            "Exchanges",
            [
                "Exchanges", "Stores", "Datasets", "WSSecurity", "SOAP", "Trust", "XML", "XMLSignature", "Support",
                library("Logging", "swift-log"),
            ]),
        tests(
            "Evidence",
            [
                "Evidence", "Exchanges", "Stores", "Datasets", "WSSecurity", "SOAP", "Trust", "XML", "XMLSignature", "Support",
                library("Logging", "swift-log"),
            ]),
        tests(
            "Attacks",
            [
                "Attacks", "Exchanges", "Stores", "Datasets", "WSSecurity", "SOAP", "Trust", "XML", "Support",
                library("Logging", "swift-log"),
            ]),
        tests("Command", ["Command", "RulePages", "Exchanges", "SOAP", "Support"]),
    ],
    swiftLanguageModes: [.v6]
)

// For Scripts/sanitize: NIO and Hummingbird, which only these need, take too long to build with a sanitizer.
if Context.environment["COCONECT_ROOMS"] == "below-server" {
    package.targets.removeAll { ["Server", "Command", "CommandTests"].contains($0.name) }
    package.products.removeAll { $0.name == "coconect-soap" }
}
