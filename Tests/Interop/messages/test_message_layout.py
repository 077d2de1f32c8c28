"""Every layout that partner stacks give their messages, each correctly signed by a foreign hand: accepted as sent, with a receipt for its
Body."""

import dataclasses
import datetime
import itertools
import unittest

from foreign_signer import DS, ENVELOPED
from messages.http_wire import WireCase
from messages.message_layout import ACTION, ANONYMOUS_2004, WCF_CAUSALITY, Header, Message, addressing, endpoint, lines, seconds
from xmlsec1 import EXCLUSIVE, SOAP, WSA, WSSE, WSU

UNKNOWN = '<t:Trace xmlns:t="urn:example:trace"{}>7</t:Trace>'
NEXT = {"1.1": "http://schemas.xmlsoap.org/soap/actor/next", "1.2": SOAP["1.2"] + "/role/next"}


class LayoutTest(WireCase):
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


class TimestampTest(WireCase):
    def test_fractions_and_offsets(self):
        def fraction(digits):
            return lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.{'123456789'[:digits]}Z"

        def zoned(minutes, suffix):
            zone = datetime.timezone(datetime.timedelta(minutes=minutes))
            return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") + suffix

        zones = {"+00:00": 0, "-00:00": 0, "+09:00": 540, "-05:30": -330, "+14:00": 840, ".5+07:00": 420, "": 0}
        clocks = {f"{digits} digits": fraction(digits) for digits in range(1, 10)}
        clocks |= {f"offset {suffix}": zoned(minutes, suffix) for suffix, minutes in zones.items()}
        clocks["white space"] = lambda moment: f"\n  {seconds(moment)}\n "
        for what, clock in clocks.items():
            with self.subTest(what=what):
                self.assertAccepted(Message(clock=clock))

    def test_expires_is_absent_near_or_far(self):
        for lifetime in (None, 30, 60, 300, 600, 3600, 86400):
            with self.subTest(lifetime=lifetime):
                self.assertAccepted(Message(lifetime=lifetime))


class AddressingTest(WireCase):
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


class HeadersTest(WireCase):
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
                "Security for another": other, "for two others": other + other.replace("archive", "monitor"), "WCF's": WCF_CAUSALITY,
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


class EncodingTest(WireCase):
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


if __name__ == "__main__":
    unittest.main()
