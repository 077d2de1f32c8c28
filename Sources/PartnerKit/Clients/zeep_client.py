"""Sends a message to the gateway with zeep, and believes nothing but what the gateway signed.

    python3 client.py OPERATION [DATASET.xml]

Prints `receipt ID TIME` and exits with 0; or, where the gateway refuses, `fault CODE RULE CORRELATION-ID`, the reason and each
problem, with 1; or, where there is no answer to believe, `untrusted WHY`, with 2.
"""

import os
import pathlib
import sys
import uuid

import requests
import zeep
from lxml import etree

import security

ECO = "{urn:coconect:eco:1}"
KIT = pathlib.Path(__file__).resolve().parents[2]


def setting(name):
    """A line of kit.properties, or what the environment has instead."""
    lines = (KIT / "kit.properties").read_text().splitlines()
    return os.environ.get(f"KIT_{name}") or dict(line.split("=", 1) for line in lines if "=" in line)[name]


def path(name):
    return KIT / setting(name)


def send(operation, dataset):
    """The gateway's receipt for a dataset."""
    wsse = security.Security(path("SIGNING_KEY"), path("SIGNING_CERTIFICATE"), path("GATEWAY_CERTIFICATES"))
    session = requests.Session()
    session.cert = str(path("TLS_CERTIFICATE")), str(path("TLS_KEY"))
    session.verify = str(path("TLS_ANCHORS"))
    session.trust_env = False  # or authorities that the environment names would be trusted instead
    wsdl = str(KIT / f"wsdl/{operation}.wsdl")
    client = zeep.Client(wsdl, wsse=wsse, transport=zeep.Transport(session=session, operation_timeout=60))

    root = etree.parse(dataset).getroot()
    name = etree.QName(root).localname
    binding = f"{{urn:coconect:eco:1:{operation}}}{name}PortSOAP{setting('SOAP_VERSION').replace('.', '')}"
    service = client.create_service(binding, f"{setting('ENDPOINT')}/{operation}")

    # A program with data of its own calls service.SendCO(Sender={"Country": "KR", "Agency": "…"}, …) instead.
    message = client.get_element(ECO + name).parse(root, client.wsdl.types)
    message.FunctionalReferenceID = uuid.uuid4().hex
    receipt = service[name](**message.__values__)
    security.demand(receipt.FunctionalReferenceID == message.FunctionalReferenceID, "the receipt is for another message")
    security.demand(receipt.DigestValue == wsse.sent_digest, "the receipt is for other content")
    return receipt


def report(operation, dataset):
    """Prints what came of a dataset; the exit status."""
    try:
        receipt = send(operation, dataset)
        print("receipt", receipt.FunctionalReferenceID, receipt.ReceivedDateTime.isoformat())
        return 0
    except zeep.exceptions.Fault as fault:
        refusal = fault.detail.find(ECO + "Refusal")
        print("fault", *(refusal.findtext(ECO + part, "-") for part in ("Code", "Rule", "CorrelationID")))
        print(fault.message)
        for problem in refusal.iter(ECO + "Problem"):
            print(f"{problem.findtext(ECO + 'Place')}: {problem.findtext(ECO + 'Text')}")
        return 1


def main(operation, dataset=None):
    try:
        return report(operation, dataset or str(KIT / f"samples/{operation}.xml"))
    except Exception as problem:  # whatever went wrong, there is no answer to believe
        print("untrusted", " ".join(str(problem).split()))
        return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
