"""What stands in front of the messages: rates, TLS versions and ciphers, TLS that ends at a proxy."""

import base64
import http.client
import ssl
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
                connection = http.client.HTTPSConnection("localhost", self.world.ports["vietnam"]["soap"], context=context, timeout=10)
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
            urllib.request.urlopen(self.world.soap_url("vietnam") + "/send-co?wsdl", context=context, timeout=10)

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


if __name__ == "__main__":
    unittest.main()
