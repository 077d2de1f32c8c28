"""`make cluster`: three replicas behind HAProxy on one PostgreSQL, while each of them is stopped or killed."""

import base64
import collections
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import time
import unittest
import urllib.request
from concurrent import futures

import gateway
from ports import is_open
from stores.cluster import PKI, REPLICAS, Cluster, Letters, Senders, ports_of, receipt


class ClusterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.await_up()
        cls.letters = Letters()

    def check_taken_once(self, senders):
        self.assertGreater(len(senders.taken), 20)
        self.assertEqual({key: found for key, found in senders.taken.items() if len(found) > 1}, {}, "receipts that differ")
        kept = self.cluster.kept()
        self.assertEqual({key: kept[key] for key in senders.taken if kept[key] != 1}, {})

    def test_every_replica_gives_the_same_receipt(self):
        _, letter = self.letters.next()
        answers = [self.cluster.post(letter) for _ in range(6)]
        self.assertEqual([status for status, _, _ in answers], [200] * 6)
        self.assertEqual(len({receipt(body) for _, _, body in answers}), 1)
        replicas = collections.Counter(self.cluster.replica_of(headers["X-Correlation-ID"]) for _, headers, _ in answers)
        self.assertEqual(set(replicas), {"replica-1", "replica-2", "replica-3"})

    def test_a_replica_knows_the_partner_by_its_own_address_and_certificate(self):
        _, letter = self.letters.next()
        der = base64.b64encode(ssl.PEM_cert_to_DER_cert((PKI / "korea-tls.pem").read_text())).decode()
        forged = {"X-Client-Certificate": der, "X-Forwarded-For": "10.1.2.3"}
        connection = self.cluster.connection("vietnam", "127.0.0.2")
        self.addCleanup(connection.close)
        status, headers, body = self.cluster.post(letter, connection, forged)
        self.assertEqual(status, 500)
        self.assertIn(b"client-certificate", body)
        log = self.cluster.log(self.cluster.replica_of(headers["X-Correlation-ID"]))
        (line,) = [line for line in log.splitlines() if headers["X-Correlation-ID"] in line]
        self.assertIn("peer=127.0.0.2 ", line)
        self.assertEqual(self.cluster.post(letter, headers=forged)[0], 200)

    def test_a_resumed_session_still_has_its_certificate(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version=version):
                connection, session = self.cluster.connection(), None
                context = connection._context
                context.minimum_version = context.maximum_version = version
                for is_resumed in (False, True):
                    connection = http.client.HTTPSConnection("localhost", self.cluster.soap, timeout=60, context=context)
                    raw = socket.create_connection(("localhost", self.cluster.soap))
                    connection.sock = context.wrap_socket(raw, server_hostname="localhost", session=session)
                    self.assertEqual(self.cluster.post(self.letters.next()[1], connection)[0], 200)
                    self.assertEqual(connection.sock.session_reused, is_resumed)
                    session = connection.sock.session
                    connection.close()

    def test_without_a_client_certificate_nobody_gets_in(self):
        context = ssl.create_default_context(cafile=PKI / "tls-ca.pem")
        with self.assertRaises(OSError):
            urllib.request.urlopen(f"https://localhost:{self.cluster.soap}/send-co?wsdl", context=context, timeout=60)

    def test_a_message_larger_than_a_buffer_and_one_with_expect_go_through(self):
        status, _, body = self.cluster.post(b"<x>" + b" " * 3_000_000 + b"</x>")
        self.assertEqual(status, 500)
        self.assertIn(b"Fault", body)
        status, _, body = self.cluster.post(self.letters.next()[1], headers={"Expect": "100-continue"})
        self.assertEqual(status, 200, body)

    def test_the_contract_names_the_address_of_haproxy(self):
        connection = self.cluster.connection()
        self.addCleanup(connection.close)
        connection.request("GET", "/send-co?wsdl")
        self.assertIn(f'location="https://localhost:{self.cluster.soap}/send-co"', connection.getresponse().read().decode())

    def test_what_is_one_replicas_own_is_not_balanced(self):
        for path in ("/metrics", "/health/ready"):
            self.assertEqual(self.cluster.get(self.cluster.api, path)[0], 404)
        self.assertIn('haproxy_server_status{proxy="soap",server="replica-2",state="UP"} 1', self.cluster.get(self.cluster.state, "/metrics")[1])

    def test_replicas_are_stopped_one_after_the_other_and_no_client_notices(self):
        with futures.ThreadPoolExecutor(1) as thread, Senders(self.cluster, self.letters) as senders:
            waiting = thread.submit(self.submit, wait=6)
            for number in REPLICAS:
                self.renew(number, signal.SIGTERM)
            self.assertEqual(waiting.result(), 202)
        self.assertEqual(senders.failures, [])
        self.check_taken_once(senders)
        print(f"{len(senders.taken)} messages while each replica was stopped")

    def submit(self, wait):
        """Hands in a message for Korea, whose gateway is away, and waits so many seconds for its receipt; the status."""
        parties = {"sender": gateway.PARTIES["vietnam"], "receiver": gateway.PARTIES["korea"]}
        headers = {"Content-Type": "application/json", "Prefer": f"wait={wait}"}
        url = f"http://127.0.0.1:{self.cluster.api}/partners/korea/send-co"
        return gateway.answer(urllib.request.Request(url, json.dumps(gateway.example(**parties)).encode(), headers))[0]

    def renew(self, number, how):
        """Ends a replica by a signal, and waits until HAProxy has the next in its place."""
        old = self.cluster.process(number)
        os.kill(old, how)
        gateway.until(30, "another is started", lambda: self.cluster.process(number) not in (None, old))
        self.cluster.await_all()
        time.sleep(0.5)

    def test_a_replica_is_killed_and_nothing_is_lost(self):
        with Senders(self.cluster, self.letters) as senders:
            time.sleep(0.5)
            self.renew(2, signal.SIGKILL)
        self.assertEqual([kind for kind, _ in senders.failures if kind not in (502, 503)], [])
        self.check_taken_once(senders)
        self.assertIn("replica 2 ended with status 137 and is started again", self.cluster.output.read_text())
        print(f"{len(senders.taken)} messages, {len(senders.failures)} failures while a replica was killed")

    def test_a_replica_that_hangs_is_taken_out_and_what_it_had_is_anothers_when_it_ends(self):
        with Senders(self.cluster, self.letters) as senders:
            time.sleep(0.5)
            os.kill(self.cluster.process(3), signal.SIGSTOP)
            gateway.until(20, "HAProxy takes it out", lambda: self.cluster.up() == ["replica-1", "replica-2"])
            answers = [self.cluster.post(self.letters.next()[1]) for _ in range(4)]
            self.assertEqual([status for status, _, _ in answers], [200] * 4)
            self.renew(3, signal.SIGKILL)
        self.assertEqual(senders.failures, [])
        self.check_taken_once(senders)

    def test_without_postgresql_nothing_is_ready_and_haproxy_says_so(self):
        with Senders(self.cluster, self.letters) as senders:
            time.sleep(0.5)
            self.cluster.postgresql("stop")
            gateway.until(10, "no replica is up", lambda: not self.cluster.up())
            self.assertFalse(any(map(self.cluster.is_ready, REPLICAS)))
            status, headers, body = self.cluster.post(self.letters.next()[1])
            self.assertEqual((status, headers["Retry-After"]), (503, "10"), body)
            self.assertIn(b"No replica of the gateway is ready", body)
            status, text = self.cluster.get(self.cluster.api, "/messages")
            self.assertEqual((status, json.loads(text)["status"]), (503, 503))
            self.cluster.postgresql("start", self.cluster.database)
            self.cluster.await_all()
            time.sleep(0.5)
        self.assertEqual([kind for kind, _ in senders.failures if kind not in (500, 503)], [])
        self.check_taken_once(senders)
        print(f"{len(senders.taken)} messages, {len(senders.failures)} failures while PostgreSQL was away")


class StopTest(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster()
        self.addCleanup(self.cluster.close)

    def test_a_stop_leaves_nothing(self):
        self.cluster.await_up()
        self.check_ports_in_use()
        self.assertEqual(self.cluster.stop(), 0)
        self.check_nothing_left()

    def check_ports_in_use(self):
        """A second one finds the ports in use, says so, and leaves the first alone."""
        output = self.cluster.folder / "second-output"
        self.assertEqual(self.cluster.run(output).wait(120), 1)
        self.assertIn(f"port {self.cluster.soap} is in use", output.read_text())
        self.assertEqual(len(self.cluster.up()), len(REPLICAS))

    def test_a_stop_at_the_start_leaves_nothing(self):
        gateway.until(30, "PostgreSQL runs", lambda: is_open(self.cluster.database))
        self.cluster.stop()
        self.check_nothing_left()

    def test_haproxy_ends_and_everything_with_it(self):
        self.cluster.await_up()
        for process in self.cluster.processes():
            if "haproxy" in pathlib.Path(f"/proc/{process}/comm").read_text():
                os.kill(process, signal.SIGKILL)
        self.assertEqual(self.cluster.script.wait(120), 1)
        self.assertIn("error: HAProxy ended with status 137", self.cluster.output.read_text())
        self.check_nothing_left()

    def check_nothing_left(self):
        self.assertEqual(self.cluster.processes(), {})
        self.assertEqual([port for port in ports_of(self.cluster.base) if is_open(port)], [])


if __name__ == "__main__":
    unittest.main()
