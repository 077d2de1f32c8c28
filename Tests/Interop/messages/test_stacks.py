"""Whole requests of partners' stacks; and what such stacks send that must be refused, by the rule that says so."""

import unittest

import foreign_signer as foreign
from foreign_signer import ENVELOPED
from messages.http_wire import WireCase
from messages.message_layout import Header, Message, endpoint
from messages.stacks import stacks
from xmlsec1 import DS, EXCLUSIVE, RSA_SHA1, SOAP, WSSE, WSU


class StacksTest(WireCase):
    """Whole requests of each stack. Those of gSOAP, zeep, WSS4J, mono and PHP run against us elsewhere; CXF, JAX-WS RI's own security, WCF
    and node-soap cannot run here, so that their requests are rebuilt from what they are known to send. Here all of them are bytes."""

    def test_each_stack_is_accepted(self):
        for version in SOAP:
            for name, stack in stacks(version, self.url).items():
                with self.subTest(stack=name, version=version):
                    self.wire = self.connect()
                    body, expected = self.made(stack.message)
                    start, rest = stack.request(body)
                    self.wire.send(start)
                    if stack.expects_continue:
                        self.assertEqual(self.wire.interim(), 100)
                    self.wire.send(rest)
                    self.assertReceipt(expected, self.wire.answer(), version, body)


class RefusedTest(WireCase):
    def changed(self, old, new, **shape):
        body, _ = self.made(Message(**shape))
        self.assertEqual(body.count(old), 1, old)
        return body.replace(old, new)

    def test_what_signs_too_little(self):
        """akami and XML::Compile::WSS sign the Body alone."""
        for what, rule, shape in [
            ("Timestamp unsigned", (411, "part-not-signed"), {"parts": ("Body",)}),
            ("XML::Compile: no Timestamp", (306, "timestamp-missing"), {"parts": ("Body",), "order": ("Token", "Signature")}),
            ("Body unsigned", (411, "part-not-signed"), {"parts": ("Timestamp",)}),
        ]:
            for version in SOAP:
                with self.subTest(what=what, version=version):
                    self.assertRefused(rule, self.made(Message(version=version, **shape))[0], version)

    def test_algorithms_that_stacks_have_unless_told(self):
        """akami and zeep sign with SHA-1, SignedXml of .NET canonicalizes inclusively, WSS4J's signed token goes through STR-Transform."""
        inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
        for what, shape in {
            "akami": {"parts": ("Body",), "method": RSA_SHA1, "digests": {"Body": "sha1"}},
            "SHA-1 in SignatureMethod": {"method": RSA_SHA1}, "SHA-1 in a digest": {"digests": {"Timestamp": "sha1"}},
            "inclusive in SignedInfo": {"canonicalization": inclusive}, "inclusive in References": {"transforms": (inclusive,)},
            "enveloped and inclusive": {"transforms": (ENVELOPED, inclusive)},
        }.items():
            with self.subTest(what=what):
                self.assertRefused((402, "algorithm-not-allowed"), self.made(Message(**shape))[0])
        for what, uri in {
            "with comments": EXCLUSIVE + "WithComments", "STR-Transform": foreign.OASIS + "soap-message-security-1.0#STR-Transform",
            "1.1": "http://www.w3.org/2006/12/xml-c14n11",
        }.items():
            with self.subTest(what=what):
                body = self.made(Message())[0]
                old = f'<ds:Transform Algorithm="{EXCLUSIVE}">'.encode()
                self.assertRefused((402, "algorithm-not-allowed"), body.replace(old, f'<ds:Transform Algorithm="{uri}">'.encode(), 1))

    def test_what_else_stacks_put_into_security(self):
        user = f'<wsse:UsernameToken xmlns:wsse="{WSSE}"><wsse:Username>korea</wsse:Username></wsse:UsernameToken>'
        for what, rule, order in [
            ("UsernameToken", (303, "security-header-content"), (user, "Token", "Timestamp", "Signature")),
            ("two Timestamps", (307, "timestamp-malformed"), ("Token", f'<u:Timestamp xmlns:u="{WSU}"/>', "Timestamp", "Signature")),
            ("two Signatures", (305, "signature-repeated"), ("Token", "Timestamp", "Signature", f'<d:Signature xmlns:d="{DS}"/>')),
        ]:
            with self.subTest(what=what):
                self.assertRefused(rule, self.made(Message(order=order))[0])

    def test_references_that_are_not_ids(self):
        for what, uri, rule in [
            ("the whole document", b"", (404, "reference-not-allowed")), ("an attachment", b"cid:1@x", (404, "reference-not-allowed")),
            ("nothing of that id", b"#id-7", (408, "signature-wrong")),
        ]:
            with self.subTest(what=what):
                self.assertRefused(rule, self.changed(b'URI="#id-Body"', b'URI="' + uri + b'"'))

    def test_addresses_that_are_not_the_connection_s(self):
        other = "https://example.org/send-co"
        for header in (endpoint("ReplyTo", other), endpoint("FaultTo", other), Header("To", other)):
            with self.subTest(header=header.local):
                parts = ("Body", "Timestamp", header.local)
                self.assertRefused((603, "addressing"), self.made(Message(headers=(header, "Security"), parts=parts))[0])


if __name__ == "__main__":
    unittest.main()
