internal import CLibXML2
internal import Synchronization

/// A regular expression of XML Schema part 2, appendix F: always matches the whole value.
public final class XMLRegularExpression: Sendable {
    /// libxml2 does not promise that one compiled expression may run on two threads at once.
    private let compiled: Mutex<Compiled>

    private struct Compiled: @unchecked Sendable {  // reached only under the mutex
        let pointer: xmlRegexpPtr
    }

    /// - Returns: `nil` where libxml2 does not accept the expression.
    public init?(_ text: String) {
        guard let pointer = text.withCString({ xmlRegexpCompile(UnsafeRawPointer($0).assumingMemoryBound(to: xmlChar.self)) }) else {
            return nil
        }
        compiled = Mutex(Compiled(pointer: pointer))
    }

    deinit { compiled.withLock { xmlRegFreeRegexp($0.pointer) } }

    /// - Parameter value: UTF-8 without a zero byte.
    public func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        withUnsafeTemporaryAllocation(of: xmlChar.self, capacity: value.count + 1) { text in
            _ = text.initialize(fromContentsOf: value)
            text[value.count] = 0
            return compiled.withLock { xmlRegexpExec($0.pointer, text.baseAddress) == 1 }
        }
    }
}
