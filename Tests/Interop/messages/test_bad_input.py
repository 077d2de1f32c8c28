"""What a gateway answers to input that it must not accept: a signed fault with a stable code, and then it goes on."""

import http.client
import subprocess
import time
import unittest

from lxml import etree

import gateway
import xmlsec1

ECO = "{urn:coconect:eco:1}"
LARGE = b"<a>" + b"x" * 5_000_000 + b"</a>"


class BadInputTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("vietnam")
        cls.trust = cls.world.trust("vietnam")

    def tearDown(self):
        """Whatever came before, a good message is still accepted."""
        status, _, response = self.world.post("vietnam", self.world.signed(gateway.example()))
        self.assertEqual(status, 200, response)

    def refused(self, code, body, version="1.2", answer=None, **options):
        """Posts, and expects a signed fault in that version with that code, found again in the log; the fault."""
        options.setdefault("content_type", gateway.CONTENT_TYPES[version])
        status, headers, response = self.world.post("vietnam", body, **options)
        self.assertEqual(status, 500, response)
        answer = answer or version
        self.assertEqual(headers["Content-Type"], gateway.CONTENT_TYPES[answer])
        fault = etree.fromstring(response).find(f"{{{xmlsec1.SOAP[answer]}}}Body/{{{xmlsec1.SOAP[answer]}}}Fault")
        self.assertIsNotNone(fault, response)
        self.assertEqual(fault.findtext(f".//{ECO}Code"), code, etree.tostring(fault))
        self.assertEqual(xmlsec1.verify(response, self.world.pki / "vietnam-signing.pem"), ["Body", "Timestamp"])
        self.assertEqual(self.world.verify(response, self.trust)[0], 0)
        correlation = fault.findtext(f".//{ECO}CorrelationID")
        self.assertEqual(headers["X-Correlation-ID"], correlation)
        (line,) = [line for line in self.lines(correlation) if "message refused" in line]
        self.assertIn(f"code={code} ", line)
        return fault

    def lines(self, correlation):
        return [line for line in self.world.log_text("vietnam").splitlines() if f"correlation={correlation}" in line]

    def refused_in_both(self, code, make, *words, **options):
        """As `refused`, for what a function makes of each version; the faults' text holds the words."""
        faults = []
        for version in gateway.CONTENT_TYPES:
            with self.subTest(code=code, version=version):
                faults.append(self.refused(code, make(version), version, **options))
                for word in words:
                    self.assertIn(word, "".join(faults[-1].itertext()))
        return faults

    def changed(self, version, *changes, dataset=None, **options):
        """A signed message, changed after it was signed."""
        message = self.world.signed(dataset or gateway.example(), version=version, **options)
        for old, new in changes:
            self.assertEqual(message.count(old), 1, old)
            message = message.replace(old, new)
        return message

    # Not a SOAP message

    def test_what_is_no_soap_message_gets_a_fault_that_says_what_it_is(self):
        json = gateway.EXAMPLE.read_bytes()
        for code, body in [
            ("empty-message", b""), ("not-well-formed", b"hello"), ("not-well-formed", json), ("not-well-formed", b"<a><b></a>"),
            ("not-soap", b"<SendCO xmlns='urn:coconect:eco:1'/>"), ("message-too-large", LARGE),
            ("soap-version", b"<e:Envelope xmlns:e='urn:other'><e:Body/></e:Envelope>"),
            ("not-well-formed", b"<a>\xff\xfe\xfd</a>"), ("encoding", b'<?xml version="1.0" encoding="EBCDIC"?><a/>'),
        ]:
            self.refused_in_both(code, lambda version: body)

    def test_other_content_types_get_a_plain_415_with_a_correlation_id(self):
        message = self.world.signed(gateway.example())
        for content_type, named in [
            ("application/json; charset=utf-8", "application/json"), ("text/plain", "text/plain"),
            ("application/xml", "application/xml"),
            ("application/soap+xml; charset=iso-8859-1", "iso-8859-1"),
            (None, "no Content-Type"),
        ]:
            with self.subTest(content_type=content_type):
                headers = {"Content-Type": content_type} if content_type else {}
                sent = gateway.EXAMPLE.read_bytes() if "json" in named else message
                status, answered, body = self.request("POST", "/send-co", sent, headers)
                self.assertEqual((status, answered["Content-Type"]), (415, "text/plain; charset=utf-8"))
                self.assertIn(named, body.decode())
                self.assertIn(f"correlation={answered['X-Correlation-ID']} ", self.world.log_text("vietnam"))

    def test_a_soap_12_envelope_sent_as_text_xml_gets_a_soap_12_fault_that_names_both(self):
        fault = self.refused("media-type", self.changed("1.2"), "1.1", answer="1.2")
        self.assertIn("The Content-Type is text/xml, but this SOAP version's is application/soap+xml", "".join(fault.itertext()))

    # Other methods

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection(
            "localhost", self.world.ports["vietnam"]["soap"], timeout=60, context=self.world.client_context("korea")
        )
        self.addCleanup(connection.close)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    def test_methods_and_addresses_that_hold_nothing(self):
        for method, path, expected in [
            ("GET", "/send-co", 405), ("GET", "/send-co?other", 405), ("PUT", "/send-co", 405), ("DELETE", "/send-co?wsdl", 405),
            ("GET", "/?wsdl", 404), ("GET", "/send-c0?wsdl", 404), ("GET", "/", 404), ("GET", "/../etc/passwd", 404),
        ]:
            with self.subTest(method=method, path=path):
                status, headers, body = self.request(method, path)
                self.assertEqual((status, headers["Content-Type"]), (expected, "text/plain; charset=utf-8"))
                self.assertIn("/send-co?wsdl" if expected == 404 else "?wsdl", body.decode())

    def test_an_answer_to_head_has_no_body(self):
        """A body would be taken for the start of the next answer on the same connection."""
        connection = http.client.HTTPSConnection(
            "localhost", self.world.ports["vietnam"]["soap"], timeout=60, context=self.world.client_context("korea")
        )
        self.addCleanup(connection.close)
        for method in ["HEAD", "GET"]:
            connection.request(method, "/send-co?wsdl")
            with connection.getresponse() as response:
                self.assertEqual((response.status, bool(response.read())), (200, method == "GET"))

    # The operation

    def test_an_unknown_address_gets_a_fault_with_the_nearest(self):
        self.refused_in_both("unknown-operation", self.changed, "did you mean /send-co?", path="/send-c0")

    def test_a_message_at_the_address_of_another_operation_is_refused(self):
        words = "Body holds SendCO, but the address says send-feedback"
        self.refused_in_both("operation-mismatch", self.changed, words, path="/send-feedback")

    def test_a_soap_action_that_names_another_operation_is_refused(self):
        action = "urn:coconect:eco:1:SendFeedback"
        self.refused("operation-mismatch", self.changed("1.1"), "1.1", headers={"SOAPAction": f'"{action}"'})
        self.refused(
            "operation-mismatch", self.changed("1.2"), content_type=f'{gateway.CONTENT_TYPES["1.2"]}; action="{action}"'
        )

    def test_an_unknown_element_in_body_is_refused(self):
        self.refused("unknown-operation", xmlsec1.sign(
            b"<SendC0 xmlns='urn:coconect:eco:1'/>", self.world.pki / "korea-signing.key", self.world.pki / "korea-signing.pem"
        ))

    # The signature

    def test_an_unsigned_message_is_refused(self):
        def unsigned(version):
            envelope = etree.fromstring(self.changed(version))
            envelope.remove(envelope[0])
            return etree.tostring(envelope)

        self.refused_in_both("security-header-missing", unsigned, "wsse:InvalidSecurity")

    def test_an_unknown_signer_is_refused(self):
        status, _, errors = gateway.run("identity", "new", "stranger-signing", "--out", self.world.pki, "--subject", "A stranger")
        self.assertEqual(status, 0, errors)
        make = lambda version: self.changed(version, key="stranger-signing")
        self.refused_in_both("signer-unknown", make, "wsse:SecurityTokenUnavailable")

    def test_a_message_from_the_past_or_the_future_is_refused(self):
        for code, moment in [("timestamp-expired", "2026-01-01T00:00:00Z"), ("timestamp-in-future", "2096-01-01T00:00:00Z")]:
            make = lambda version: self.changed(version, at=moment)
            self.refused_in_both(code, make, "wsse:MessageExpired", "this server's time")

    def test_the_log_says_what_was_done_to_a_message_on_its_way(self):
        """At the most once in ten seconds."""
        message = self.world.signed(gateway.example())
        indented = subprocess.run(["xmllint", "--format", "-"], input=message, stdout=subprocess.PIPE, check=True).stdout

        def explained():
            fault = self.refused("signature-wrong", indented)
            correlation = fault.findtext(f".//{ECO}CorrelationID")
            time.sleep(2)
            return any("cause=re-indented" in line for line in self.lines(correlation))

        self.assertTrue(gateway.until(40, "why it was refused", explained))

    def test_one_changed_digit_is_found(self):
        make = lambda version: self.changed(version, (b">812.500<", b">812.501<"))
        self.refused_in_both("digest-wrong", make, "wsse:FailedCheck")

    def test_one_changed_bit_of_the_signature_is_found(self):
        def with_other_signature(version):
            message = self.changed(version)
            place = message.index(b"<ds:SignatureValue>") + 60
            return message[:place] + (b"B" if message[place:place + 1] == b"A" else b"A") + message[place + 1:]

        self.refused_in_both("signature-wrong", with_other_signature, "wsse:FailedCheck")

    def test_an_id_that_stands_twice_is_refused(self):
        make = lambda version: self.changed(version, (b'wsu:Id="X509"', b'wsu:Id="Body"'))
        self.refused_in_both("duplicate-id", make, "Body")

    def test_a_document_type_is_refused(self):
        for definition in [b"<!DOCTYPE a>", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"]:
            self.refused_in_both("doctype", lambda version: definition + self.changed(version))
            self.refused("doctype", (definition + self.changed("1.2")).decode().encode("utf-16"))

    # The dataset

    def test_a_dataset_with_problems_is_refused_with_the_place_of_each(self):
        for change, code, place in [
            ((b"<TypeCode>861</TypeCode><Preferential>", b"<Preferential>"), "missing-element", "TypeCode"),
            ((b"<HSVersion>2022<", b"<HSVersion>2023<"), "code-list", "HSVersion"),
            ((b"<Amount>9087.005<", b"<Amount>9,087<"), "format", "GoodsItem[2]/Value/Amount"),
            ((b"<HSVersion>", b"<HSVersio>x</HSVersio><HSVersion>"), "unknown-element", "HSVersio"),
        ]:
            make = lambda version: self.world.signed_by_xmlsec1(gateway.example(), change, version=version)
            for fault in self.refused_in_both("dataset", make):
                (problem,) = fault.iter(f"{ECO}Problem")
                self.assertEqual(problem.findtext(f"{ECO}Code"), code)
                self.assertTrue(problem.findtext(f"{ECO}Place").endswith("/SendCO/" + place), problem.findtext(f"{ECO}Place"))

    def test_another_sender_than_the_signer_is_refused(self):
        dataset = gateway.example(sender={"country": "JP", "agency": "Japan Customs"})
        self.refused_in_both("sender-mismatch", lambda version: self.changed(version, dataset=dataset), "Japan Customs")

    def test_a_message_to_another_administration_is_refused(self):
        dataset = gateway.example(receiver={"country": "JP", "agency": "Japan Customs"})
        self.refused_in_both("receiver-mismatch", lambda version: self.changed(version, dataset=dataset), "Japan Customs")


class RoleTest(unittest.TestCase):
    def test_an_operation_that_our_role_does_not_provide_is_refused_by_name(self):
        world = gateway.World()
        self.addCleanup(world.close)
        world.start("vietnam", partner={"roles": ["outbound-gateway"]})
        status, _, response = world.post("vietnam", world.signed(gateway.example()))
        fault = etree.fromstring(response)
        self.assertEqual((status, fault.findtext(f".//{ECO}Code")), (500, "operation-not-provided"))
        self.assertIn("The operation send-co is not provided to you", "".join(fault.itertext()))


if __name__ == "__main__":
    unittest.main()
