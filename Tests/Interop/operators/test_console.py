"""The console in a browser: a person's path through every page, light and dark, on a phone, with and without scripts; axe-core judges."""

import base64
import hashlib
import io
import pathlib
import time
import unittest
import urllib.parse
import urllib.request
import zipfile

import gateway
from certificates import certificate, feedback, number
from evidence import cod, cod_damaged
from operators.browser import Browser
from ports import free_port

MARKUP = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&"
TOKENS = {"ana": "4f1c0f7e2b5a49d08a3f6c7b", "tuan": "0d9e8f7a6b5c4d3e2f1a0b9c"}


def post(url, fields, **headers):
    """Sends a form as a browser would, without following redirects; status, headers, body."""
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=60) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Console(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        nowhere = f"https://localhost:{free_port()}"
        cls.world.start("vietnam", partner={"endpoint": {"url": nowhere, "tries": 1}}, seal={"interval": 1}, **cls.settings)
        cls.co = number()
        cls.issued = certificate(cls.co) | {"remarks": [MARKUP]}
        assert cls.send(cls.issued)[0] == 200
        cls.message = cls.world.messages("vietnam", cls.issued["functionalReferenceId"])[0]["id"]
        cls.url = cls.world.api_url("vietnam")
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def send(cls, dataset, change=(b"", b"")):
        return cls.world.post("vietnam", cls.world.signed(dataset).replace(*change))

    def park(self):
        """The local id of a message that could not be sent."""
        issued = certificate(number())
        self.assertEqual(self.send(issued)[0], 200)
        dataset = feedback(issued["id"], "PENDING")
        status, _, answer = self.world.api("vietnam", "POST", "/partners/korea/send-feedback", dataset)
        self.assertIn(status, [200, 202], answer)
        identity = answer["message"]["id"]
        gateway.until(20, "it is parked", lambda: self.state(identity) == "parked")
        return identity

    def state(self, identity):
        return self.world.api("vietnam", "GET", f"/messages/{identity}")[2]["message"]["state"]

    def good(self, view, name=None):
        self.assertEqual(view.faults(), [])
        self.assertEqual(view.axe(), [])
        if name:
            view.screenshot("console-" + name)


class PagesTest(Console):
    def test_a_person_goes_through_every_page(self):
        self.assertEqual(self.send(certificate(number()), (b"K-", b"L-"))[0], 500)
        self.park()
        time.sleep(1.5)
        with self.browser.open(self.url + "/", size=(1280, 900)) as view:
            page = view.page
            self.good(view, "overview")
            self.assertIn("korea", page.inner_text("main"))
            self.assertIn("digest-wrong", page.inner_text("main"))
            page.click("text=410 digest-wrong")
            self.assertIn("What to tell the partner", page.inner_text("main"))
            self.good(view, "rule")
            page.click("text=Messages that were refused by it")
            self.assertIn("127.0.0.1", page.inner_text("tbody"))
            self.good(view, "search")
            page.click("nav >> text=Messages")
            # As a person types it: in full width, with another dash and blanks.
            typed = self.co.replace("-", "－").lower()
            page.fill("input[name=number]", f" {typed} ")
            page.click("form.search button")
            self.assertIn(self.co, page.inner_text(".notice"))
            page.click("tbody tr:has-text('send-co') td:nth-child(2) a")
            self.assertEqual(page.inner_text("h1"), self.co)
            self.good(view, "message")
            page.get_by_text("/issuer/name", exact=True).click()
            self.assertRegex(page.url, r"#b\d+$")
            self.assertEqual(page.locator(".marked").count(), 2)
            self.assertIn("The gateway had found the same", page.inner_text("main"))
            with page.expect_download() as download:
                page.click("text=evidence.asice")
            names = zipfile.ZipFile(io.BytesIO(pathlib.Path(download.value.path()).read_bytes())).namelist()
            self.assertIn("request.xml", names)
            page.click(f"a:has-text('{self.co}')")
            self.assertIn("issued", page.inner_text(".states"))
            self.good(view, "certificate")
            for name, words in [("Partners", "Korea Customs Service"), ("Changes", "start"), ("Rules", "signature-wrong"), ("Parked", "Try again")]:
                page.click(f"nav >> text={name}")
                self.assertIn(words, page.inner_text("main"))
                self.good(view, name.lower())
            page.click("nav >> text=Partners")
            page.click("tbody a")
            self.assertIn("Conformance over time", page.inner_text("main"))
            self.good(view, "partner")

    def test_documents_in_a_message_are_shown_with_their_own_signatures(self):
        whole = cod.Parties().document()
        damaged = cod_damaged.changed(whole)
        attachments = [
            {"mediaType": "application/xml", "fileName": f"{name}{MARKUP[:40]}.xml", "sha256": hashlib.sha256(document).hexdigest(),
             "content": base64.b64encode(document).decode()} for name, document in [("whole", whole), ("damaged", damaged)]]
        dataset = certificate(number()) | {"attachments": attachments}
        self.assertEqual(self.send(dataset)[0], 200)
        (message,) = self.world.messages("vietnam", dataset["functionalReferenceId"])
        with self.browser.open(f"{self.url}/console/messages/{message['id']}", size=(1280, 900)) as view:
            rows = view.page.locator("section:has(#documents) > ul > li")
            self.assertEqual(rows.count(), 2)
            for row, exporter in [(rows.nth(0), "exporter intact"), (rows.nth(1), "exporter broken")]:
                self.assertIn("Digital Certificate of Origin AR004A18260000021500, complete", row.inner_text())
                self.assertIn(exporter, row.inner_text())
            self.good(view, "documents")

    def test_every_page_is_readable_in_the_dark_on_a_phone_and_without_scripts(self):
        places = ["/", "/console/messages", f"/console/messages/{self.message}", f"/console/certificates/{self.co}", "/console/parked",
                  "/console/partners", "/console/partners/korea", "/console/rules", "/console/rules/410", "/console/changes",
                  "/console/messages/unknown", "/console/nowhere"]
        for options in [{"scheme": "dark", "size": (1280, 900)}, {"size": (390, 844), "scripts": False}]:
            for place in places:
                with self.subTest(place, **options), self.browser.open(self.url + place, **options) as view:
                    self.good(view)
                    width = view.page.evaluate("document.documentElement.scrollWidth")
                    self.assertLessEqual(width, options["size"][0])
        with self.browser.open(self.url + f"/console/messages/{self.message}", size=(390, 844), scheme="dark") as view:
            self.good(view, "message-phone-dark")

    def test_the_keyboard_reaches_everything_and_is_seen(self):
        for place in ["/", f"/console/messages/{self.message}", "/console/messages"]:
            with self.browser.open(self.url + place, size=(1280, 900)) as view:
                stops = view.walk(most=400)
                self.assertIn("To the content", stops[0])
                self.assertEqual([stop for stop in stops if "no focus mark" in stop], [])
                self.assertGreater(len(stops), 8)

    def test_markup_of_a_partner_stays_text(self):
        odd = certificate(f"X<b>&'\"{number()}"[:35]) | {"functionalReferenceId": "<script>alert(2)</script>"[:35], "remarks": [MARKUP]}
        self.send(odd)
        found = self.world.api("vietnam", "GET", "/messages?limit=20")[2]["messages"]
        for place in ["/", "/console/messages"] + [f"/console/messages/{message['id']}" for message in found]:
            with self.browser.open(self.url + place) as view:
                self.assertEqual(view.faults(), [])
                scripts = view.page.evaluate("[...document.scripts].map(script => script.getAttribute('src'))")
                self.assertEqual(scripts, ["/console/script.js"])
                self.assertEqual(view.page.evaluate("document.querySelectorAll('main img, main b, main iframe').length"), 0)
                self.assertNotEqual(view.page.title(), "owned")
        with self.browser.open(f"{self.url}/console/messages/{self.message}") as view:
            self.assertIn(MARKUP, view.page.inner_text(".values"))

    def test_pages_forbid_what_they_do_not_need(self):
        request = urllib.request.Request(self.url + "/console", headers={"Accept": "text/html"})
        _, headers, body = gateway.answer(request)
        policy = headers["Content-Security-Policy"]
        for words in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]:
            self.assertIn(words, policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn(b"style=", body)
        self.assertEqual((headers["Cache-Control"], headers["X-Content-Type-Options"]), ("no-store", "nosniff"))
        # A program that asks for the root gets the addresses, as before.
        self.assertIn("messages", self.world.api("vietnam", "GET", "/")[2])

    def test_parked_messages_are_resumed_and_given_up(self):
        for scripts in [True, False]:
            identity = self.park()
            with self.browser.open(f"{self.url}/console/messages/{identity}", scripts=scripts) as view:
                view.page.click("text=Try again")
                self.assertIn("by hand", view.page.inner_text(".story"))
                self.good(view)
            gateway.until(20, "it is parked again", lambda: self.state(identity) == "parked")
            with self.browser.open(f"{self.url}/console/messages/{identity}", scripts=scripts) as view:
                view.page.on("dialog", lambda dialog: dialog.accept())
                view.page.fill("input[name=because]", "sent on paper <b>")
                view.page.click("text=Give up")
                self.assertEqual(view.page.inner_text(".state >> nth=0"), "abandoned")
            self.assertEqual(self.state(identity), "abandoned")
            with self.browser.open(self.url + "/console/changes") as view:
                row = view.page.inner_text("tbody tr >> nth=0")
                self.assertIn("abandon", row)
                self.assertIn("sent on paper <b>", row)

    def test_forms_of_other_sites_change_nothing(self):
        identity = self.park()
        target = f"{self.url}/console/messages/{identity}/retry"
        for headers in [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}, {"Origin": "null"}]:
            self.assertEqual(post(target, {}, **headers)[0], 403, headers)
        self.assertEqual(self.state(identity), "parked")
        self.assertEqual(post(target, {}, Origin=self.url)[0], 303)


class RolesTest(Console):
    """Nobody looks without a name; a viewer changes nothing."""

    settings = {"console": {"users": [
        {"name": "Ana", "role": "operator", "token": "2f5d4a0b" * 8}, {"name": "Tuấn", "role": "viewer", "token": "0" * 64}]}}

    @classmethod
    def setUpClass(cls):
        for user, token in zip(cls.settings["console"]["users"], TOKENS.values()):
            user["token"] = hashlib.sha256(token.encode()).hexdigest()
        super().setUpClass()

    def test_a_token_signs_in_and_out(self):
        with self.browser.open(self.url + "/console") as view:
            page = view.page
            self.assertIn("Sign in", page.title())
            self.good(view, "sign-in")
            page.fill("input[name=token]", "wrong")
            page.click("text=Sign in")
            self.assertIn("Nobody has this token", page.inner_text("main"))
            page.fill("input[name=token]", TOKENS["ana"])
            page.click("text=Sign in")
            self.assertIn("Ana (operator)", page.inner_text("header"))
            self.good(view)
            cookie, = page.context.cookies()
            self.assertEqual((cookie["httpOnly"], cookie["sameSite"]), (True, "Strict"))
            page.click("text=Sign out")
            self.assertIn("Sign in", page.title())

    def test_a_viewer_sees_and_changes_nothing(self):
        identity = self.park()
        viewer = {"Authorization": "Bearer " + TOKENS["tuan"]}
        with self.browser.open(self.url + "/console/parked", headers=viewer) as view:
            self.assertIn("Tuấn (viewer)", view.page.inner_text("header"))
            self.assertEqual(view.page.locator("main form").count(), 0)
        target = f"{self.url}/console/messages/{identity}/retry"
        self.assertEqual(post(target, {}, **viewer)[0], 403)
        self.assertEqual(post(target, {}, Origin=self.url)[0], 401)
        self.assertEqual(self.state(identity), "parked")
        self.assertEqual(post(target, {}, Authorization="Bearer " + TOKENS["ana"])[0], 303)
        changes = gateway.until(5, "the change is recorded", lambda: "retry" in self.changes())
        self.assertTrue(changes)

    def changes(self):
        request = urllib.request.Request(self.url + "/console/changes", headers={"Authorization": "Bearer " + TOKENS["ana"]})
        return gateway.answer(request)[2].decode()

    def test_strangers_get_no_page(self):
        for place in ["", "/messages", f"/messages/{self.message}", "/rules", "/changes"]:
            status, _, body = gateway.answer(urllib.request.Request(f"{self.url}/console{place}"))
            self.assertEqual(status, 401)
            self.assertNotIn(self.co.encode(), body)



