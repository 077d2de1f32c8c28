"""The command xmlsec1 as a foreign hand and a foreign judge: it signs envelopes from a template, and verifies ours."""

import datetime
import pathlib
import subprocess
import tempfile

from lxml import etree

SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = OASIS + "wssecurity-secext-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
WSU = OASIS + "wssecurity-utility-1.0.xsd"
X509 = OASIS + "x509-token-profile-1.0#X509v3"
WSA = "http://www.w3.org/2005/08/addressing"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1 = DS + "sha1"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
RSA_SHA1 = DS + "rsa-sha1"

# All parts that anybody signs: xmlsec1 must be told which attributes are ids.
IDS = [f"{namespace}:{local}" for namespace, local in [
    (SOAP["1.1"], "Body"), (SOAP["1.2"], "Body"), (WSU, "Timestamp"), (WSSE, "BinarySecurityToken"), (WSSE11, "SignatureConfirmation"),
    (WSA, "To"), (WSA, "Action"), (WSA, "MessageID"), (WSA, "ReplyTo"), (WSA, "RelatesTo"),
]]


def sign(content, key, certificate, version="1.2", method=RSA_SHA256, digest=SHA256, prefixes=None):
    """An envelope around the Body's child that `xmlsec1 --sign` signs: Body and Timestamp."""
    now = datetime.datetime.now(datetime.timezone.utc)
    created, expires = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (now, now + datetime.timedelta(minutes=5)))
    inclusive = "" if prefixes is None else f'<c:InclusiveNamespaces xmlns:c="{EXCLUSIVE}" PrefixList="{prefixes}"/>'
    references = "".join(
        f"""
          <ds:Reference URI="#{part}">
            <ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}">{inclusive}</ds:Transform></ds:Transforms>
            <ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/>
          </ds:Reference>"""
        for part in ("body-1", "time-1")
    )
    template = f"""<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="{SOAP[version]}" xmlns:wsu="{WSU}" xmlns:x="urn:example:not-used">
  <s:Header>
    <wsse:Security xmlns:wsse="{WSSE}" s:mustUnderstand="1">
      <wsse:BinarySecurityToken wsu:Id="token-1" EncodingType="{OASIS}soap-message-security-1.0#Base64Binary"
        ValueType="{X509}">{token(certificate)}</wsse:BinarySecurityToken>
      <wsu:Timestamp wsu:Id="time-1"><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>
      <ds:Signature xmlns:ds="{DS}">
        <ds:SignedInfo>
          <ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}">{inclusive}</ds:CanonicalizationMethod>
          <ds:SignatureMethod Algorithm="{method}"/>{references}
        </ds:SignedInfo>
        <ds:SignatureValue/>
        <ds:KeyInfo>
          <wsse:SecurityTokenReference><wsse:Reference URI="#token-1" ValueType="{X509}"/></wsse:SecurityTokenReference>
        </ds:KeyInfo>
      </ds:Signature>
    </wsse:Security>
  </s:Header>
  <s:Body wsu:Id="body-1">{content.decode()}</s:Body>
</s:Envelope>"""
    return xmlsec1("--sign", "--privkey-pem", key, template.encode())


def verify(message, certificate):
    """The local names of the elements that the signature covers, once xmlsec1 found it good with the certificate's key."""
    xmlsec1("--verify", "--pubkey-cert-pem", certificate, message)
    envelope = etree.fromstring(message)
    signed = [reference.get("URI")[1:] for reference in envelope.iter(f"{{{DS}}}Reference")]
    elements = [element for id in signed for element in envelope.xpath("//*[@*[local-name()='Id']=$id]", id=id)]
    return [etree.QName(element).localname for element in elements]


def xmlsec1(mode, option, key, document):
    """Runs the command on a document; what it wrote. Raises with its words where it fails."""
    ids = [word for name in IDS for word in ("--id-attr:Id", name)]
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(document)
        file.flush()
        done = subprocess.run(["xmlsec1", mode, option, str(key), *ids, file.name], capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"xmlsec1 {mode} failed: {done.stderr.decode()}")
    return done.stdout


def token(certificate):
    """The content of a PEM file on one line, as a BinarySecurityToken has it."""
    lines = pathlib.Path(certificate).read_text().splitlines()
    return "".join(lines[lines.index("-----BEGIN CERTIFICATE-----") + 1:lines.index("-----END CERTIFICATE-----")])
