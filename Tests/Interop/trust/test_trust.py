"""Whom a gateway believes, and until when: pins and their windows, authorities, standing, grants, environments; and what `check`
and `verify` say about it."""

import datetime
import json
import pathlib
import shutil
import tempfile
import unittest

import yaml

import authority
import gateway
from trust.trust_world import ROOT, GatewayTest, TrustTest, entry, pin


class PinTest(GatewayTest):
    def test_two_certificates_sign_during_a_rollover_and_each_only_in_its_window(self):
        old, new = self.signer(), self.signer()
        day = lambda days: authority.moment(days).date()
        self.reload(certificates=[pin(old, until=day(0)), pin(new, **{"from": day(0)})])
        self.expect("accepted", old)
        self.expect("accepted", new)
        self.reload(certificates=[pin(old, until=day(1)), pin(new, **{"from": day(1)})])
        self.expect("accepted", old)
        self.expect("certificate-not-yet-announced", new, "rule=507", f"announced for {day(1)}T00:00:00")
        self.reload(certificates=[pin(old, until=day(-1)), str(new)])
        self.expect("certificate-retired", old, "rule=508", f"at {day(-1)}T23:59:59")
        self.expect("accepted", new)

    def test_a_window_may_end_at_any_second(self):
        certificate = self.signer()
        self.reload(certificates=[pin(certificate, **{"from": authority.time(-0.01), "until": authority.time(0.01)})])
        self.expect("accepted", certificate)
        self.reload(certificates=[pin(certificate, until=authority.time(-0.0001))])
        self.expect("certificate-retired", certificate)

    def test_a_certificate_that_is_not_for_signing_is_refused_by_what_it_is(self):
        encipherment = self.signer(extensions=authority.SIGNER | {"keyUsage": "critical,keyEncipherment"})
        expired, future = self.signer(days=(-30, -1)), self.signer(days=(1, 30))
        self.reload(certificates=[str(path) for path in (encipherment, expired, future, self.root.certificate)])
        self.expect("certificate-key-usage", encipherment, "rule=504")
        self.expect("certificate-expired", expired, "rule=506")
        self.expect("certificate-not-yet-valid", future, "rule=505")
        self.expect("certificate-is-ca", self.root.certificate, "rule=503")

    def test_signers_with_p384_and_p521_are_accepted(self):
        for curve in ("P-384", "P-521"):
            certificate = self.signer(curve=curve)
            self.reload(certificates=[str(certificate)])
            self.expect("accepted", certificate)

    def test_a_suspended_partner_is_refused_and_not_called(self):
        korea = self.world.pki / "korea-signing"
        self.reload(standing="suspended")
        self.expect("partner-suspended", korea, "rule=701", "suspended")
        dataset = gateway.example(sender=gateway.PARTIES["vietnam"], receiver=gateway.PARTIES["korea"])
        status, _, problem = self.world.api("vietnam", "POST", "/partners/korea/send-co", dataset)
        self.assertEqual(status, 409, problem)
        self.reload(standing="active")
        self.expect("accepted", korea)

    def test_operations_and_agreements_are_granted_by_a_reload(self):
        korea = self.world.pki / "korea-signing"
        self.reload(operations=["send-feedback"])
        self.expect("operation-not-granted", korea, "rule=706", "send-co")
        self.reload(operations=["send-co"], agreements=["ATIGA"])
        self.expect("agreement-not-granted", korea, "rule=707", "RCEP")
        self.reload(operations=["send-co"], agreements=["ATIGA", "RCEP"])
        self.expect("accepted", korea)

    def test_a_broken_partner_file_keeps_the_old_settings(self):
        korea = self.world.pki / "korea-signing"
        self.reload(standing="active")
        for broken, said in [
            ({"standing": "suspendet"}, "did you mean suspended?"), ({"certificates": ["no.pem"]}, "no such file"),
            ({"agreement": ["RCEP"]}, "did you mean agreements?"),
            ({"authorities": [{"anchor": str(self.root.certificate)}]}, "the authority has no subject"),
            ({"certificates": [pin(self.signer(), **{"from": "2027-02-30"})]}, "which is no time"),
        ]:
            self.reload("not reloaded", **broken)
            self.assertIn(said, self.world.log_text("vietnam").splitlines()[-1])
            self.expect("accepted", korea)

    def test_a_partner_bound_to_a_client_certificate_is_refused_over_another(self):
        korea = self.world.pki / "korea-signing"
        for binding in [{"certificates": ["../../pki/korea-tls.pem"]}, {"subject": "cn=Korea  Customs Service Gateway"}]:
            self.reload(client=binding)
            self.expect("accepted", korea, sender="korea")
            self.expect("client-certificate", korea, "rule=708", "CN=localhost", sender="vietnam")
        self.reload()
        self.expect("accepted", korea, sender="vietnam")


class AuthorityTest(GatewayTest):
    def test_what_the_authority_issues_to_the_partner_is_accepted_and_to_nobody_else(self):
        self.trust_authority()
        self.expect("accepted", self.signer())
        self.expect("accepted", self.signer(subject="/O=Korea Customs Service/OU=Clearance/C=KR"))
        self.expect("signer-unknown", self.signer(subject="/C=KR/O=Korea Trading"), "rule=501")
        self.expect("signer-unknown", self.signer(subject="/C=VN/O=Korea Customs Service"))
        self.expect("certificate-expired", self.signer(days=(-30, -1)), "rule=506")
        self.expect("certificate-key-usage", self.signer(extensions=authority.SIGNER | {"keyUsage": "keyAgreement"}), "rule=504")
        self.expect("certificate-is-ca", self.signer(extensions=authority.CA), "rule=503")

    def test_another_authority_of_the_same_name_proves_nothing(self):
        self.trust_authority()
        for name, identifier in [("forged", "hash"), ("forged-too", self.root.identifier())]:
            forged = authority.Authority(self.folder, name, ROOT, identifier=identifier)
            signer = self.signer(forged)
            self.expect("signer-unknown", signer)
            self.expect("signer-unknown", signer, message=authority.with_path(self.message(signer), forged.certificate, signer))

    def test_an_intermediate_comes_from_the_file_or_in_the_message(self):
        between = authority.Authority(self.folder, "between", "/C=KR/O=Korea Root/CN=Between", issuer=self.root)
        signer = self.signer(between)
        self.trust_authority()
        self.expect("signer-unknown", signer)
        self.expect("accepted", signer, message=authority.with_path(self.message(signer), between.certificate, signer))
        self.trust_authority(intermediates=str(between.certificate))
        self.expect("accepted", signer)

    def test_an_expired_intermediate_is_told(self):
        late = authority.Authority(self.folder, "late", "/C=KR/O=Korea Root/CN=Late", issuer=self.root, days=(-30, -1))
        self.trust_authority(intermediates=str(late.certificate))
        self.expect("certificate-path", self.signer(late), "rule=509", "expired (1 above the signer's certificate)")

    def test_name_constraints_bind(self):
        within = "critical,permitted;dirName:permitted\n[permitted]\nC = KR\nO = Korea Customs Service"
        extensions = authority.CA | {"nameConstraints": within}
        bound = authority.Authority(self.folder, "bound", "/C=KR/O=Korea Root/CN=Bound", issuer=self.root, extensions=extensions)
        self.trust_authority(intermediates=str(bound.certificate), subject="C=KR")
        self.expect("accepted", self.signer(bound))
        self.expect("signer-unknown", self.signer(bound, subject="/C=KR/O=Korea Trading"))

    def test_one_authority_serves_two_partners_that_their_subjects_tell_apart(self):
        japan = {"country": "JP", "agency": "Japan Customs"}
        file = self.world.folder / "vietnam/partners/japan.yaml"
        self.addCleanup(file.unlink)
        settings = {"administration": japan, "roles": ["inbound-gateway"], "endpoint": {"url": "https://localhost:1"}}
        file.write_text(yaml.safe_dump(settings | {"authorities": [entry(self.root, subject="O=Japan Customs, C=JP")]}))
        self.trust_authority()
        korean, japanese = self.signer(), self.signer(subject="/C=JP/O=Japan Customs")
        self.expect("accepted", korean, "partner=korea")
        self.expect("sender-mismatch", japanese, "should be Japan Customs (JP)")
        own = self.world.signed(gateway.example(sender=japan), key=japanese.with_suffix(""))
        self.expect("accepted", japanese, "partner=japan", message=own)

    def test_a_renewed_anchor_stands_beside_the_one_that_ended(self):
        root = authority.Authority(self.folder, "renewing", "/C=KR/O=Korea Root/CN=Renewing", days=(-30, -1))
        signer, renewed = self.signer(root), root.renewed(days=300)
        self.trust_authority(root)
        self.expect("certificate-path", signer, "expired")
        self.reload(certificates=[], authorities=[entry(root), entry(root, anchor=str(renewed))])
        self.expect("accepted", signer)


class CheckTest(GatewayTest):
    def check(self, **changes):
        """The report of `check` on Viet Nam's configuration with these changes."""
        path = self.world.configure("vietnam", **changes)
        _, output, errors = gateway.run("check", "--config", path, "--format", "json")
        self.assertEqual(errors, "")
        return json.loads(output)

    def problems(self, **changes):
        return [problem["text"] for problem in self.check(**changes)["problems"]]

    def test_check_says_when_each_certificate_was_last_seen_and_how_long_it_lasts(self):
        used, unused = self.signer(), self.signer(days=(-1, 100.5))
        pins = {"certificates": [str(used), str(unused)]}
        self.reload(**pins)
        before = authority.moment(0)
        self.expect("accepted", used)
        found = {each["file"]: each for each in self.check(partner=pins)["certificates"]}
        seen = datetime.datetime.fromisoformat(found[str(used)]["lastSeen"])
        self.assertLess(abs(seen - before), datetime.timedelta(minutes=1))
        self.assertNotIn("lastSeen", found[str(unused)])
        self.assertEqual((found[str(unused)]["daysLeft"], found[str(unused)]["urgency"]), (100, "fine"))

    def test_check_warns_ahead_of_an_end_that_nothing_succeeds(self):
        for days, urgency in [(61.5, "fine"), (59.5, "soon"), (29.5, "soon"), (6.5, "week"), (-0.5, "ended")]:
            with self.subTest(days=days):
                report = self.check(partner={"certificates": [str(self.signer(days=(-30, days)))]})
                (found,) = [found for found in report["certificates"] if found["owner"] == "korea"]
                self.assertEqual((found["daysLeft"], found["urgency"]), (int(days), urgency))
                told = report["problems"] if urgency == "ended" else report["warnings"]
                self.assertEqual([found["text"] in problem["text"] for problem in told], [] if urgency == "fine" else [True])
        ending, successor = self.signer(days=(-30, 6.5)), self.signer(days=(-1, 300))
        report = self.check(partner={"certificates": [str(ending), str(successor)]})
        self.assertEqual((report["verdict"], report["warnings"]), ("good", []))
        late = pin(successor, **{"from": authority.moment(20).date()})
        report = self.check(partner={"certificates": [str(ending), late]})
        self.assertIn("has no successor", report["warnings"][0]["text"])

    def test_what_is_made_for_another_environment_is_refused(self):
        test = self.signer(subject="/C=KR/O=Korea Customs Service/OU=coconect test")
        identity = {"certificate": str(test), "key": str(test.with_suffix(".key"))}
        anchor = authority.Authority(self.folder, "test", "/C=KR/O=Korea Root/OU=coconect test/CN=Test")
        partners = [{"certificates": [str(test)]}, {"authorities": [entry(anchor)]}, {"client": {"certificates": [str(test)]}}]
        for changes in [{"identity": identity}] + [{"partner": partner} for partner in partners]:
            self.assertIn("is for the environment test, but this gateway is dev", "".join(self.problems(**changes)))
            self.assertEqual(self.problems(environment="test", **changes), [])
        for url, said in [
            ("https://test.coconect.customs.go.kr", ["test.coconect.customs.go.kr is a host of test, but this gateway is dev"]),
            ("https://prod.coconect.customs.go.kr", ["prod.coconect.customs.go.kr is a host of prod, but this gateway is dev"]),
            ("https://dev.coconect.customs.go.kr", []), ("https://tests.customs.go.kr", []),
        ]:
            self.assertEqual(self.problems(partner={"endpoint": {"url": url}}), said)
        public = "https://prod.coconect.customs.gov.vn"
        for url, said in [
            ("https://localhost:8444", ["localhost leads to this machine or to a test, but this gateway is prod"]),
            ("http://prod.coconect.customs.go.kr", ["http://prod.coconect.customs.go.kr is not https, but this gateway is prod"]),
            ("https://prod.coconect.customs.go.kr", []),
        ]:
            self.assertEqual(self.problems(environment="prod", publicURL=public, partner={"endpoint": {"url": url}}), said)


class VerifyTest(TrustTest):
    """The command alone; the folder it trusts holds the root and what each test adds."""

    def setUp(self):
        self.trust = pathlib.Path(tempfile.mkdtemp(dir=self.world.folder))
        shutil.copy(self.root.certificate, self.trust / "root.pem")

    def expect(self, verdict, code, certificate, days=None, signed=0, change=bytes):
        """The verdict on a message signed so many days from now, judged now or so many days from now; its integrity."""
        message = change(self.message(certificate, at=authority.time(signed)))
        at = [] if days is None else ["--at", authority.time(days)]
        status, output, errors = gateway.run("verify", "-", "--trust", self.trust, "--format", "json", *at, input=message)
        self.assertEqual(errors, "")
        report = json.loads(output)
        self.assertEqual((report["verdict"], report.get("code"), status), (verdict, code, 0 if verdict == "good" else 1), report)
        return report["integrity"]

    def test_a_message_stays_good_for_the_time_before_its_certificate_was_revoked(self):
        signer = self.signer()
        self.root.revoke(signer, days=-2)
        shutil.copy(self.root.list("revoked.crl"), self.trust)
        self.expect("good", None, signer, days=-3, signed=-3)
        for days in (-1, None):
            self.assertEqual(self.expect("bad", "certificate-revoked", signer, days=days, signed=days or -3), "intact")
        self.expect("good", None, self.signer())

    def test_a_message_stays_good_for_the_time_before_its_intermediate_was_revoked(self):
        between = authority.Authority(self.folder, "between", "/C=KR/O=Korea Root/CN=Between", issuer=self.root)
        signer = self.signer(between)
        self.root.revoke(between.certificate, days=-2)
        for issuer in (self.root, between):
            shutil.copy(issuer.list(f"{issuer.home.name}.crl"), self.trust)
        brought = lambda message: authority.with_path(message, between.certificate, signer)
        self.expect("bad", "certificate-revoked", signer, days=-1, signed=-1, change=brought)
        self.expect("good", None, signer, days=-3, signed=-3, change=brought)

    def test_a_message_stays_good_for_the_time_before_its_certificate_expired(self):
        signer = self.signer(days=(-30, -5))
        self.expect("good", None, signer, days=-6, signed=-6)
        self.assertEqual(self.expect("bad", "certificate-expired", signer, signed=-6), "intact")

    def test_integrity_is_told_apart_from_trust(self):
        changed = lambda message: message.replace(b">812.500<", b">812.501<")
        self.assertEqual(self.expect("bad", "digest-wrong", self.signer(days=(-30, -5)), change=changed), "broken")

    def test_root_and_intermediate_may_lie_side_by_side(self):
        between = authority.Authority(self.folder, "beside", "/C=KR/O=Korea Root/CN=Beside", issuer=self.root)
        signer = self.signer(between)
        shutil.copy(between.certificate, self.trust / "beside.pem")
        self.expect("good", None, signer)
        self.expect("good", None, signer, change=lambda message: authority.with_path(message, between.certificate, signer))

    def test_a_list_decides_on_a_certificate_that_lies_there_itself(self):
        signer = self.signer()
        shutil.copy(signer, self.trust / "korea.pem")
        self.expect("good", None, signer)
        self.root.revoke(signer)
        shutil.copy(self.root.list("pinned.crl"), self.trust)
        self.expect("bad", "certificate-revoked", signer)


if __name__ == "__main__":
    unittest.main()
