"""The browser of the tests itself: does it see what is wrong with a page, and reach no other machine?"""

import http.server
import unittest

import gateway
from operators.browser import Browser

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'"
PAGE = """<!doctype html><html lang="en"><title>Messages</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/style.css"><main><h1>Messages</h1>{}</main>"""

RIGHT = '<p><a href="/">All</a></p><form><label>Partner <input name="partner"></label> <button>Search</button></form>'
WRONG = """<p class="faint">late</p><p style="color: red">late</p><input name="state"> <a class="bare" href="/">All</a>
<img src="/missing.png" alt=""><img src="http://example.com/" alt=""><script src="/script.js"></script>"""

FILES = {
    "/": ("text/html", PAGE.format(RIGHT)),
    "/wrong": ("text/html", PAGE.format(WRONG)),
    "/hang": ("text/html", PAGE.format('<script src="/hang.js"></script>')),
    "/style.css": ("text/css", """.faint { color: #bbb; background: #fff } .bare:focus { outline: none }
        :root { color-scheme: light dark; background: Canvas } @media (prefers-color-scheme: dark) { h1 { margin-top: 50px } }"""),
    "/script.js": ("text/javascript", "console.error('heard'); throw Error('thrown')"),
    "/hang.js": ("text/javascript", "setTimeout(() => { for (;;); }, 100)"),
}


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.callers.append(self.headers["Authorization"])
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://192.0.2.1/")
            self.end_headers()
            return
        kind, content = FILES.get(self.path, ("text/html", PAGE.format("nothing")))
        self.send_response(200 if self.path in FILES else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_):
        pass


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        cls.server.callers = []
        gateway.serve(cls.server, cls.addClassCleanup)
        cls.url = f"http://127.0.0.1:{cls.server.server_port}"
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def test_a_right_page_has_no_faults(self):
        for scheme, scripts in [("light", True), ("dark", False)]:
            with self.subTest(scheme=scheme), self.browser.open(self.url, scheme=scheme, scripts=scripts) as view:
                self.assertEqual(view.walk(), ['link "All"', 'textbox "Partner"', 'button "Search"'])
                self.assertEqual((view.axe(), view.faults()), ([], []))

    def test_what_is_wrong_is_found(self):
        kinds = ["outside", "policy", "policy", "request"]
        for scripts, found in [(True, ["console", *kinds, "script"]), (False, kinds)]:
            with self.subTest(scripts=scripts), self.browser.open(self.url + "/wrong", scripts=scripts) as view:
                self.assertEqual([line.split(":")[0] for line in view.axe()], ["color-contrast (serious)", "label (critical)"])
                self.assertEqual(view.walk(), ['textbox ""', 'link "All", no focus mark'])
                self.assertEqual(sorted(line.split(":")[0] for line in view.faults()), found, view.faults())

    def test_a_view_is_as_asked(self):
        with self.browser.open(self.url, size=(390, 844), scheme="dark", headers={"Authorization": "Basic eA=="}) as view:
            self.assertEqual(view.page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"), [390, True])
            self.assertEqual(view.screenshot("test-browser").read_bytes()[16:20], (390).to_bytes(4, "big"))
        self.assertEqual(self.server.callers[-1], "Basic eA==")

    def test_no_other_machine_is_reached(self):
        with self.browser.open(self.url) as view:
            with self.assertRaisesRegex(Exception, "ERR_NAME_NOT_RESOLVED"):
                view.page.goto(self.url + "/away")
            self.assertEqual(view.faults(), ["outside: GET http://192.0.2.1/"])

    def test_a_page_that_hangs_is_ended(self):
        with self.assertRaisesRegex(AssertionError, "ended after 3 s"), self.browser.open(self.url + "/hang", seconds=3) as view:
            view.page.wait_for_timeout(200)
            view.axe()
        with self.browser.open(self.url) as view:
            self.assertEqual(view.page.title(), "Messages")


if __name__ == "__main__":
    unittest.main()
