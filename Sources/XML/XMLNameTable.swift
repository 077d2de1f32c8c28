internal import Glibc

/// Names in the order in which their elements are expected, as C strings, so that finding an element's place makes no copy.
public final class XMLNameTable: Sendable {
    private struct Entry {
        let namespace: UnsafeMutablePointer<CChar>
        let local: UnsafeMutablePointer<CChar>
    }

    /// Written once in `init`, freed in `deinit`, only read between.
    private nonisolated(unsafe) let entries: UnsafeMutableBufferPointer<Entry>

    public init(_ names: [XMLName]) {
        entries = .allocate(capacity: names.count)
        for (index, name) in names.enumerated() {
            guard let namespace = strdup(name.namespace), let local = strdup(name.local) else { preconditionFailure("out of memory") }
            entries.initializeElement(at: index, to: Entry(namespace: namespace, local: local))
        }
    }

    deinit {
        for entry in entries {
            free(entry.namespace)
            free(entry.local)
        }
        entries.deallocate()
    }

    /// The place of the element's name, at `start` or behind it.
    public func index(of cursor: XMLCursor, from start: Int) -> Int? {
        guard let local = UnsafeRawPointer(cursor.node.pointee.name)?.assumingMemoryBound(to: CChar.self) else { return nil }
        var index = start
        while index < entries.count {
            let entry = entries[index]
            if entry.local.pointee == local.pointee, strcmp(entry.local, local) == 0, isNamespace(entry.namespace, of: cursor) {
                return index
            }
            index += 1
        }
        return nil
    }

    private func isNamespace(_ namespace: UnsafePointer<CChar>, of cursor: XMLCursor) -> Bool {
        guard let declaration = cursor.node.pointee.ns, let href = declaration.pointee.href else { return namespace.pointee == 0 }
        return strcmp(namespace, UnsafeRawPointer(href).assumingMemoryBound(to: CChar.self)) == 0
    }
}
