"""Debian's Chromium, driven by Playwright: pages as people meet them, what is wrong with them, and axe-core's judgement."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import unittest
import urllib.parse

import gateway

CHROMIUM = "/usr/bin/chromium"
TOOLS = gateway.ROOT / "var/browser-tools"
SCREENSHOTS = gateway.ROOT / ".build/screenshots"

# The first keeps Chromium from a proxy of the environment, the second from every address but these two, redirects included.
OFFLINE = ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
LOOPBACK = {"127.0.0.1", "localhost"}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Where a page's scripts are off no timer fires, which axe waits for; promises are kept.
TIMERS = "() => { window.setTimeout = (then, after, ...given) => { Promise.resolve().then(() => then(...given)) } }"

# Not `:focus`, which nothing matches while a part of an element that Chromium makes, such as a date's button, has the focus.
FOCUSED = "document.activeElement === document.body ? null : document.activeElement"

# A function of an element: what keeps people from seeing that it has the focus.
UNSEEN = """function () {
  const style = getComputedStyle(this), box = this.getClientRects()[0]
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
  const middle = (start, end, most) => (Math.max(start, 0) + Math.min(end, most)) / 2
  const top = box && document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight))
  const faults = []
  if (this.matches(":focus") && !outlined && style.boxShadow === "none") faults.push("no focus mark")
  if (!top || !this.contains(top)) faults.push("out of sight")
  return faults
}"""


def install_tools():
    """Puts Playwright where it can be imported."""
    done = subprocess.run([gateway.ROOT / "Scripts/browser-tools"], capture_output=True, text=True)
    if done.returncode == 75:
        raise unittest.SkipTest("Scripts/browser-tools cannot reach the package registry; without it nothing here is tested")
    assert done.returncode == 0, done.stdout + done.stderr
    if str(TOOLS) not in sys.path:
        sys.path.insert(0, str(TOOLS))


def is_outside(url):
    """Whether a request goes to another machine."""
    address = urllib.parse.urlsplit(url)
    return address.scheme in ("http", "https", "ws", "wss") and address.hostname not in LOOPBACK


class Browser:
    """One Chromium for a class of tests, which reaches only this machine. One at a time: Playwright has the thread's event loop."""

    def __init__(self):
        install_tools()
        from playwright.sync_api import sync_playwright
        self.playwright = sync_playwright().start()
        try:
            self.launch()
        except Exception:
            self.playwright.stop()
            raise

    def launch(self):
        self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE, timeout=120_000)
        processes = self.chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        self.process = next(process["id"] for process in processes if process["type"] == "browser")

    def close(self):
        with self.at_most(20):
            self.chromium.close()
            self.playwright.stop()

    @contextlib.contextmanager
    def at_most(self, seconds):
        """Ends Chromium when the time is over: for some answers of a page that hangs Playwright waits without end."""
        late = threading.Event()

        def end():
            late.set()
            os.kill(self.process, signal.SIGKILL)

        watch = threading.Timer(seconds, end)
        watch.start()
        try:
            yield
        except Exception as error:
            if late.is_set():
                raise AssertionError(f"the browser was ended after {seconds} s, at: {str(error).splitlines()[0]}") from None
            raise
        finally:
            watch.cancel()

    @contextlib.contextmanager
    def open(self, url, size=(1280, 800), scheme="light", scripts=True, headers=None, seconds=60, **options):
        """A view of a page, with cookies and storage of its own; it and all that is done with it may take so many seconds."""
        if not self.chromium.is_connected():
            self.launch()
        with self.at_most(seconds):
            context = self.chromium.new_context(**{
                "viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme, "java_script_enabled": scripts,
                "extra_http_headers": headers or {}, "locale": "en-GB", "timezone_id": "UTC", "service_workers": "block",
            } | options)
            context.set_default_timeout(10_000)
            view = View(context, scripts)
            try:
                view.page.goto(url)
                yield view
            except Exception as error:
                if view.found:
                    error.add_note("\n".join(["faults of the page:", *view.found]))
                raise
            finally:
                with contextlib.suppress(Exception):
                    context.close()


class View:
    """A page (Playwright's) with what it did wrong."""

    def __init__(self, context, scripts):
        self.scripts = scripts
        self.found = []
        context.on("console", self.hear)
        context.on("weberror", lambda told: self.found.append(f"script: {told.error}"))
        context.on("request", self.see_request)
        context.on("response", self.see_response)
        context.on("requestfailed", self.see_failure)
        self.page = context.new_page()
        self.session = context.new_cdp_session(self.page)

    def hear(self, message):
        # Statuses are taken from the responses: the console has those of documents as well, which are for the test to judge.
        if message.type not in ("error", "assert") or message.text.startswith("Failed to load resource: the server responded"):
            return
        kind = "policy" if "Content Security Policy" in message.text else "console"
        place = urllib.parse.urlsplit(message.location["url"]).path
        self.found.append(f"{kind}: {message.text.split('. ')[0]} ({place}:{message.location['lineNumber'] + 1})")

    def see_request(self, request):
        if is_outside(request.url):
            self.found.append(f"outside: {request.method} {request.url}")

    def see_response(self, response):
        if response.status >= 400 and not response.request.is_navigation_request():
            self.found.append(f"request: {response.status} {response.url}")

    def see_failure(self, request):
        # What the policy stops is heard on the console; a download, or a page left before it is there, is an aborted navigation.
        stopped = request.failure == "csp" or is_outside(request.url)
        if not stopped and not (request.is_navigation_request() and request.failure == "net::ERR_ABORTED"):
            self.found.append(f"request: {request.failure} {request.url}")

    def faults(self):
        """What went wrong so far, a line each: console, policy (CSP), script, request, outside (stopped on its way elsewhere)."""
        self.session.send("Runtime.evaluate", {"expression": "0"})
        return list(self.found)

    def axe(self, unsure=False):
        """What axe-core finds wrong, a line for each element; with unsure also what it leaves to people."""
        self.page.evaluate((TOOLS / "axe_playwright_python/axe.min.js").read_text())
        if not self.scripts:
            self.page.evaluate(TIMERS)
        kinds = ["violations", "incomplete"] if unsure else ["violations"]
        result = self.page.evaluate("options => axe.run(document, options)", {"runOnly": RULES, "resultTypes": kinds, "preload": False})
        return [
            f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {reason(node)}"
            for kind in kinds for rule in result[kind] for node in rule["nodes"]
        ]

    def focus(self):
        """The role and name of what has the focus, as assistive programs get them, and what hides the focus; None: nothing has it."""
        element = self.session.send("Runtime.evaluate", {"expression": FOCUSED})["result"].get("objectId")
        if not element:
            return None
        node = self.session.send("Accessibility.getPartialAXTree", {"objectId": element, "fetchRelatives": False})["nodes"][0]
        call = {"functionDeclaration": UNSEEN, "objectId": element, "returnByValue": True}
        unseen = self.session.send("Runtime.callFunctionOn", call)["result"]["value"]
        return ", ".join([f'{node["role"]["value"]} "{node["name"]["value"][:80]}"', *unseen])

    def walk(self, key="Tab", most=100):
        """What has the focus after each press of the key, until nothing has it; an AssertionError when that does not come."""
        met = []
        for _ in range(most):
            self.page.keyboard.press(key)
            here = self.focus()
            if here is None:
                return met
            met.append(here)
        raise AssertionError(f"the focus does not leave the page: {met}")

    def screenshot(self, name):
        """The whole page as .build/screenshots/NAME.png; the path."""
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True, animations="disabled")
        return path


def reason(node):
    """The first of axe's reasons against an element."""
    return next(check["message"] for kind in ("any", "all", "none") for check in node[kind])
