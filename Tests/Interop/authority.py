"""Authorities made with Debian's openssl: certificates, revocation lists, OCSP answers, and a server that hands these out."""

import base64
import datetime
import http.server
import pathlib
import re
import subprocess
import tempfile
import threading

import xmlsec1

SIGNER = {"basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature"}
CA = {"basicConstraints": "critical,CA:TRUE", "keyUsage": "critical,keyCertSign,cRLSign"}
ASN1 = "%Y%m%d%H%M%SZ"

CONFIGURATION = """\
[ca]
default_ca = own
[own]
dir = {home}
database = $dir/index.txt
serial = $dir/serial
new_certs_dir = $dir
certificate = {certificate}
private_key = {key}
default_md = sha256
policy = any
preserve = yes
unique_subject = no
crl_extensions = list
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[list]
authorityKeyIdentifier = keyid:always
"""


def openssl(*arguments):
    """Runs openssl; its standard output. Raises with its words where it fails."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]} failed: {done.stderr.decode()}")
    return done.stdout


def moment(days):
    """So many days from now, negative for the past."""
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


def time(days, form="%Y-%m-%dT%H:%M:%SZ"):
    return moment(days).strftime(form)


def with_path(message, *certificates):
    """The message with its token replaced by a path of certificates, the signer's last (X509PKIPathv1)."""
    path = b"".join(base64.b64decode(xmlsec1.token(certificate)) for certificate in certificates)
    token = base64.b64encode(b"\x30\x82" + len(path).to_bytes(2, "big") + path)
    message = message.replace(b"#X509v3", b"#X509PKIPathv1")
    return re.sub(rb"(<wsse:BinarySecurityToken[^>]*>)[^<]*", lambda found: found[1] + token, message)


class Authority:
    """A certification authority in a folder of its own; without an issuer it signs itself."""

    def __init__(self, folder, name, subject, issuer=None, identifier="hash", days=(-30, 400), extensions=CA):
        self.home = pathlib.Path(folder) / name
        self.home.mkdir()
        self.subject = subject
        (self.home / "index.txt").touch()
        (self.home / "serial").write_text("1000\n")
        self.certificate, self.key = self.home / "ca.pem", self.home / "ca.key"
        self.configuration = self.home / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(home=self.home, certificate=self.certificate, key=self.key))
        (issuer or self).issue("ca", subject, extensions | {"subjectKeyIdentifier": identifier}, days, home=self.home)

    def issue(self, name, subject, extensions=SIGNER, days=(-30, 300), curve="P-256", home=None):
        """A new key and its certificate, valid between the days from now; the path of the certificate, beside it NAME.key."""
        certificate, key, request = ((home or self.home) / f"{name}.{kind}" for kind in ("pem", "key", "csr"))
        openssl(
            "req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-config", self.configuration,
            "-subj", subject, "-keyout", key, "-out", request)
        extensions = {"subjectKeyIdentifier": "hash", "authorityKeyIdentifier": "keyid"} | extensions
        with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:
            file.write("".join(f"{name} = {value}\n" for name, value in extensions.items()))
            file.flush()
            openssl(
                "ca", "-batch", "-notext", "-config", self.configuration, "-in", request, "-out", certificate,
                "-extfile", file.name, "-startdate", time(days[0], ASN1), "-enddate", time(days[1], ASN1),
                *(["-selfsign"] if key == self.key else []))
        return certificate

    def revoke(self, certificate, days=-1):
        """From so many days from now on."""
        serial = openssl("x509", "-noout", "-serial", "-in", certificate).decode().strip().partition("=")[2]
        index = self.home / "index.txt"
        lines = [line.split("\t") for line in index.read_text().splitlines()]
        for line in lines:
            if line[3] == serial:
                line[0], line[2] = "R", time(days, "%y%m%d%H%M%SZ")
        index.write_text("".join("\t".join(line) + "\n" for line in lines))

    def identifier(self):
        """The subject key identifier as hexadecimal, to be copied by a forger."""
        text = openssl("x509", "-noout", "-ext", "subjectKeyIdentifier", "-in", self.certificate).decode()
        return re.search(r"([0-9A-F]{2}(:[0-9A-F]{2})+)", text)[1].replace(":", "")

    def renewed(self, days):
        """Another certificate of the same key and name, valid so many days from now; its path."""
        path = self.home / "renewed.pem"
        extensions = [word for name, value in CA.items() for word in ("-addext", f"{name}={value}")]
        openssl(
            "req", "-x509", "-new", "-key", self.key, "-subj", self.subject, "-days", days, "-out", path,
            "-config", self.configuration, *extensions, "-addext", "subjectKeyIdentifier=hash")
        return path

    def list(self, name, days=(-1, 10)):
        """A revocation list of what is revoked now, current between the days from now; the path."""
        path = self.home / name
        openssl(
            "ca", "-gencrl", "-config", self.configuration, "-out", path,
            "-crl_lastupdate", time(days[0], ASN1), "-crl_nextupdate", time(days[1], ASN1))
        return path

    def answer(self, request, signer=None, index=None):
        """What an OCSP responder says to a request, signed by the authority itself or by another certificate.

        Of what was issued it knows its own index or that of another authority."""
        signer = signer or self.certificate
        with tempfile.TemporaryDirectory() as folder:
            (question, answer) = (pathlib.Path(folder) / name for name in ("question", "answer"))
            question.write_bytes(request)
            openssl(
                "ocsp", "-index", (index or self).home / "index.txt", "-CA", self.certificate, "-rsigner", signer,
                "-rkey", signer.with_suffix(".key"), "-reqin", question, "-respout", answer, "-ndays", "1")
            return answer.read_bytes()


def judge(certificate, anchor, revocations):
    """The number of the error that `openssl verify -crl_check` finds; None where it finds none."""
    command = ["openssl", "verify", "-crl_check", "-CAfile", anchor, "-CRLfile", revocations, certificate]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"^error (\d+) at", done.stderr, re.MULTILINE)
    return int(found[1]) if found else None


class Publisher(http.server.ThreadingHTTPServer):
    """Hands out files by GET and answers OCSP requests by POST, on a loopback port of its own."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PublisherHandler)
        self.files = {}
        self.answer = None
        self.questions = 0
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def close(self):
        self.shutdown()
        self.thread.join()
        self.server_close()


class PublisherHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        file = self.server.files.get(self.path)
        self.reply(404 if file is None else 200, b"" if file is None else file.read_bytes())

    def do_POST(self):
        self.server.questions += 1
        self.reply(200, self.server.answer(self.rfile.read(int(self.headers["Content-Length"]))))

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass
