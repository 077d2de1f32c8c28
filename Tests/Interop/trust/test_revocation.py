"""Whether a certificate was revoked: lists in files and at URLs, and OCSP responders."""

import unittest

import authority
import gateway
from trust.trust_world import ROOT, GatewayTest, entry

VERDICTS = {"accepted": None, "certificate-revoked": 23, "no list": 3, "expired list": 12, "forged list": 8}


class RevocationListTest(GatewayTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.bad = cls.signer(), cls.signer()
        cls.root.revoke(cls.bad)
        forged = authority.Authority(cls.folder, "forged", ROOT, identifier=cls.root.identifier())
        other = authority.Authority(cls.folder, "other", "/C=KR/O=Korea Root/CN=Other")
        cls.lists = {
            "current": cls.root.list("current.crl"), "expired": cls.root.list("expired.crl", days=(-9, -1)),
            "forged": forged.list("forged.crl"), "other": other.list("other.crl"),
        }

    def setUp(self):
        self.publisher = authority.Publisher()
        self.addCleanup(self.publisher.close)

    def publish(self, file, root):
        """What the list's URL gives from now on; a reload, until the gateway said whether it read it."""
        self.publisher.files["/root.crl"] = file
        said = lambda: self.world.log_text("vietnam").count(f"={self.publisher.url}/root.crl")
        before = said()
        self.trust_authority(root, revocation={"lists": [self.publisher.url + "/root.crl"]})
        gateway.until(10, "the list asked for", lambda: said() > before)

    def expect_from_list(self, name, certificate, outcome, said=""):
        """Our outcome is the expected one, and `openssl verify -crl_check` comes to the same."""
        done = authority.judge(certificate, self.root.certificate, self.lists[name])
        self.assertEqual(done, VERDICTS[outcome])
        code = outcome if not outcome.endswith("list") else "revocation-unknown"
        self.expect(code, certificate, said)

    def test_a_revocation_list_decides(self):
        self.trust_authority(revocation={"lists": [str(self.lists["current"])]})
        self.expect_from_list("current", self.good, "accepted")
        self.expect_from_list("current", self.bad, "certificate-revoked", "was revoked at ")

    def test_missing_expired_and_forged_lists_are_told_apart(self):
        for name, outcome, said in [
            ("other", "no list", "there is no revocation list of CN=Root"), ("expired", "expired list", "has expired"),
            ("forged", "forged list", "is not signed by it"),
        ]:
            with self.subTest(name):
                self.trust_authority(revocation={"lists": [str(self.lists[name])]})
                self.expect_from_list(name, self.good, outcome, said)
                self.trust_authority(revocation={"lists": [str(self.lists[name])], "unknown": "accept"})
                self.expect("accepted", self.good, "warning=revocation-unknown", said, "message accepted with a warning")

    def test_an_expired_list_does_not_hide_a_revocation(self):
        self.trust_authority(revocation={"lists": [str(self.lists["expired"])], "unknown": "accept"})
        self.expect("certificate-revoked", self.bad)

    def test_a_list_at_a_url_is_fetched_anew_at_a_reload(self):
        root = authority.Authority(self.folder, "publishing", "/C=KR/O=Korea Root/CN=Publishing")
        signer = self.signer(root)
        self.publish(None, root)
        self.expect("revocation-unknown", signer, "there is no revocation list")
        self.publish(root.list("first.crl"), root)
        self.expect("accepted", signer)
        root.revoke(signer)
        second = root.list("second.crl")
        authority.openssl("crl", "-in", second, "-outform", "DER", "-out", root.home / "second.der")
        self.assertEqual(authority.judge(signer, root.certificate, second), VERDICTS["certificate-revoked"])
        self.expect("accepted", signer)
        self.publish(root.home / "second.der", root)
        self.expect("certificate-revoked", signer)
        self.publish(root.certificate, root)
        self.expect("certificate-revoked", signer)

    def test_a_forged_list_does_not_take_the_place_of_a_good_one(self):
        for name in ("current", "forged"):
            self.publish(self.lists[name], self.root)
            self.expect("certificate-revoked", self.bad)

    def test_a_revoked_intermediate_revokes_what_it_issued(self):
        between = authority.Authority(self.folder, "between", "/C=KR/O=Korea Root/CN=Between", issuer=self.root)
        signer = self.signer(between)
        own = str(between.list("between.crl"))
        trust = lambda *lists: self.trust_authority(intermediates=str(between.certificate), revocation={"lists": [own, *lists]})
        trust(str(self.lists["current"]))
        self.expect("accepted", signer)
        self.root.revoke(between.certificate)
        trust(str(self.root.list("later.crl")))
        self.expect("certificate-revoked", signer)
        trust()
        self.expect("revocation-unknown", signer, "there is no revocation list of CN=Root")


class ResponderTest(GatewayTest):
    def setUp(self):
        self.publisher = authority.Publisher()
        self.addCleanup(self.publisher.close)
        self.publisher.answer = self.root.answer
        self.trust_responder()

    def trust_responder(self, **revocation):
        self.trust_authority(revocation={"ocsp": self.publisher.url, **revocation})

    def test_a_responder_is_asked_once_for_several_messages(self):
        signer = self.signer()
        for _ in range(3):
            self.expect("accepted", signer)
        self.assertEqual(self.publisher.questions, 1)

    def test_a_certificate_that_the_responder_calls_revoked_is_refused(self):
        signer = self.signer()
        self.root.revoke(signer)
        self.expect("certificate-revoked", signer, f"(OCSP responder {self.publisher.url})")

    def test_what_the_responder_does_not_know_is_unknown_unless_a_list_knows(self):
        stranger, signer = authority.Authority(self.folder, "stranger", ROOT), self.signer()
        self.publisher.answer = lambda request: self.root.answer(request, index=stranger)
        self.expect("revocation-unknown", signer, "rule=511", "the responder does not know the certificate")
        self.trust_responder(lists=[str(self.root.list("beside.crl"))])
        self.expect("accepted", signer)

    def test_a_forged_answer_is_no_answer(self):
        forged = authority.Authority(self.folder, "forged", ROOT)
        self.publisher.answer = lambda request: self.root.answer(request, signer=forged.certificate)
        self.expect("revocation-unknown", self.signer(), "it is signed neither by the authority nor by a responder of it")

    def test_only_a_responder_that_the_authority_named_may_answer_for_it(self):
        named = self.signer(extensions=authority.SIGNER | {"extendedKeyUsage": "OCSPSigning"})
        self.publisher.answer = lambda request: self.root.answer(request, signer=named)
        self.expect("accepted", self.signer())
        other = self.signer()
        self.publisher.answer = lambda request: self.root.answer(request, signer=other)
        self.expect("revocation-unknown", self.signer(), "it is signed neither by the authority nor by a responder of it")

    def test_without_a_responder_the_partners_file_decides(self):
        signer, down = self.signer(), authority.Publisher()
        down.close()
        for decision, outcome in [("refuse", "revocation-unknown"), ("accept", "accepted")]:
            self.trust_authority(revocation={"ocsp": down.url, "unknown": decision})
            self.expect(outcome, signer, "the OCSP responder did not answer", "revocation-unknown")

    def test_the_signer_of_a_receipt_is_asked_about_too(self):
        identity = self.root.issue("receiver", "/C=VN/O=Viet Nam Customs/CN=Receipts")
        self.world.stop("vietnam")
        self.world.start("vietnam", identity={"certificate": str(identity), "key": str(identity.with_suffix(".key"))})
        trusted = entry(self.root, subject="C=VN", revocation={"ocsp": self.publisher.url})
        self.world.start("korea", partner={"certificates": [], "authorities": [trusted]})
        for _ in range(2):
            _, _, view = self.world.api("korea", "POST", "/partners/vietnam/send-co", gateway.example(), {"Prefer": "wait=20"})
            self.assertEqual(view["message"]["state"], "acknowledged", view)
        self.assertEqual(self.publisher.questions, 1)


if __name__ == "__main__":
    unittest.main()
