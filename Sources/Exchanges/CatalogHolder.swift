public import Datasets
internal import Synchronization

/// The catalog that holds now; a reload puts another in its place while messages are under way, each of which keeps its own.
public final class CatalogHolder: Sendable {
    private let catalog: Mutex<Catalog>

    public init(_ catalog: Catalog) {
        self.catalog = Mutex(catalog)
    }

    public var current: Catalog { catalog.withLock(\.self) }

    public func replace(_ catalog: Catalog) { self.catalog.withLock { $0 = catalog } }
}
