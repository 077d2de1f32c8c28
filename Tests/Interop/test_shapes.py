"""Every shape that partner stacks give their requests, each correctly signed by a foreign hand: accepted as sent, with a receipt for its
Body. What such stacks send that must be refused is refused by the rule that says so."""

import dataclasses
import datetime
import itertools
import re
import types
import unittest

from lxml import etree

import foreign_signer as foreign
import gateway
import shapes
from foreign_signer import DS, ECO, ENVELOPED
from shapes import ACTION, ANONYMOUS_2004, Header, Message, Wire, addressing, chunks, content_type, endpoint, head, length, lines
from xmlsec1 import EXCLUSIVE, RSA_SHA1, SOAP, WSA, WSSE, WSU

UNKNOWN = '<t:Trace xmlns:t="urn:example:trace"{}>7</t:Trace>'
REMARK = "Đồng Nai, 한국 𠮷 – €"
NEXT = {"1.1": "http://schemas.xmlsoap.org/soap/actor/next", "1.2": SOAP["1.2"] + "/role/next"}


class ShapesCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.signer = foreign.Signer(cls.world.pki, "foreign")
        cls.world.start("vietnam", partner={"certificates": ["../../pki/foreign.pem"]})
        cls.receiver = types.SimpleNamespace(pem=(cls.world.pki / "vietnam-signing.pem").read_bytes())
        cls.content = foreign.content_of(gateway.example(remarks=[REMARK]))
        cls.url = cls.world.soap_url("vietnam") + "/send-co"

    def setUp(self):
        self.wire = self.connect()

    def connect(self):
        wire = Wire(self.world)
        self.addCleanup(wire.close)
        return wire

    def signed(self, message):
        """A message with an id of its own, and what its receipt must give back."""
        content = foreign.with_own_id(self.content)
        body, digest = message.signed(self.signer, content)
        return body, (re.search(rb"<FunctionalReferenceID>([^<]*)", content)[1].decode(), digest)

    def made(self, message):
        """As `signed`; xmlsec must agree that it is signed well."""
        body, expected = self.signed(message)
        self.assertTrue(foreign.xmlsec_accepts(etree.fromstring(body), self.signer), body)
        return body, expected

    def request(self, body, version, *fields, parameters="; charset=utf-8"):
        return head(content_type(version, parameters), length(body), *fields) + body

    def assertReceipt(self, expected, answer, version, body=b""):
        """A signed receipt for this message."""
        envelope = etree.fromstring(answer.body)
        receipt = envelope.find(f"{{{SOAP[version]}}}Body/*/{ECO}Receipt")
        if receipt is None:
            self.fail(f"{answer.status} {answer.body.decode()}\n{self.world.log_text('vietnam').splitlines()[-1]}\n{body}")
        self.assertEqual((answer.status, answer.headers.get_content_type()), (200, shapes.MEDIA_TYPES[version]))
        found = tuple(receipt.findtext(f".//{ECO}{name}") for name in ("FunctionalReferenceID", "DigestValue"))
        self.assertEqual(found, expected)
        self.assertTrue(foreign.xmlsec_accepts(envelope, self.receiver))

    def assertAccepted(self, message, **options):
        body, expected = self.made(message)
        self.wire.send(self.request(body, message.version, **options))
        self.assertReceipt(expected, self.wire.answer(), message.version, body)

    def assertRefused(self, rule, body, version="1.2"):
        """A signed fault that names the rule; the fault."""
        self.wire.send(self.request(body, version))
        answer = self.wire.answer()
        envelope = etree.fromstring(answer.body)
        fault = envelope.find(f"{{{SOAP[version]}}}Body/{{{SOAP[version]}}}Fault")
        self.assertIsNotNone(fault, answer.body)
        self.assertEqual((answer.status, int(fault.findtext(f".//{ECO}Rule")), fault.findtext(f".//{ECO}Code")), (500, *rule))
        self.assertTrue(foreign.xmlsec_accepts(envelope, self.receiver))
        return fault


class LayoutTest(ShapesCase):
    def test_security_stands_anywhere_in_header_with_its_children_in_any_order(self):
        parts = ("Body", "Timestamp", "To", "Action", "ReplyTo")
        for place, order in itertools.product(range(4), itertools.permutations(["Token", "Timestamp", "Signature"])):
            with self.subTest(place=place, order=order):
                headers = list(addressing(self.url))
                headers.insert(place, "Security")
                self.assertAccepted(Message(version="1.1" if place % 2 else "1.2", headers=tuple(headers), order=order, parts=parts))

    def test_prefixes_are_spelled_as_each_stack_likes(self):
        for what, spelling in {
            "dsig": {"ds": "dsig"}, "of WCF": {"soap": "s", "wsse": "o", "wsu": "u", "id": "u", "ds": "", "wsa": "a"},
            "no prefix for Envelope": {"soap": ""}, "no prefix for Signature": {"ds": ""}, "no prefix for Timestamp": {"wsu": ""},
            "no prefix but for attributes": {"soap": "", "wsse": "", "wsu": "", "ds": "", "wsa": ""},
            "the prefix of another namespace": {"soap": "wsse", "wsse": "wsu", "wsu": "ds", "id": "ds", "ds": "soap"},
            "not ASCII": {"soap": "信封", "wsse": "é", "wsu": "_", "id": "_", "ds": "x.1-y", "wsa": "adressé"},
            "all of them on Envelope": {"envelope": {"wsse": WSSE, "wsu": WSU, "ds": DS, "wsa": WSA, "ec": EXCLUSIVE}},
        }.items():
            for version in SOAP:
                with self.subTest(what=what, version=version):
                    parts = ("Body", "Timestamp", "Action")
                    self.assertAccepted(Message(version=version, headers=(*addressing(self.url), "Security"), parts=parts, **spelling))

    def test_ids_are_spelled_as_each_stack_likes(self):
        spellings = ["{}", "_{}", "id-3.{}-x", "uuid-3b241101-e2bb-4255-8caf-4136c566a962-{}", "पहचान{}"]
        for id, ids in itertools.product(["wsu", ""], spellings):
            with self.subTest(id=id, ids=ids):
                self.assertAccepted(Message(id=id, ids=ids))

    def test_prefix_lists_may_name_what_is_not_there_and_differ_by_part(self):
        envelope = {"wsse": WSSE, "wsu": WSU, "xsi": "http://www.w3.org/2001/XMLSchema-instance", "S": SOAP["1.2"]}
        for what, prefix_lists in {
            "none": {}, "empty": {"": ""}, "soap": {"": "soap"}, "wsse soap": {"": "wsse soap"}, "JAX-WS": {"": "#default S SOAP-ENV"},
            "WSS4J": {"SignedInfo": "soap", "Body": "", "Timestamp": "wsse soap"}, "in SignedInfo alone": {"SignedInfo": "xsi soap"},
            "of parts alone": {"Body": "xsi #default", "Timestamp": "#default"},
            "repetition": {"": "soap xsi soap"}, "32": {"": " ".join(f"p{number}" for number in range(32))},
        }.items():
            for soap in ("soap", ""):
                with self.subTest(what=what, soap=soap):
                    self.assertAccepted(Message(soap=soap, envelope=envelope, prefix_lists=prefix_lists))

    def test_white_space_of_a_prefix_list_is_no_prefix(self):
        """libxmlsec1 reads an empty prefix, as if it were #default, at the ends and between two blanks: no judge of these."""
        for soap, prefixes in itertools.product(["soap", ""], ["\n\t soap   xsi \n", "xsi  env", " ", "xsi "]):
            with self.subTest(soap=soap, prefixes=prefixes):
                message = Message(soap=soap, prefix_lists={"": prefixes}, envelope={"xsi": "http://www.w3.org/2001/XMLSchema-instance"})
                body, expected = self.signed(message)
                self.wire.send(self.request(body, "1.2"))
                self.assertReceipt(expected, self.wire.answer(), "1.2", body)

    def test_enveloped_signature_stands_beside_exclusive_canonicalization(self):
        for id, version in itertools.product(["wsu", ""], SOAP):
            with self.subTest(id=id, version=version):
                self.assertAccepted(Message(version=version, id=id, transforms=(ENVELOPED, EXCLUSIVE)))

    def test_base64_comes_in_lines(self):
        for what, spelling in {
            "LF": lines("\n", 64), "CR LF": lines("\r\n"), "&#13; as of SAAJ": lines("&#13;\n"), "&#xD; alone": lines("&#xD;"),
            "indented": lambda base64: "\n    " + lines("\n    ")(base64) + "\n  ", "tabs": lines("\t", 4), "single": lines(" ", 1),
        }.items():
            with self.subTest(what=what):
                self.assertAccepted(Message(base64=spelling, key="X509Data"))
                self.assertAccepted(Message(base64=spelling))

    def test_the_certificate_is_named_as_wss4j_and_zeep_do_without_a_token(self):
        for key, ds, labels in itertools.product(["IssuerSerial", "X509Data"], ["ds", ""], [None, "{}-1"]):
            with self.subTest(key=key, ds=ds, labels=labels):
                self.assertAccepted(Message(key=key, ds=ds, labels=labels, order=("Signature", "Timestamp")))

    def test_digests_may_be_longer_and_differ(self):
        for body, timestamp in itertools.product(["sha256", "sha384", "sha512"], repeat=2):
            with self.subTest(body=body, timestamp=timestamp):
                self.assertAccepted(Message(digests={"Body": body, "Timestamp": timestamp}))

    def test_white_space_comments_and_declarations_stand_around_what_is_signed(self):
        for what, spelling in {
            "declaration": {"start": '<?xml version="1.0" encoding="UTF-8"?>'},
            "single quotes": {"start": "<?xml version='1.0' encoding='utf-8'?>\n"},
            "standalone": {"start": '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\r\n'},
            "standalone without encoding": {"start": "<?xml version='1.0' standalone='yes' ?>"},
            "version alone": {"start": '<?xml version="1.0"?>\n\n'},
            "comments around": {"start": "<!-- sent by hand -->\n", "end": "\n<!-- end -->\n"},
            "line feed at the end": {"end": "\n"}, "blanks at the end": {"end": " \r\n\t\r\n"},
            "line feeds": {"gap": "\n", "signature_gap": "\n"}, "CR LF and tabs": {"gap": "\r\n\t", "signature_gap": "\r\n\t\t"},
            "comments in Header and Security": {"headers": ("<!-- no header -->", "Security"), "gap": "<!-- gap -->"},
        }.items():
            for version in SOAP:
                with self.subTest(what=what, version=version):
                    self.assertAccepted(Message(version=version, **spelling))

    def test_attributes_of_old_soap_stacks_on_envelope_and_body(self):
        encoding = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
        body, expected = self.made(Message(version="1.1"))
        changed = body.replace(b"<soap:Envelope ", f"<soap:Envelope {encoding} ".encode())
        self.wire.send(self.request(changed, "1.1"))
        self.assertReceipt(expected, self.wire.answer(), "1.1", changed)


class TimestampTest(ShapesCase):
    def test_fractions_and_offsets(self):
        def fraction(digits):
            return lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.{'123456789'[:digits]}Z"

        def zoned(minutes, suffix):
            zone = datetime.timezone(datetime.timedelta(minutes=minutes))
            return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") + suffix

        zones = {"+00:00": 0, "-00:00": 0, "+09:00": 540, "-05:30": -330, "+14:00": 840, ".5+07:00": 420, "": 0}
        clocks = {f"{digits} digits": fraction(digits) for digits in range(1, 10)}
        clocks |= {f"offset {suffix}": zoned(minutes, suffix) for suffix, minutes in zones.items()}
        clocks["white space"] = lambda moment: f"\n  {shapes.seconds(moment)}\n "
        for what, clock in clocks.items():
            with self.subTest(what=what):
                self.assertAccepted(Message(clock=clock))

    def test_expires_is_absent_near_or_far(self):
        for lifetime in (None, 30, 60, 300, 600, 3600, 86400):
            with self.subTest(lifetime=lifetime):
                self.assertAccepted(Message(lifetime=lifetime))


class AddressingTest(ShapesCase):
    def variants(self):
        identified = {what: Header("MessageID", value) for what, value in {
            "urn:uuid": "urn:uuid:3b241101-e2bb-4255-8caf-4136c566a962", "uuid": "uuid:3b241101-e2bb-4255-8caf-4136c566a962",
            "another URI": "http://example.org/messages/7",
        }.items()}
        fault = endpoint("FaultTo")
        more = "<wsa:ReferenceParameters><x:Key xmlns:x='urn:example:x'>7</x:Key></wsa:ReferenceParameters><wsa:Metadata/>"
        return {
            "no MessageID": addressing(self.url), **{what: addressing(self.url, header) for what, header in identified.items()},
            "ReplyTo of 2004/08": (*addressing(self.url)[:2], endpoint("ReplyTo", ANONYMOUS_2004)), "FaultTo": addressing(self.url, fault),
            "From": addressing(self.url, endpoint("From")),
            "reference parameters": (endpoint("ReplyTo", more=more),),
            "Action alone": (Header("Action", ACTION),), "white space": (Header("Action", f"\n  {ACTION}\n"),),
            "must be understood": addressing(self.url, identified["urn:uuid"], fault, must="1"),
        }

    def test_headers_signed_and_unsigned(self):
        for (what, headers), version, is_signed in itertools.product(self.variants().items(), SOAP, [True, False]):
            with self.subTest(what=what, version=version, is_signed=is_signed):
                parts = ("Body", "Timestamp", *(header.local for header in headers if is_signed))
                self.assertAccepted(Message(version=version, headers=(*headers, "Security"), parts=parts))

    def test_headers_of_the_addressing_of_2004_are_others_that_need_not_be_understood(self):
        old = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
        headers = "".join(f'<w:{local} xmlns:w="{old}">{value}</w:{local}>' for local, value in [("Action", ACTION), ("To", self.url)])
        self.assertAccepted(Message(version="1.1", headers=(headers, "Security")))


class HeadersTest(ShapesCase):
    def other_security(self, message, content):
        """A Security header for somebody else on the way, with what we would not take."""
        return f'<wsse:Security xmlns:wsse="{WSSE}"{message.attributes("1", "urn:example:archive")}>{content}</wsse:Security>'

    def test_what_is_for_others_or_need_not_be_understood_is_passed_over(self):
        user = "<wsse:UsernameToken><wsse:Username>korea</wsse:Username></wsse:UsernameToken>"
        for version in SOAP:
            message = Message(version=version)
            other = self.other_security(message, user)
            for what, header in {
                "no mustUnderstand": UNKNOWN.format(""), "mustUnderstand 0": UNKNOWN.format(message.attributes("0")),
                "for next": UNKNOWN.format(message.attributes("0", NEXT[version])),
                "for another": UNKNOWN.format(message.attributes("1", "urn:example:archive")),
                "Security for another": other, "for two others": other + other.replace("archive", "monitor"), "WCF's": shapes.WCF_CAUSALITY,
            }.items():
                for headers in ((header, "Security"), ("Security", header), (header.replace("archive", "first"), "Security", header)):
                    with self.subTest(what=what, version=version, headers=headers):
                        self.assertAccepted(dataclasses.replace(message, headers=headers))

    def test_a_signature_for_another_stands_behind_ours(self):
        for version in SOAP:
            message = Message(version=version)
            other = self.other_security(message, f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo/></ds:Signature>')
            self.assertAccepted(dataclasses.replace(message, headers=("Security", other)))

    def test_security_is_for_us_without_a_role_or_with_one_that_every_receiver_has(self):
        for version, role, must in [
            ("1.1", None, ""), ("1.1", None, "0"), ("1.1", "", "1"), ("1.1", "http://schemas.xmlsoap.org/soap/actor/next", "1"),
            ("1.2", None, "true"), ("1.2", None, "false"), ("1.2", None, ""), ("1.2", SOAP["1.2"] + "/role/next", "1"),
            ("1.2", SOAP["1.2"] + "/role/ultimateReceiver", "true"),
        ]:
            with self.subTest(version=version, role=role, must=must):
                self.assertAccepted(Message(version=version, role=role, must=must))

    def test_what_must_be_understood_and_is_not_gets_the_standard_s_fault(self):
        for version, must in [("1.1", "1"), ("1.2", "1"), ("1.2", "true")]:
            for role in (None, NEXT[version]):
                with self.subTest(version=version, must=must, role=role):
                    message = Message(version=version)
                    headers = ("Security", UNKNOWN.format(message.attributes(must, role)))
                    body, _ = self.made(dataclasses.replace(message, headers=headers))
                    fault = self.assertRefused((204, "header-not-understood"), body, version)
                    code = fault.findtext("faultcode") or fault.findtext("{*}Code/{*}Value")
                    prefix, local = code.split(":")
                    self.assertEqual((fault.nsmap[prefix], local), (SOAP[version], "MustUnderstand"))
                    self.assertIn("Trace", "".join(fault.itertext()))


class EncodingTest(ShapesCase):
    def test_utf_8_and_utf_16_with_and_without_declaration_and_charset(self):
        declarations = {"utf-8": ["", "UTF-8", "utf-8"], "utf-16": ["", "UTF-16", "utf-16"]}
        encodings = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
        charsets = {
            "utf-8": ["", "; charset=utf-8", "; charset=UTF-8", '; charset="utf-8"', ";charset=Utf-8"],
            "utf-16": ["", "; charset=utf-16", ";charset=UTF-16"],
        }
        for encoding, name in encodings.items():
            for declaration, charset, version in itertools.product(declarations[name], charsets[name], SOAP):
                with self.subTest(encoding=encoding, declaration=declaration, charset=charset, version=version):
                    mark = "\ufeff" if name == "utf-16" else ""
                    start = mark + (f'<?xml version="1.0" encoding="{declaration}"?>' if declaration else "")
                    self.assertAccepted(Message(version=version, encoding=encoding, start=start), parameters=charset)


class HTTPTest(ShapesCase):
    def accept(self, version, *fields, http="1.1", **options):
        """Sends a message under those fields; the answer."""
        body, expected = self.made(Message(version=version))
        self.wire.send(head(*fields, length(body), http=http, **options) + body)
        answer = self.wire.answer()
        self.assertReceipt(expected, answer, version, body)
        return answer

    def test_the_action_is_said_in_every_spelling_or_not_at_all(self):
        spellings = ["SOAPAction:", 'SOAPAction: ""', f'SOAPAction: "{ACTION}"', f"SOAPAction: {ACTION}", f'soapaction:"{ACTION}"']
        actions = [(), *((spelling,) for spelling in spellings)]
        types = {
            "1.1": ["text/xml", "text/xml; charset=utf-8", "Text/XML;charset=UTF-8", 'text/xml; charset="utf-8"', "text/xml;"],
            "1.2": [
                "application/soap+xml", f'application/soap+xml; charset=utf-8; action="{ACTION}"',
                f'application/soap+xml; action="{ACTION}"; charset=UTF-8', f'application/soap+xml;charset=utf-8;action="{ACTION}"',
                f"application/soap+xml; charset=utf-8; action={ACTION}", 'application/soap+xml; action=""; charset=utf-8',
                f'Application/SOAP+XML; Charset="UTF-8"; Action="{ACTION}"',
            ],
        }
        for version in SOAP:
            for kind, action in itertools.product(types[version], actions):
                with self.subTest(kind=kind, action=action):
                    self.accept(version, f"Content-Type: {kind}", *action)

    def test_other_fields_and_addresses_do_not_matter(self):
        for what, fields, target in [
            ("gzip offered", ["Accept-Encoding: gzip, deflate", "Accept: multipart/related, text/xml, */*; q=.2"], "/send-co"),
            ("identity", ["Content-Encoding: identity"], "/send-co"), ("absolute form", [], "https://localhost/send-co"),
            ("of Java", ["User-Agent: Apache-CXF/4.0", "Pragma: no-cache", "Cache-Control: no-cache", "Accept: */*"], "/send-co"),
            ("of PHP", ["Connection: Keep-Alive", "User-Agent: PHP-SOAP/8.2"], "/send-co"),
            ("trailers wanted", ["TE: trailers", "Connection: TE"], "/send-co"), ("query", [], "/send-co?from=korea"),
            ("cookie and old fields", ["Cookie: JSESSIONID=1", "MIME-Version: 1.0", "Content-Transfer-Encoding: 8bit"], "/send-co"),
        ]:
            with self.subTest(what=what):
                answer = self.accept("1.1", content_type("1.1"), *fields, target=target)
                self.assertIsNone(answer.headers["Content-Encoding"])

    def test_the_server_says_continue_before_the_body_is_sent(self):
        for expectation, version, is_chunked in itertools.product(["100-continue", "100-Continue"], SOAP, [False, True]):
            with self.subTest(expectation=expectation, version=version, is_chunked=is_chunked):
                self.wire = self.connect()
                body, expected = self.made(Message(version=version))
                framing = "Transfer-Encoding: chunked" if is_chunked else length(body)
                self.wire.send(head(content_type(version), framing, f"Expect: {expectation}"))
                self.assertEqual(self.wire.interim(), 100)
                self.wire.send(chunks(body, 4096) if is_chunked else body)
                self.assertReceipt(expected, self.wire.answer(), version, body)

    def test_a_client_that_does_not_wait_for_continue_is_served_too(self):
        body, expected = self.made(Message())
        self.wire.send(self.request(body, "1.2", "Expect: 100-continue"))
        answer = self.wire.answer()
        self.assertReceipt(expected, answer, "1.2", body)
        self.accept("1.2", content_type("1.2"))

    def test_the_body_comes_in_chunks(self):
        for what, sizes, options in [
            ("one", [10**6], {}), ("many", [1000], {}), ("of every size", [1, 2, 15, 16, 17, 4096], {}), ("of one byte", [1], {}),
            ("extension", [2048], {"extension": ';part="1"'}), ("capital digits and zeros", [171], {"spelling": "{:08X}"}),
            ("trailer", [3000], {"trailer": "X-Checksum: 7\r\n"}),
        ]:
            for name in ("Transfer-Encoding: chunked", "transfer-encoding: Chunked"):
                with self.subTest(what=what, name=name):
                    body, expected = self.made(Message())
                    self.wire.send(head(content_type("1.2"), name) + chunks(body, *sizes, **options))
                    self.assertReceipt(expected, self.wire.answer(), "1.2", body)

    def test_bytes_come_as_slowly_as_the_net_has_them(self):
        body, expected = self.made(Message())
        request = self.request(body, "1.2")
        for start in range(0, len(request), 97):
            self.wire.send(request[start:start + 97])
        self.assertReceipt(expected, self.wire.answer(), "1.2", body)

    def test_two_requests_are_sent_before_the_first_answer_is_read(self):
        made = [self.made(Message()) for _ in range(2)]
        self.wire.send(b"".join(self.request(body, "1.2") for body, _ in made))
        for body, expected in made:
            self.assertReceipt(expected, self.wire.answer(), "1.2", body)

    def test_http_1_0_is_answered_as_it_asks(self):
        for fields, stays in [([], False), (["Connection: close"], False), (["Connection: keep-alive"], True)]:
            with self.subTest(fields=fields):
                self.wire = self.connect()
                answer = self.accept("1.1", content_type("1.1"), *fields, http="1.0")
                self.assertIsNone(answer.headers["Transfer-Encoding"])
                if stays and (answer.headers["Connection"] or "").lower() == "keep-alive":
                    self.accept("1.1", content_type("1.1"), *fields, http="1.0")
                else:
                    self.assertTrue(self.wire.has_ended())

    def test_connection_close_ends_the_connection_after_the_answer(self):
        for fields in (["Connection: close"], ["Connection: Close"], ["Connection: close, TE", "TE: trailers"]):
            with self.subTest(fields=fields):
                self.wire = self.connect()
                self.accept("1.2", content_type("1.2"), *fields)
                self.assertTrue(self.wire.has_ended())


class StacksTest(ShapesCase):
    """Whole requests of each stack. Those of gSOAP, zeep, WSS4J, mono and PHP run against us elsewhere; CXF, JAX-WS RI's own security, WCF
    and node-soap cannot run here, so that their requests are rebuilt from what they are known to send. Here all of them are bytes."""

    def test_each_stack_is_accepted(self):
        for version in SOAP:
            for name, stack in shapes.stacks(version, self.url).items():
                with self.subTest(stack=name, version=version):
                    self.wire = self.connect()
                    body, expected = self.made(stack.message)
                    start, rest = stack.request(body)
                    self.wire.send(start)
                    if stack.expects_continue:
                        self.assertEqual(self.wire.interim(), 100)
                    self.wire.send(rest)
                    self.assertReceipt(expected, self.wire.answer(), version, body)


class RefusedTest(ShapesCase):
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
