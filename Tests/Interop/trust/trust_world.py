"""A world with an authority of Korea's, and Viet Nam's gateway that is told by reloads whom to believe; tests are elsewhere."""

import itertools
import signal
import unittest

from lxml import etree

import authority
import gateway
import xmlsec1

ECO = "{urn:coconect:eco:1}"
ROOT = "/C=KR/O=Korea Root/CN=Root"
CUSTOMS = "/C=KR/O=Korea Customs Service"
SUBJECT = "O=Korea Customs Service, C=KR"
NUMBERS = itertools.count(1)


class TrustTest(unittest.TestCase):
    """A world with an authority, the root, that issues certificates to Korea's customs."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.folder = cls.world.folder / "authorities"
        cls.folder.mkdir()
        cls.root = authority.Authority(cls.folder, "root", ROOT)

    @classmethod
    def signer(cls, issuer=None, subject=CUSTOMS, **options):
        """A new signing certificate of the root or of another authority."""
        number = next(NUMBERS)
        return (issuer or cls.root).issue(f"signer-{number}", f"{subject}/CN=Signing {number}", **options)

    def message(self, certificate, **options):
        return self.world.signed(gateway.example(), key=certificate.with_suffix(""), **options)


class GatewayTest(TrustTest):
    """Viet Nam's gateway runs; what it knows of Korea changes from test to test by SIGHUP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world.start("vietnam")

    def reload(self, expected="reloaded", **partner):
        """Korea's file with these keys, and SIGHUP; waits until the gateway says that it did as expected."""
        self.world.configure("vietnam", partner=partner)
        said = lambda: self.world.log_text("vietnam").count(f"[Server] {expected}")
        before = said()
        self.world.servers["vietnam"].send_signal(signal.SIGHUP)
        gateway.until(20, expected, lambda: said() > before)

    def trust_authority(self, anchor=None, **keys):
        """Korea signs with whatever this authority issues to it."""
        self.reload(certificates=[], authorities=[entry(anchor or self.root, **keys)])

    def answer(self, message, **options):
        """What the gateway makes of a message: `accepted` or the code, and what the log says about it."""
        status, headers, response = self.world.post("vietnam", message, **options)
        lines = self.world.log_text("vietnam").splitlines()
        said = "\n".join(line for line in lines if f"correlation={headers['X-Correlation-ID']}" in line)
        if status == 200:
            return "accepted", said
        envelope = etree.fromstring(response)
        blamed = envelope.findtext(f".//{{{xmlsec1.SOAP['1.2']}}}Code/{{{xmlsec1.SOAP['1.2']}}}Value").split(":")[1]
        code = envelope.findtext(f".//{ECO}Code")
        self.assertEqual(blamed, "Receiver" if code == "revocation-unknown" else "Sender")
        self.assertIn(f"code={code} ", said)
        return code, said

    def expect(self, code, certificate, *words, message=None, **options):
        """A new message signed with this certificate has this outcome; the log holds the words about it."""
        got, said = self.answer(message or self.message(certificate), **options)
        self.assertEqual(got, code, said)
        for word in words:
            self.assertIn(word, said)


def pin(certificate, **window):
    """A certificate as a partner's file names it."""
    return {"file": str(certificate), **window}


def entry(issuer, **keys):
    """An authority as a partner's file names it."""
    return {"anchor": str(issuer.certificate), "subject": SUBJECT, **keys}
