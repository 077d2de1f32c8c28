"""HTTP as partner stacks spell it, around the same message: the action, other fields, continue, chunks, the end of a connection."""

import itertools
import unittest

from messages.http_wire import WireCase, chunks, content_type, head, length
from messages.message_layout import ACTION, Message
from xmlsec1 import SOAP


class HTTPTest(WireCase):
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


if __name__ == "__main__":
    unittest.main()
