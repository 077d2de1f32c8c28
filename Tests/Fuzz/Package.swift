// swift-tools-version: 6.2
// A package of its own: everything in it, the rooms too, is compiled for libFuzzer and the address sanitizer; `run` gives the flags.
import PackageDescription

let messages: Target.Dependency = .product(name: "Messages", package: "coconect-soap")

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "coconect-soap", path: "../..")],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        .target(name: "Fuzzing", dependencies: ["CLibFuzzer", messages]),
        .executableTarget(name: "FuzzSeeds", dependencies: ["Fuzzing", messages, .product(name: "Attacks", package: "coconect-soap")]),
        .executableTarget(name: "VerifyFuzzer", dependencies: ["Fuzzing", messages]),
        .executableTarget(name: "TranslationFuzzer", dependencies: ["Fuzzing", messages]),
        .executableTarget(name: "TrustFuzzer", dependencies: ["Fuzzing", messages]),
    ],
    swiftLanguageModes: [.v6]
)
