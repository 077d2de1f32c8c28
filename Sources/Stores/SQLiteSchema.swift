internal import GRDB

/// The tables of the SQLite store, as numbered steps that are never changed once released.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: message log, work, refusals") { database in
            try database.execute(sql: first)
        }
        return migrator
    }

    private static let first = """
        CREATE TABLE message (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          direction TEXT NOT NULL,
          partner TEXT NOT NULL,
          operation TEXT NOT NULL,
          message_id TEXT NOT NULL,
          content_digest TEXT NOT NULL,
          certificate_number TEXT,
          state TEXT NOT NULL,
          correlation_id TEXT NOT NULL,
          received_at TEXT NOT NULL,
          updated_at TEXT NOT NULL,
          signer TEXT,
          body_digest TEXT,
          attempts INTEGER NOT NULL DEFAULT 0,
          detail TEXT
        ) STRICT;
        CREATE UNIQUE INDEX message_claim ON message (direction, partner, message_id) WHERE state <> 'refused';
        CREATE INDEX message_certificate ON message (certificate_number);
        CREATE TABLE content (
          message TEXT NOT NULL REFERENCES message (id),
          kind TEXT NOT NULL,
          bytes BLOB NOT NULL,
          PRIMARY KEY (message, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE event (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          message TEXT NOT NULL REFERENCES message (id),
          at TEXT NOT NULL,
          state TEXT NOT NULL,
          detail TEXT
        ) STRICT;
        CREATE INDEX event_message ON event (message);
        CREATE TABLE work (
          message TEXT PRIMARY KEY REFERENCES message (id),
          direction TEXT NOT NULL,
          due_at TEXT NOT NULL,
          leased_until TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX work_due ON work (direction, due_at);
        CREATE TABLE refusal (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          at TEXT NOT NULL,
          code TEXT NOT NULL,
          correlation_id TEXT NOT NULL,
          peer TEXT NOT NULL,
          digest TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER event_append_only BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        """
}
