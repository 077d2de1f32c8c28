"""The sealed log: what is changed, removed or put in behind the gateway's back is found and named; OpenSSL's timestamp authority stamps."""

import collections
import contextlib
import hashlib
import json
import shutil
import subprocess
import threading
import unittest
import uuid
from concurrent import futures

import yaml

import authority
import gateway
import postgresql
from certificates import certificate, feedback, number
from two_gateways import PostgreSQL, SQLite, TwoGateways, start_inside

AT = "2026-11-23T10:00:00.000Z"
KEYS = (900, -5, 2**63 - 1)  # where nothing is: after what is there, before it, at the last place that there could be
KINDS = {"event": 1, "fact": 2, "refusal": 3, "change": 4}
# Whatever stands in these rows is evidence, but for columns of which no record speaks; how each row is named.
ROWS = {
    "message": ("sequence = {a}", "{a_id}"), "content": ("message = {b}", "{b_id}"), "event": ("message = {c} AND number = 1", "{c_id}"),
    "certificate": ("number = '{a_co}'", "{a_co}"), "fact": ("message = {b}", "{b_co}"), "refusal": ("sequence = 1", "refusal 1"),
    "change": ("sequence = 2", "change 2"), "seal": ("number = 2", "seal 2")}
NO_EVIDENCE = {"certificate.updated_at", "seal.to_be_stamped"}
REMOVE = "DELETE FROM content WHERE message = {a}; DELETE FROM event WHERE message = {a}; DELETE FROM message WHERE sequence = {a};"
LISTED = "INSERT INTO unsealed (kind, subject, number) VALUES ({}, {}, {});"
WORK = "INSERT INTO work (message, direction, lane, place, awaiting) VALUES ({}, 'inbound', 1, 1, 0);"
OF_SEAL = "UPDATE seal SET {} WHERE number = {};"
FUNCTIONS = r"""
    SET session_replication_role = replica;
    CREATE OR REPLACE FUNCTION flip(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + 1000';
    CREATE OR REPLACE FUNCTION flip(text) RETURNS text LANGUAGE sql AS $$ SELECT left(COALESCE($1, ''), -1) || '~' $$;
    CREATE OR REPLACE FUNCTION flip(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT set_byte($1, 40, 1 # get_byte($1, 40))';"""
STAMPS = {"extendedKeyUsage": "critical,timeStamping", "keyUsage": "critical,digitalSignature"}
OWN = "[own]\nserial = {}/stamps\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = {}\ness_cert_id_alg = sha256\n"


class Files(SQLite):
    """Viet Nam's store as somebody has it who may write to its file."""

    aged, columns, hex, bytes = "", "SELECT name FROM pragma_table_info('{}')", "hex({})", "x'{}'"
    flip = """CASE typeof({0}) WHEN 'integer' THEN {0} + 1000
        WHEN 'blob' THEN CAST(substr({0}, 1, 40) || CASE substr({0}, 41, 1) WHEN x'01' THEN x'02' ELSE x'01' END || substr({0}, 42) AS BLOB)
        ELSE COALESCE(substr({0}, 1, length({0}) - 1), '') || '~' END"""

    def copy(self, store):
        copy, folder = {"sqlite": f"{uuid.uuid4().hex}.sqlite"}, self.world.folder / "vietnam"
        shutil.copy(folder / store["sqlite"], folder / copy["sqlite"])
        return copy

    def rows(self, store, sql, *options):
        return rows_of("sqlite3", "-cmd", ".timeout 20000", *options, self.world.folder / "vietnam" / store["sqlite"], sql)

    def attack(self, store, sql):
        self.rows(store, sql, "-cmd", ".dbconfig enable_trigger off")


class Databases(PostgreSQL):
    """Viet Nam's store as its owner has it."""

    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = '{}' AND is_generated = 'NEVER'"
    aged, hex, bytes, flip = "UPDATE content SET month = 202003", "encode({}, 'hex')", r"'\x{}'::bytea", "flip({})"

    def copy(self, store):
        (server, _, own), copy = store["postgresql"].rpartition("/"), f"copy_{uuid.uuid4().hex}"
        postgresql.query(f"{server}/postgres", f"CREATE DATABASE {copy} TEMPLATE {own}")
        return {"postgresql": f"{server}/{copy}"}

    def rows(self, store, sql):
        return rows_of("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql, store["postgresql"])

    def attack(self, store, sql):
        self.rows(store, FUNCTIONS + sql)


def rows_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done
    return [tuple(row.split("|")) for row in done.stdout.splitlines()]


class Stamping(authority.PublisherHandler):
    def do_POST(self):
        with contextlib.suppress(OSError):
            self.reply(*self.server.answer(self.rfile.read(int(self.headers["Content-Length"]))))


class TimestampAuthority(authority.Publisher):
    """OpenSSL's; `answer` makes status and body of a query, and may be another."""

    def __init__(self, folder):
        super().__init__()
        self.RequestHandlerClass, self.answer, self.folder, self.lock = Stamping, self.stamp, folder, threading.Lock()
        self.root, self.foreign = (authority.Authority(folder, name, f"/C=XX/CN={name}") for name in ("stamps", "foreign-stamps"))
        self.signers = {root: root.issue("tsa", f"/C=XX/CN=tsa of {root.home.name}", STAMPS) for root in (self.root, self.foreign)}

    def file(self, name, content):
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def stamp(self, query, root=None, digests="sha256"):
        signer = self.signers[root or self.root]
        with self.lock:
            own, query = self.file("own", OWN.format(signer.parent, digests).encode()), self.file("query", query)
            return 200, authority.openssl("ts", "-reply", "-config", own, "-section", "own", "-queryfile", query, "-signer", signer,
                                          "-inkey", signer.with_suffix(".key"), "-out", "/dev/stdout")

    def check(self, signature, stamp):
        files = "-in", self.file("stamp", bytes.fromhex(stamp)), "-data", self.file("signature", bytes.fromhex(signature))
        said = authority.openssl("ts", "-verify", *files, "-CAfile", self.root.certificate, "-untrusted", self.signers[self.root])
        assert b"OK" in said, said


def node(key, digest):
    """A leaf of the tree: what the record is about, and its digest (RFC 9162, section 2.1)."""
    return hashlib.sha256(b"\0" + key + digest).digest()


def root_of(leaves):
    """RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1 if len(leaves) > 1 else 0
    return hashlib.sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest() if half else leaves[0]


class Sealing(TwoGateways):
    """Viet Nam's gateway seals every second, and OpenSSL stamps."""

    other = None  # the kind of store that is not this one

    @classmethod
    def prepare(cls):
        cls.inside, cls.stamps = start_inside(cls), TimestampAuthority(cls.world.folder)
        cls.addClassCleanup(cls.stamps.close)
        seal = {"interval": 1, "timestamps": {"url": cls.stamps.url, "anchors": str(cls.stamps.root.certificate)}}
        cls.settings["vietnam"] |= {"inside": {"url": f"http://127.0.0.1:{cls.inside.server_port}"}, "seal": seal}
        cls.own, cls.config = cls.settings["vietnam"]["store"], cls.world.folder / "vietnam/gateway.yaml"

    def on(self, store, **changes):
        """Viet Nam's configuration with another store."""
        path = self.config.with_name(uuid.uuid4().hex + ".yaml")
        path.write_text(yaml.safe_dump(yaml.safe_load(self.config.read_text()) | {"store": store} | changes))
        return path

    def runs(self, config, *arguments):
        status, output, errors = gateway.run(*arguments, "--config", config)
        self.assertEqual(status, 0, (arguments, output, errors))
        return output

    def verdict(self, config, *arguments):
        status, output, errors = gateway.run("log", "verify", "--format", "json", *arguments, "--config", config)
        self.assertIn(status, [0, 1], errors)
        verdict = json.loads(output)
        self.assertEqual((verdict["isIntact"], bool(verdict["defects"])), (status == 0, status == 1), verdict)
        return verdict

    def intact(self, config):
        self.assertEqual((verdict := self.verdict(config))["defects"], [])
        return verdict

    def rows(self, sql, store=None):
        return self.stores.rows(store or self.own, sql)

    def count(self, table, store=None):
        return int(self.rows(f"SELECT COUNT(*) FROM {table}", store)[0][0])

    def until_sealed(self):
        missing = "seal WHERE signature IS NULL OR to_be_stamped = 1 AND stamp IS NULL"
        gateway.until(20, "all is sealed", lambda: self.count("unsealed") == 0 == self.count(missing))

    def bytes_of(self, *columns, store=None):
        """Of each seal, hexadecimal."""
        return self.rows(f"SELECT {', '.join(map(self.stores.hex.format, columns))} FROM seal ORDER BY number", store)

    def seals(self, store=None):
        """Statement and leaves, each the key of a record (subject, kind, number: 16 bytes) and its digest, of every seal."""
        for statement, leaves in self.bytes_of("statement", "leaves", store=store):
            leaves = bytes.fromhex(leaves)
            yield bytes.fromhex(statement), [(leaves[at:at + 16], leaves[at + 16:at + 48]) for at in range(0, len(leaves), 48)]


class Log(Sealing):
    """Traffic of every kind, and copies of the store as it was then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().fill()
        cls.world.stop("vietnam")
        cls.base = cls.stores.copy(cls.own)

    def fill(self):
        sent = {name: certificate(number()) for name in "abcd"}
        for name, status in [("b", 422), ("c", 422), ("d", 503)]:
            self.inside.refused[sent[name]["functionalReferenceId"]] = status
        self.send(*sent.values(), feedback(sent["a"]["id"], "PENDING"))
        gateway.run("identity", "new", "stranger", "--out", self.world.pki, "--subject", "A stranger")
        for letter in [self.world.signed(sent["a"] | {"remarks": ["x"]}), self.world.signed(certificate(number()), key="stranger")]:
            self.assertEqual(self.world.post("vietnam", letter)[0], 500)
        for name, *command in [("b", "retry"), ("c", "abandon", "--because", "sent on paper")]:
            self.becomes("parked", sent[name])
            self.inside.refused.pop(sent[name]["functionalReferenceId"])
            self.command("vietnam", command[0], self.received(sent[name])["id"], *command[1:])
        self.becomes("delivered", sent["b"])
        self.until_sealed()
        type(self).names, of = {}, "SELECT sequence, certificate FROM message JOIN fact ON message = sequence WHERE id = '{}'"
        for name, message in [(name, self.received(dataset)) for name, dataset in sent.items()]:
            ((position, place),) = self.rows(of.format(message["id"]))
            self.names |= {name: position, name + "_id": message["id"], name + "_co": sent[name]["id"], name + "_at": place}

    def attacked(self, sql, store=None):
        """A copy after an attack, and what is found in it."""
        store = self.stores.copy(store or self.base)
        self.stores.attack(store, sql.format(**self.names))
        return store, self.verdict(self.on(store))

    def check(self, *copies):
        """That each attack on a copy is found and told with its words."""
        with futures.ThreadPoolExecutor(3) as pool:
            found = [pool.submit(self.attacked, "; ".join(sql for sql, _ in copy)) for copy in copies]
        for (sql, words), told in [(attack, told) for copy, told in zip(copies, found) for attack in copy]:
            with self.subTest(sql):
                defects = told.result()[1]["defects"]
                self.assertTrue(any(words.format(**self.names) in defect for defect in defects), (words, defects))

    # MARK: What is changed and removed

    def test_what_was_left_alone_is_intact_and_counted_and_anybody_can_compute_it(self):
        ((first, last, seals),) = self.rows("SELECT MIN(at), MAX(at), COUNT(*) FROM seal", self.base)
        head, config = bytes(32).hex(), self.on(self.base)
        for place, (statement, leaves) in enumerate(self.seals(self.base), 1):
            said, root = json.loads(statement), root_of([node(key, digest) for key, digest in leaves]).hex()
            self.assertEqual([said[key] for key in ("number", "records", "previous", "root")], [place, len(leaves), head, root])
            head = hashlib.sha256(statement).hexdigest()
        # The gateway may have been stopped between a seal and its stamp.
        late, waiting = self.count("seal WHERE stamp IS NULL", self.base), self.count("unsealed", self.base)
        notes = [f"{late} seals wait for their stamp"] * (late > 0) + [f"{waiting} records are not sealed yet"] * (waiting > 0)
        records = sum(self.count(kind, self.base) for kind in KINDS) - waiting
        self.maxDiff = None
        self.assertEqual(self.verdict(config, "--head", head), {
            "isIntact": True, "seals": int(seals), "stamped": int(seals) - late, "records": records, "unsealed": waiting, "removedByRule": 0,
            "from": first, "to": last, "head": head, "defects": [], "defectCount": 0, "notes": notes})
        self.assertEqual(json.loads(self.runs(config, "log", "list", "--format", "json"))[-1]["head"], head)
        states = {state for (state,) in self.rows("SELECT state FROM message", self.base)}
        self.assertEqual(states, {"delivered", "abandoned", "accepted", "acknowledged", "refused"})
        stamped = [(signature, stamp) for signature, stamp in self.bytes_of("signature", "stamp", store=self.base) if stamp]
        self.assertEqual((len(stamped), late <= 1), (int(seals) - late, True))
        for signature, stamp in stamped:
            self.stamps.check(signature, stamp)

    def test_each_changed_value_is_found(self):
        together, alone = collections.defaultdict(list), []
        for table, (where, words) in ROWS.items():
            for place, (column,) in enumerate(self.rows(self.stores.columns.format(table))):
                told = "seal 1002" if (table, column) == ("seal", "number") else words.format(**self.names)[:-1]  # its last letter changes
                attack = f"UPDATE {table} SET {column} = {self.stores.flip.format(column)} WHERE {where}", told
                if f"{table}.{column}" not in NO_EVIDENCE:
                    is_alone = table == "seal" or column in ("state", "direction", "side")
                    alone.append([attack]) if is_alone else together[place].append(attack)
        self.assertGreater(sum(map(len, together.values())) + len(alone), 55)
        self.check(*together.values(), *alone)

    def test_each_removed_row_is_found(self):
        self.check([
            ("DELETE FROM event WHERE message = {a} AND number = 1", "event 1 of message {a_id}"),
            ("DELETE FROM event WHERE message = {b} AND number = 4", "event 4 of message {b_id}"),
            ("DELETE FROM content WHERE message = {c}", "{c_id}: request.xml was removed"),
            ("DELETE FROM work WHERE message = {d}", "{d_id}"), ("DELETE FROM change WHERE sequence = 2", "change 2"),
            ("DELETE FROM refusal WHERE sequence = 1", "refusal 1 was removed"),
        ], [
            ("DELETE FROM message WHERE sequence = {a}", "at position {a},"), (REMOVE.replace("a}", "c}"), "at position {c},"),
            ("DELETE FROM fact WHERE message = {b}", "{b_co}"),
            ("DELETE FROM certificate WHERE number = '{d_co}'", "what the message at position {d} said")])

    # MARK: What is put in

    def put(self, kind, key, is_listed=False):
        """A row of a kind: an event of a message, a fact of a certificate, or else at a position of its own; its line on the list."""
        rest = "content_digest, claims, state, correlation_id, received_at, updated_at"
        listed = LISTED.format(KINDS.get(kind), *{"event": ("{a}", key), "fact": ("{b_at}", key)}.get(kind, (key, 0)))
        return {
            "event": f"INSERT INTO event (message, number, at, state, detail) VALUES ({{a}}, {key}, '{AT}', 'delivered', 'x');",
            "fact": f"INSERT INTO fact SELECT certificate, {key}, fact FROM fact WHERE message = {{b}};",
            "refusal": f"INSERT INTO refusal SELECT {key}, at, code, correlation_id, peer, digest FROM refusal WHERE sequence = 1;",
            "change": f"INSERT INTO change VALUES ({key}, '{AT}', 'root', 'retry', 'x');",
            "message": f"INSERT INTO message (sequence, id, direction, partner, operation, message_id, {rest}) SELECT {key}, 'copy{key}', "
                       f"direction, partner, operation, 'copy{key}', {rest} FROM message WHERE sequence = {{a}};"
                       f"INSERT INTO event (message, number, at, state) VALUES ({key}, 1, '{AT}', 'delivered');",
        }[kind] + listed * is_listed

    def test_each_row_that_was_put_in_is_found(self):
        words = {"event": "event {} of message {{a_id}}", "fact": "position {} said of", "message": "copy{}"}
        one = "INSERT INTO certificate VALUES (900, 'korea', 'inbound', 'X-1', 'X-1', 'issued', '1', NULL, 'NONE', '2026')"
        seal = "INSERT INTO seal SELECT {}, at, statement, leaves, 0, signature, stamp FROM seal WHERE number = 1"
        below = words | {kind: "at the position {}" for kind in ("refusal", "change", "message")}
        rows = [[(self.put(kind, key), (below if key < 1 else words).get(kind, kind + " {}").format(key)) for kind in [*KINDS, "message"]]
                for key in KEYS]
        others = [(WORK.format(900), "position 900"), (WORK.format("{a}"), "{a_id}"), (one, "X-1")]
        self.check(*rows, others, *([(seal.format(key), f"seal {key}")] for key in (0, 900)))

    def test_what_is_put_in_with_its_line_on_the_list_passes_for_the_gateways(self):
        """As docs/log.md says. Whoever seals it: what a retirement seals is to be stamped too."""
        store, verdict = self.attacked("".join(self.put(kind, 900, is_listed=True) for kind in KINDS))
        self.assertEqual((verdict["isIntact"], verdict["unsealed"]), (True, 4), verdict)
        self.runs(self.on(store), "store", "retire", "--before", "2020-01", "--archives", self.world.folder)
        self.assertEqual((self.intact(self.on(store))["unsealed"], self.count("seal WHERE to_be_stamped = 0", store)), (0, 0))

    def test_what_is_put_in_makes_nothing_good_that_was_sealed(self):
        again = {"event": ("{a}", 1), "fact": ("{b_at}", "{b}"), "refusal": (1, 0), "change": (2, 0)}
        retired = "UPDATE change SET action = 'retire', detail = 'messages {a} to x.gz' WHERE sequence > 800 OR sequence < 0;" + REMOVE
        forged = f"request = {self.stores.bytes.format(b'forged'.hex())}", "request.xml " + hashlib.sha256(b"forged").hexdigest()
        self.check(
            # A line doubled for one that is missing; an archive that never was, with and without a line; room made for other refusals.
            *([(self.put(kind, 900) + LISTED.format(KINDS[kind], *again[kind]), "")] for kind in KINDS),
            [(self.put("change", 900, True) + retired, "")], [(self.put("change", -5) + retired, "")],
            [(self.put("refusal", 90_000, True) + "DELETE FROM refusal WHERE sequence = 1", "")],
            # Bytes for which there is a later record.
            [(self.put("event", 900, True) + f"UPDATE content SET {forged[0]} WHERE message = {{a}}; UPDATE event SET detail = NULL, "
              f"written = 'attempts same\n{forged[1]}' WHERE message = {{a}} AND number = 900; "
              f"UPDATE message SET updated_at = '{AT}' WHERE sequence = {{a}}", "")],
            # Words moved to where they are not read, so that what was given up is to be done again.
            [("UPDATE event SET written = 'detail ' || detail || '\n' || written, detail = NULL WHERE message = {c} AND number = 3; UPDATE "
              "message SET (state, detail, updated_at) = (SELECT state, detail, at FROM event WHERE message = {c} AND number = 2) "
              "WHERE sequence = {c};" + WORK.format("{c}"), "")])

    def test_a_forged_note_of_an_archive_excuses_nothing_even_once_it_is_sealed(self):
        """The gateway's key signs such notes; the list alone passes for the gateway's."""
        forged = "UPDATE change SET action = 'retire', detail = 'messages {a} to x.gz signed AAAA' WHERE sequence > 800;" + REMOVE
        store, _ = self.attacked(self.put("change", 900, True) + forged)
        self.runs(self.on(store), "log", "seal")
        verdict = self.verdict(self.on(store))
        self.assertEqual(verdict["unsealed"], 0)
        self.assertTrue(any("was removed" in defect for defect in verdict["defects"]), verdict)
        self.assertTrue(any("not signed by the gateway" in note for note in verdict["notes"]), verdict)

    def test_a_flood_of_refusals_is_no_attack_on_the_log(self):
        """10,000 are kept, whether those before them were sealed or not."""
        rows = "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 10200) INSERT INTO "
        _, verdict = self.attacked(
            f"{rows} refusal SELECT i, '{AT}', 'not-soap', 'x', '127.0.0.1', 'x' FROM n; {rows} unsealed (kind, subject, number) "
            "SELECT 3, i, 0 FROM n; DELETE FROM refusal WHERE sequence <= 200")
        self.assertEqual((verdict["defects"][:3], verdict["unsealed"]), ([], 10_101))

    # MARK: Seals

    def test_each_change_to_the_seals_is_found(self):
        changes = [f"{part} = (SELECT {part} FROM seal WHERE number = 1)" for part in ("signature", "stamp")]
        changes += ["signature = " + self.stores.bytes.format(""), "stamp = NULL, to_be_stamped = 0"]
        swapped = "".join(OF_SEAL.format(f"number = {new}", old) for old, new in [(2, -1), (3, 2), (-1, 3)])
        self.check(
            [("DELETE FROM seal WHERE number = 2", "seal 3")], [("DELETE FROM seal", "put in")], [(swapped, "seal 2")],
            *([(OF_SEAL.format(change, 2), "seal 2")] for change in changes))

    def test_a_stamp_that_is_gone_is_told(self):
        """What a later stamp covers is in the chain before it."""
        _, verdict = self.attacked("UPDATE seal SET stamp = NULL WHERE number = 2")
        self.assertTrue(any("stamp" in note for note in verdict["notes"]), verdict)

    def test_a_log_that_was_cut_off_is_found_by_its_head_alone(self):
        *_, (statement, leaves) = self.seals(self.base)
        lines = "".join(LISTED.format(key[8], int.from_bytes(key[:8], "big"), int.from_bytes(key[9:], "big")) for key, _ in leaves)
        store, verdict = self.attacked("DELETE FROM seal WHERE number = (SELECT MAX(number) FROM seal);" + lines)
        self.assertEqual((verdict["isIntact"], verdict["unsealed"]), (True, len(leaves)))
        self.runs(self.on(store), "log", "seal")
        self.intact(self.on(store))
        head = hashlib.sha256(statement).hexdigest()
        self.assertIn(head, self.verdict(self.on(store), "--head", head)["defects"][0])

    def test_nobody_signs_what_somebody_else_wrote(self):
        """Seals without signatures: of a history without the first refusal, signed by the gateway; of the true one, by another key."""
        head, forged, first = bytes(32).hex(), "DELETE FROM refusal WHERE sequence = 1;", (1).to_bytes(8, "big") + bytes([3]) + bytes(7)
        for place, (statement, leaves) in enumerate(self.seals(self.base), 1):
            leaves = [leaf for leaf in leaves if leaf[0] != first]
            said = {"previous": head, "records": len(leaves), "root": root_of([node(key, digest) for key, digest in leaves]).hex()}
            statement = json.dumps(json.loads(statement) | said, indent=2, separators=(",", " : "), sort_keys=True).encode() + b"\n"
            leaves, head = b"".join(key + digest for key, digest in leaves), hashlib.sha256(statement).hexdigest()
            parts = [f"{name} = " + self.stores.bytes.format(part.hex()) for name, part in [("statement", statement), ("leaves", leaves)]]
            forged += OF_SEAL.format(", ".join(parts), place)
        stranger = {"identity": {"certificate": "../pki/stranger.pem", "key": "../pki/stranger.key"}}
        for attack, changes in [(forged, {}), ("", stranger)]:
            store, _ = self.attacked(attack + f"UPDATE seal SET signature = {self.stores.bytes.format('')}, stamp = NULL")
            gateway.run("log", "seal", "--config", self.on(store, **changes))
            with self.subTest(changes):
                self.assertFalse(self.verdict(self.on(store))["isIntact"])

    def test_backups_and_archives_keep_it(self):
        """Of a store whose messages are old, all of it sealed late."""
        of = {"event": "message, number", "fact": "certificate, message", "refusal": "sequence, 0", "change": "sequence, 0"}
        listed = "".join(f"INSERT INTO unsealed (kind, subject, number) SELECT {KINDS[kind]}, {of[kind]} FROM {kind};" for kind in of)
        aged = "UPDATE message SET received_at = '2020-03-05T10:00:00.000Z';" + self.stores.aged
        store, _ = self.attacked("DELETE FROM seal;" + listed + aged)
        config, archives, events = self.on(store), self.config.with_name("archives"), self.count("event", store)
        archives.mkdir()
        self.runs(config, "log", "seal")
        self.runs(config, "store", "backup", archives / "backup")
        restored = self.on(self.other(self.world).settings("vietnam") if self.other is Databases else {"sqlite": "restored.sqlite"})
        self.runs(restored, "store", "restore", archives / "backup")
        self.assertEqual(self.intact(restored), self.intact(config))
        self.runs(config, "store", "retire", "--before", "2021-01", "--archives", archives)
        self.runs(config, "log", "seal")
        removed = events - self.count("event", store)
        self.assertEqual((removed > 5, self.intact(config)["removedByRule"]), (True, removed))
        # To give digests the keys of a message that is archived, which no root knows, does not excuse that another is gone.
        archived, gone = (int(self.names[name]).to_bytes(8, "big") + b"\1" for name in "ad")
        attack = REMOVE.replace("a}", "d}") + "DELETE FROM work WHERE message = {d};"
        for place, (_, leaves) in enumerate(self.seals(store), 1):
            text = b"".join((archived + key[9:] if key[:9] == gone else key) + digest for key, digest in leaves).hex()
            attack += OF_SEAL.format("leaves = " + self.stores.bytes.format(text), place)
        self.assertFalse(self.attacked(attack, store)[1]["isIntact"])


class PostgreSQLLogTest(Log, unittest.TestCase):
    store, other = Databases, Files


class SQLiteLogTest(Log, unittest.TestCase):
    store, other = Files, Databases


if __name__ == "__main__":
    unittest.main()
