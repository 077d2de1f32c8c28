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

    public func matches(_ value: String) -> Bool {
        compiled.withLock { compiled in
            value.withCString { xmlRegexpExec(compiled.pointer, UnsafeRawPointer($0).assumingMemoryBound(to: xmlChar.self)) } == 1
        }
    }
}
