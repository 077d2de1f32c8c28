"""check --live: what an operator is told about a partner's gateway, which is called without effect."""

import http.server
import json
import ssl
import unittest

import gateway
from ports import free_port


class Page(http.server.BaseHTTPRequestHandler):
    """Something that is no SOAP gateway, such as a portal in front of one."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b"<html><body>Sign in\nfirst</body></html>"
        self.send_response(403)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class LiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.world.start("korea")

    def check(self, **partner):
        """The report on Korea, as its file is changed, and the exit status."""
        path = self.world.configure("vietnam", partner=partner)
        status, output, errors = gateway.run("check", "--config", path, "--partner", "korea", "--live", "--format", "json")
        self.assertIn(status, [0, 1], errors)
        return json.loads(output), status

    def problem(self, report):
        (found,) = {finding["text"] + " " + finding.get("help", "") for finding in report["findings"] if finding["level"] == "problem"}
        return found

    def test_a_good_partner_is_called_without_effect(self):
        report, status = self.check()
        self.assertEqual((report["verdict"], status), ("good", 0), report)
        texts = [finding["text"] for finding in report["findings"]]
        self.assertEqual([finding["level"] for finding in report["findings"]], ["good"] * 9, texts)
        self.assertIn("TLS 1.3 with CN=", texts[0])
        self.assertEqual(sum("its WSDL is for the same namespace and address" in text for text in texts), 4)
        self.assertEqual(sum("its fault is signed by" in text and "operation-mismatch" in text for text in texts), 4)
        self.assertEqual(self.world.api("korea", "GET", "/messages?state=accepted")[2]["messages"], [])

    def test_for_a_person_it_is_lines(self):
        path = self.world.configure("vietnam")
        status, output, _ = gateway.run("check", "--config", path, "--partner", "korea", "--live")
        self.assertEqual((status, output.decode().splitlines()[-1]), (0, "good: korea"))

    def test_other_versions_and_styles_are_called_as_the_file_says(self):
        for toolkit in ["php", "wcf", "gsoap"]:
            report, status = self.check(toolkit=toolkit)
            self.assertEqual((report["verdict"], status), ("good", 0), report)

    def test_a_partner_that_signs_with_a_certificate_that_is_not_registered(self):
        report, status = self.check(certificates=["../../pki/korea-signing-p256.pem"])
        self.assertEqual((report["verdict"], status), ("bad", 1))
        self.assertTrue(any("register the certificate" in (finding.get("help") or "") for finding in report["findings"]), report)

    def test_nobody_there(self):
        report, _ = self.check(endpoint={"url": f"https://localhost:{free_port()}"})
        self.assertIn("no TLS connection", self.problem(report))

    def test_a_server_whose_authority_is_not_ours(self):
        gateway.run("identity", "new", "ca", "--out", self.world.folder, "--purpose", "authority", "--subject", "Other CA", "--force")
        report, _ = self.check(endpoint={"url": self.world.soap_url("korea"), "tls": {"anchors": "../../ca.pem"}})
        self.assertIn("it is not taken", self.problem(report))
        self.assertIn("ask the partner which authority issued it", self.problem(report))

    def test_a_page_in_its_place(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.world.pki / "korea-tls.pem", self.world.pki / "korea-tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        gateway.serve(server, self.addCleanup)
        report, _ = self.check(endpoint={"url": f"https://localhost:{server.server_address[1]}"})
        texts = [finding["text"] for finding in report["findings"] if finding["level"] == "problem"]
        self.assertEqual(texts, ["HTTP 403 without a SOAP answer (text/html): <html><body>Sign in first</body></html>"] * 4)

    def test_wrong_use_is_told(self):
        path = self.world.configure("vietnam")
        for arguments, words in [
            (["--live"], "--live and --partner NAME go together"), (["--partner", "korea"], "go together"),
            (["--live", "--partner", "koera"], "known: korea"),
        ]:
            status, _, errors = gateway.run("check", "--config", path, *arguments)
            self.assertEqual(status, 2)
            self.assertIn(words, errors)


if __name__ == "__main__":
    unittest.main()
