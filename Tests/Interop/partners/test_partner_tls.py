"""What a partner's file says of the TLS of its own: another authority, another certificate of ours, a least version."""

import signal
import ssl
import unittest

import gateway
from partners.partner_server import PartnerServer, Requests, answered


class TLSTest(Requests, unittest.TestCase):
    """Partners whose connections are not as all others'."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Another authority, and from it a server and a client of ours.
        for arguments in [
            ["other-ca", "--purpose", "authority", "--subject", "Another authority"],
            *(
                [name, "--purpose", "tls", "--issuer", cls.world.pki / "other-ca", "--subject", name, "--host", "localhost"]
                for name in ("other-server", "other-client")
            ),
        ]:
            status, _, errors = gateway.run("identity", "new", *arguments, "--out", cls.world.pki)
            assert status == 0, errors
        cls.other = cls.partner("other-server", "tls-ca")
        cls.closed = cls.partner("other-server", "other-ca")
        cls.old = cls.partner("vietnam-tls", "tls-ca", ssl.TLSVersion.TLSv1_2)
        cls.anchors = {"anchors": "../../pki/other-ca.pem"}
        cls.own = {"certificate": "../../pki/other-client.pem", "key": "../../pki/other-client.key"} | cls.anchors

    @classmethod
    def partner(cls, certificate, authority, newest=None):
        server = PartnerServer(cls.world, certificate, authority, newest)
        gateway.serve(server, cls.addClassCleanup)
        return server

    def outcome(self, server, **tls):
        """What `send` says to a partner at this server with these keys."""
        self.files.add("partner", endpoint={"url": server.url} | ({"tls": tls} if tls else {}))
        server.answer = lambda call: answered(call, self.files.signers["partner"])
        return self.sent("partner")

    def test_one_partner_has_another_authority_or_another_certificate_of_ours(self):
        for what, server, tls in [
            ("as all others", self.server, {}), ("anchors", self.other, self.anchors), ("all", self.closed, self.own),
        ]:
            with self.subTest(what):
                report = self.outcome(server, **tls)
                self.assertIsInstance(report, dict, report)
                self.assertEqual(report["verdict"], "accepted", report)

    def test_the_authority_of_one_is_nobody_elses(self):
        for what, server, tls in [("ours alone", self.other, {}), ("its own alone", self.server, self.anchors)]:
            with self.subTest(what):
                self.assertRegex(self.outcome(server, **tls), r"(?i)no answer: .*certificate.*\n  where: https://localhost")

    def test_without_the_certificate_that_the_server_wants_nothing_is_said(self):
        self.assertIn("no answer: ", self.outcome(self.closed, **self.anchors))

    def test_a_server_without_tls_1_3_is_not_spoken_to_where_1_3_is_the_least(self):
        self.assertEqual(self.outcome(self.old)["verdict"], "accepted")
        self.assertEqual(self.outcome(self.server, minimumVersion="1.3")["verdict"], "accepted")
        self.assertRegex(self.outcome(self.old, minimumVersion="1.3"), "does not speak TLS 1.3")

    def test_what_fails_is_told_in_words_with_the_key_to_look_at(self):
        for server, tls, key in [
            (self.old, {"minimumVersion": "1.3"}, "endpoint.tls.minimumVersion"), (self.server, self.anchors, "endpoint.tls.anchors"),
            (self.closed, self.anchors, "endpoint.tls.certificate"), (self.other, {}, "partnerTLS"),
        ]:
            with self.subTest(key):
                told = self.outcome(server, **tls)
                self.assertIn(key, told)
                # Where in the sources of a library it failed is nothing to an operator.
                self.assertNotIn("/.build/", told)

    def test_a_reload_takes_another_authority(self):
        dataset = self.files.to("reloaded")
        self.files.add("reloaded", endpoint={"url": self.other.url})
        self.other.answer = lambda call: answered(call, self.files.signers["reloaded"])
        self.world.start("korea")
        self.addCleanup(self.world.stop, "korea")
        _, _, answer = self.world.api("korea", "POST", "/partners/reloaded/send-co", dataset, {"Prefer": "wait=3"})
        self.assertEqual(answer["message"]["state"], "queued", answer)
        self.files.add("reloaded", endpoint={"url": self.other.url, "tls": self.anchors})
        self.world.servers["korea"].send_signal(signal.SIGHUP)
        gateway.until(20, "reloaded", lambda: "[Server] reloaded" in self.world.log_text("korea"))
        state = lambda: self.world.messages("korea", dataset["functionalReferenceId"])[0]["state"]
        gateway.until(30, "acknowledged", lambda: state() == "acknowledged")


if __name__ == "__main__":
    unittest.main()
