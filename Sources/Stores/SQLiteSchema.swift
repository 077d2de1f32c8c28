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
          sequence INTEGER PRIMARY KEY,
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
        CREATE INDEX message_certificate ON message (certificate_number) WHERE certificate_number IS NOT NULL;
        CREATE TABLE content (
          message INTEGER PRIMARY KEY REFERENCES message (sequence),
          dataset BLOB,
          verification BLOB,
          response BLOB,
          request BLOB
        ) STRICT;
        CREATE TABLE event (
          message INTEGER NOT NULL REFERENCES message (sequence),
          number INTEGER NOT NULL,
          at TEXT NOT NULL,
          state TEXT NOT NULL,
          detail TEXT,
          PRIMARY KEY (message, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE work (
          message INTEGER PRIMARY KEY REFERENCES message (sequence),
          direction TEXT NOT NULL,
          due_at TEXT NOT NULL,
          leased_until TEXT
        ) STRICT;
        CREATE INDEX work_due ON work (direction, due_at);
        CREATE TABLE refusal (
          sequence INTEGER PRIMARY KEY,
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
