"""What stands in front of the messages: rates, TLS versions and ciphers, TLS that ends at a proxy."""

import base64
import gzip
import http.client
import os
import pathlib
import socket
import ssl
import time
import unittest
import urllib.parse
import urllib.request

import gateway


class GateTest(unittest.TestCase):
    def setUp(self):
        self.world = gateway.World()
        self.addCleanup(self.world.close)

    def soap(self, **changes):
        """The listener's settings with changes to its keys."""
        path = self.world.configure("vietnam")
        return gateway.yaml.safe_load(path.read_text())["soap"] | changes

    def test_a_peer_that_asks_too_often_is_told_when_to_come_again(self):
        self.world.start("vietnam", soap=self.soap(requestsPerMinute=3))
        answers = [self.world.post("vietnam", self.world.signed(gateway.example())) for _ in range(5)]
        self.assertEqual([status for status, _, _ in answers], [200, 200, 200, 429, 429])
        self.assertIn("902", answers[3][2].decode())
        self.assertGreaterEqual(int(answers[3][1]["Retry-After"]), 1)
        # Another peer has a rate of its own.
        self.assertEqual(self.world.post("vietnam", b"", sender="vietnam")[0], 500)

    def test_a_partner_bound_to_its_client_certificate_has_limits_of_its_own(self):
        partner = {"client": {"certificates": ["../../pki/korea-tls.pem"]}, "limits": {"requestsPerMinute": 2}}
        self.world.start("vietnam", partner=partner)
        answers = [self.world.post("vietnam", self.world.signed(gateway.example()))[0] for _ in range(3)]
        self.assertEqual(answers, [200, 200, 429])

    def connections(self, count):
        """Opens so many, one after the other, and asks over each; how many were answered."""
        good = 0
        for _ in range(count):
            try:
                connection = self.connect()
                connection.sendall(b"GET /send-co?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n")
                good += connection.recv(12) == b"HTTP/1.1 200"
            except OSError:
                pass
        return good

    def test_connections_of_one_address_are_limited(self):
        self.world.start("vietnam", soap=self.soap(connections=3))
        self.assertEqual(self.connections(5), 3)
        self.assertIn("more than 3 connections at one time of address 127.0.0.1", self.world.log_text("vietnam"))

    def test_connections_of_a_bound_partner_are_its_own(self):
        partner = {"client": {"certificates": ["../../pki/korea-tls.pem"]}, "limits": {"connections": 4}}
        self.world.start("vietnam", partner=partner, soap=self.soap(connections=2))
        self.assertEqual(self.connections(6), 4)
        self.assertIn("of partner korea", self.world.log_text("vietnam"))

    def test_gzip_is_read_where_it_is_on_up_to_size_and_ratio(self):
        self.world.start("vietnam", soap=self.soap(gzip="on", gzipRatio=20, maximumBody=300_000))

        def send(packed):
            return self.world.post("vietnam", packed, headers={"Content-Encoding": "gzip"})

        good = gzip.compress(self.world.signed(gateway.example()))
        self.assertEqual(send(good)[0], 200)
        for packed, status, words in [
            (good[:-9], 400, b"one whole gzip stream"), (good + b"x", 400, b"one whole gzip stream"),
            (good[:-6] + bytes(6), 400, b"one whole gzip stream"), (b"<x/>", 400, b"one whole gzip stream"),
            (good + good, 400, b"one whole gzip stream"),
            (gzip.compress(b"<a>" + b" " * 200_000 + b"</a>"), 413, b"grows more than 20 times"),
            (gzip.compress(os.urandom(20_000) + b" " * 400_000), 500, b"message-too-large"),
            (gzip.compress(b" " * 6_000_000), 413, b"grows more than 20 times"),
            (gzip.compress(b" " * 200_000_000), 500, b"message-too-large"),
        ]:
            with self.subTest(words=words, size=len(packed)):
                got, _, body = send(packed)
                self.assertEqual(got, status, body)
                self.assertIn(words, body)
        self.assertEqual(send(gzip.compress(self.world.signed(gateway.example())))[0], 200)

    def test_old_tls_and_weak_ciphers_are_turned_away(self):
        self.world.start("vietnam")
        for version, ciphers, is_good in [
            (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False), (ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256", False),
            (ssl.TLSVersion.TLSv1_2, "ECDHE+SHA", False), (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True), (ssl.TLSVersion.TLSv1_3, None, True),
        ]:
            with self.subTest(version=version, ciphers=ciphers):
                context = self.world.client_context("korea")
                context.minimum_version = context.maximum_version = version
                if ciphers:
                    context.set_ciphers(ciphers)
                connection = http.client.HTTPSConnection("localhost", self.world.ports["vietnam"]["soap"], context=context, timeout=60)
                try:
                    connection.request("GET", "/send-co?wsdl")
                    self.assertEqual(connection.getresponse().status, 200)
                    self.assertTrue(is_good)
                except (ssl.SSLError, ConnectionError):
                    self.assertFalse(is_good)
                finally:
                    connection.close()

    def test_without_a_client_certificate_nobody_gets_in(self):
        self.world.start("vietnam")
        context = ssl.create_default_context(cafile=self.world.pki / "tls-ca.pem")
        with self.assertRaises((ssl.SSLError, OSError)):
            urllib.request.urlopen(self.world.soap_url("vietnam") + "/send-co?wsdl", context=context, timeout=60)

    def connect(self):
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("localhost", self.world.ports["vietnam"]["soap"]))
        connection = self.world.client_context("korea").wrap_socket(raw, server_hostname="localhost")
        self.addCleanup(connection.close)
        return connection

    def test_a_head_by_bytes_and_a_connection_without_handshake_are_cut_off(self):
        self.world.start("vietnam", soap=self.soap(headSeconds=2, idleSeconds=60))
        silent = socket.create_connection(("localhost", self.world.ports["vietnam"]["soap"]), timeout=60)
        self.addCleanup(silent.close)
        slow = self.connect()
        with self.assertRaises(OSError):
            for byte in b"GET /send-co?wsdl HTTP/1.1\r\nX: " + b"x" * 200:
                slow.sendall(bytes([byte]))
                time.sleep(0.1)
        self.assertEqual(silent.recv(1), b"")

    def test_a_client_that_does_not_read_its_answers_is_cut_off(self):
        settings = self.soap(idleSeconds=2, bodySeconds=1, answerSeconds=1, requestsPerMinute=10_000_000)
        self.world.start("vietnam", soap=settings)
        mute = self.connect()
        mute.settimeout(1)
        request = b"GET /send-co?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100
        with self.assertRaises(OSError):
            for _ in range(100_000):
                mute.sendall(request)
        gateway.until(30, "the connection is closed", lambda: self.established() == 0)

    def established(self):
        """Connections to the SOAP listener."""
        port = f":{self.world.ports['vietnam']['soap']:04X}"
        lines = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(line[1].endswith(port) and line[3] == "01" for line in lines)

    def test_a_stop_does_not_wait_for_clients_that_rest(self):
        self.world.start("vietnam")
        self.connect()
        start = time.monotonic()
        self.assertEqual(self.world.stop("vietnam"), 0)
        print(f"stopped in {time.monotonic() - start:.1f} s")

    def through_proxy(self, body, certificate=None, **headers):
        headers = {"Content-Type": gateway.CONTENT_TYPES["1.2"], **headers}
        if certificate:
            headers["X-Client-Certificate"] = certificate
        request = urllib.request.Request(f"http://127.0.0.1:{self.world.ports['vietnam']['soap']}/send-co", data=body, headers=headers)
        return gateway.answer(request)

    def test_tls_may_end_at_a_proxy_which_then_says_who_connected(self):
        plain = {key: value for key, value in self.soap().items() if key != "tls"}
        partner = {"client": {"certificates": ["../../pki/korea-tls.pem"]}}
        self.world.start("vietnam", partner=partner, soap=plain | {"proxy": {"addresses": ["127.0.0.1"]}})
        pem = (self.world.pki / "korea-tls.pem").read_text()
        der = base64.b64encode(ssl.PEM_cert_to_DER_cert(pem)).decode()
        other = base64.b64encode(ssl.PEM_cert_to_DER_cert((self.world.pki / "vietnam-tls.pem").read_text())).decode()
        for certificate, status in [(der, 200), (urllib.parse.quote(pem), 200), (other, 500), (None, 500), ("garbage", 500)]:
            with self.subTest(certificate=(certificate or "")[:20]):
                got, _, body = self.through_proxy(self.world.signed(gateway.example()), certificate, **{"X-Forwarded-For": "10.9.8.7"})
                self.assertEqual(got, status, body)
                self.assertEqual(b"client-certificate" in body, status == 500)
        self.assertIn("peer=10.9.8.7", self.world.log_text("vietnam"))

    def test_who_is_not_the_proxy_is_turned_away(self):
        plain = {key: value for key, value in self.soap().items() if key != "tls"}
        self.world.start("vietnam", soap=plain | {"proxy": {"addresses": ["10.0.0.1"]}})
        status, _, body = self.through_proxy(self.world.signed(gateway.example()))
        self.assertEqual(status, 403, body)

    def test_plain_http_beyond_this_machine_needs_a_proxy_in_the_configuration(self):
        plain = {key: value for key, value in self.soap(host="0.0.0.0").items() if key != "tls"}
        path = self.world.configure("vietnam", soap=plain)
        status, output, _ = gateway.run("check", "--config", path)
        self.assertEqual(status, 1)
        self.assertIn(b"soap.proxy.addresses", output)

    def test_the_json_api_does_not_stand_behind_a_proxy_without_tls_of_its_own(self):
        api = {"host": "0.0.0.0", "port": self.world.ports["vietnam"]["api"], "proxy": {"addresses": ["127.0.0.1"]}}
        status, output, _ = gateway.run("check", "--config", self.world.configure("vietnam", api=api))
        self.assertEqual(status, 1)
        self.assertIn(b"api would speak plain HTTP", output)
        self.assertIn(b"unknown key api.proxy.addresses", output)

    def test_limits_of_a_partner_that_nothing_binds_are_told_to_hold_nothing(self):
        path = self.world.configure("vietnam", partner={"limits": {"requestsPerMinute": 2}})
        status, output, _ = gateway.run("check", "--config", path)
        self.assertEqual(status, 1)
        self.assertIn(b"limits holds only for a partner that is known by its connection", output)


if __name__ == "__main__":
    unittest.main()
