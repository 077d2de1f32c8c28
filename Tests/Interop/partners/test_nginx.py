"""nginx in front of the gateway, under another host name, port and path; TLS ends there. Partners see nothing but nginx."""

import socket
import ssl
import subprocess
import unittest
import unittest.mock
import urllib.request

import requests
# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
import zeep

import gateway
from partners import test_four_operations, test_zeep
from partners.toolkits import changed
from ports import free_port

HOST = "partner.example"
PREFIX = "/customs/eco"
ECO = "{urn:coconect:eco:1}"

# Without master process and workers there is one process to end, and no other user who would have to read the folder.
CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  log_format requests "$request_method $request_uri $status";
  access_log {folder}/access.log requests;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/unused;
  uwsgi_temp_path {folder}/unused;
  scgi_temp_path {folder}/unused;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name {host};
    ssl_certificate {pki}/nginx.pem;
    ssl_certificate_key {pki}/nginx.key;
    ssl_client_certificate {pki}/tls-ca.pem;
    ssl_verify_client on;
    # Above soap.maximumBody: from here on it is the gateway that refuses, with a signed fault. nginx would take 1 MiB.
    client_max_body_size 8m;
    location {prefix}/ {{
      # The slash at the end takes the prefix away.
      proxy_pass http://127.0.0.1:{gateway}/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      # Set here, so that what a client itself sends under these names is gone.
      proxy_set_header X-Client-Certificate $ssl_client_escaped_cert;
      proxy_set_header X-Forwarded-For $remote_addr;
      # Longer than soap.answerSeconds, so that it is the gateway that gives up.
      proxy_read_timeout 150s;
    }}
  }}
}}
"""


class NginxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.pki = cls.world.pki
        issue = ["identity", "new", "nginx", "--purpose", "tls", "--issuer", cls.pki / "tls-ca", "--subject", HOST, "--host", HOST]
        status, _, errors = gateway.run(*issue, "--out", cls.pki)
        assert status == 0, errors
        cls.port = free_port()
        cls.url = f"https://{HOST}:{cls.port}{PREFIX}"
        proxy = {"addresses": ["127.0.0.1"], "certificateHeader": "X-Client-Certificate"}
        soap = {"host": "127.0.0.1", "port": cls.world.ports["vietnam"]["soap"], "proxy": proxy}
        client = {"certificates": ["../../pki/korea-tls.pem"]}
        cls.world.start("vietnam", publicURL=cls.url, soap=soap, partner={"client": client})
        cls.start_nginx()
        cls.name_the_host()

    @classmethod
    def start_nginx(cls):
        cls.folder = cls.world.folder / "nginx"
        cls.folder.mkdir()
        ports = {"port": cls.port, "gateway": cls.world.ports["vietnam"]["soap"]}
        text = CONFIGURATION.format(folder=cls.folder, pki=cls.pki, host=HOST, prefix=PREFIX, **ports)
        (cls.folder / "nginx.conf").write_text(text)
        command = ["/usr/sbin/nginx", "-p", cls.folder, "-e", cls.folder / "error.log", "-c", cls.folder / "nginx.conf"]
        nginx = subprocess.Popen(command)
        cls.addClassCleanup(nginx.wait)
        cls.addClassCleanup(nginx.terminate)
        gateway.until(20, f"nginx is up: {cls.folder}/error.log", lambda: cls.is_open() or nginx.poll() is not None)
        assert nginx.poll() is None, (cls.folder / "error.log").read_text()

    @classmethod
    def is_open(cls):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", cls.port)) == 0

    @classmethod
    def name_the_host(cls):
        """nginx's name is this machine's, in this process. No other name is known: the gateway's own would show that it leaks out."""
        real = socket.getaddrinfo

        def only_this(host, *arguments, **options):
            if host not in (HOST, "127.0.0.1"):
                raise socket.gaierror(f"{host} was asked for")
            return real("127.0.0.1", *arguments, **options)

        patch = unittest.mock.patch("socket.getaddrinfo", only_this)
        patch.start()
        cls.addClassCleanup(patch.stop)

    # A partner

    def client(self, query="wsdl", operation="send-co"):
        """zeep as a partner who was told one address; what it verified, and the addresses that it read."""
        session = requests.Session()
        session.trust_env = False  # a proxy or CA bundle of the environment is not ours
        session.verify = str(self.pki / "tls-ca.pem")
        session.cert = (str(self.pki / "korea-tls.pem"), str(self.pki / "korea-tls.key"))
        read = []
        session.hooks["response"].append(lambda response, **_: read.append(response.url))
        files = [self.pki / name for name in ("korea-signing.key", "korea-signing.pem", "vietnam-signing.pem")]
        wsse = test_zeep.SignedTimestamp(*files, xmlsec.Transform.RSA_SHA256)
        client = zeep.Client(f"{self.url}/{operation}?{query}", transport=zeep.Transport(session=session), wsse=wsse)
        return client, wsse.verified, read

    def request(self, path, body=None, client="korea", headers=None):
        """What a TLS client gets at an address; status, headers, body."""
        context = ssl.create_default_context(cafile=self.pki / "tls-ca.pem")
        if client:
            context.load_cert_chain(self.pki / f"{client}-tls.pem", self.pki / f"{client}-tls.key")
        headers = {"Content-Type": gateway.CONTENT_TYPES["1.2"], **(headers or {})}
        return gateway.answer(urllib.request.Request(self.url + path, data=body, headers=headers), context)

    def check_refused(self, code, path, body, **options):
        """A signed fault with this code comes through whole."""
        status, headers, answer = self.request(path, body, **options)
        self.assertEqual((status, headers["Content-Type"]), (500, gateway.CONTENT_TYPES["1.2"]), answer)
        self.assertEqual(self.world.verify(answer, self.world.trust("vietnam"))[0], 0, answer)
        refusal = etree.fromstring(answer).find(f".//{ECO}Refusal")
        self.assertEqual(refusal.findtext(f"{ECO}Code"), code, answer)

    def taken(self, dataset):
        return len(self.world.messages("vietnam", dataset["functionalReferenceId"]))

    # The contract

    def test_the_contract_names_addresses_of_nginx_alone_and_they_are_there(self):
        for operation in gateway.PROVIDERS:
            with self.subTest(operation):
                client, _, read = self.client(operation=operation)
                own = f"{self.url}/{operation}"
                self.assertEqual(read, [f"{own}?wsdl", f"{own}?xsd=coconect-eco-1.xsd"])
                (service,) = client.wsdl.services.values()
                addresses = {port.binding_options["address"] for port in service.ports.values()}
                self.assertEqual((len(service.ports), addresses), (2, {own}))
                text = self.request(f"/{operation}?wsdl")[2].decode()
                self.assertNotIn("localhost", text)
                self.assertNotIn("127.0.0.1", text)

    def test_so_does_a_narrowed_one_with_the_schema_of_its_own_elements(self):
        client, _, read = self.client("wsdl&agreement=RCEP")
        files = ["coconect-eco-1-RCEP.xsd", "coconect-agreement-RCEP-1.xsd"]
        self.assertEqual(read, [f"{self.url}/send-co?wsdl&agreement=RCEP"] + [f"{self.url}/send-co?xsd={file}" for file in files])
        client.get_element("{urn:coconect:eco:agreement:RCEP:1}RCEP")

    # Messages

    def test_zeep_sends_by_that_contract_and_verifies_receipt_and_fault(self):
        client, verified, read = self.client()
        dataset, content = gateway.example_of("send-co")
        arguments = test_four_operations.ZeepTest.arguments(etree.fromstring(content))
        for port in ("SendCOPortSOAP12", "SendCOPortSOAP11"):
            receipt = client.bind("SendCOService", port).SendCO(**arguments)
            self.assertEqual(receipt.FunctionalReferenceID, dataset["functionalReferenceId"])
        with self.assertRaises(zeep.exceptions.Fault) as caught:
            client.service.SendCO(**arguments | {"Remark": "other content"})
        self.assertEqual(caught.exception.detail.findtext(f".//{ECO}Code"), "message-id-reused")
        self.assertEqual(verified, ["SendCOResponse"] * 2 + ["Fault"])
        self.assertEqual(read[2:], [f"{self.url}/send-co"] * 3)
        self.assertEqual(self.taken(dataset), 1)
        self.assertIn(f"POST {PREFIX}/send-co 200", (self.folder / "access.log").read_text())

    def test_the_signed_to_is_the_public_address_and_no_other(self):
        own = self.world.ports["vietnam"]["soap"]
        dataset = gateway.example()
        message = self.world.signed(dataset, to=self.url + "/send-co")
        status, _, answer = self.request("/send-co", message)
        self.assertEqual((status, self.taken(dataset)), (200, 1), answer)
        for other in [f"http://127.0.0.1:{own}/send-co", f"https://{HOST}:{self.port}/send-co", f"https://{HOST}{PREFIX}/send-co"]:
            with self.subTest(other):
                self.check_refused("addressing", "/send-co", self.world.signed(gateway.example(), to=other))

    def test_one_changed_digit_gets_the_signed_fault(self):
        message = changed(self.world.signed(gateway.example()), (b">812.500<", b">812.501<"))
        self.check_refused("digest-wrong", "/send-co", message)

    def test_a_message_beyond_our_limit_gets_our_signed_fault_and_no_page_of_nginx(self):
        self.check_refused("message-too-large", "/send-co", self.world.signed(gateway.example()) + b" " * 4_194_304)

    # Who the client is

    def test_the_client_certificate_comes_with_the_request_and_cannot_be_claimed(self):
        """The partner is bound to its client certificate; the one that sends here is another's of the same authority."""
        forged = (self.pki / "korea-tls.pem").read_text().replace("\n", "%0A")
        headers = {"X-Client-Certificate": forged, "X-Forwarded-For": "10.1.2.3"}
        self.check_refused("client-certificate", "/send-co", self.world.signed(gateway.example()), client="vietnam", headers=headers)
        self.assertNotIn("10.1.2.3", self.world.log_text("vietnam"))

    def test_nobody_comes_through_without_a_client_certificate(self):
        status, _, page = self.request("/send-co?wsdl", client=None)
        self.assertEqual((status, b"No required SSL certificate" in page), (400, True), page)


if __name__ == "__main__":
    unittest.main()
