"""Digital certificates of origin (COD) of ALADI and MERCOSUR, built and signed as foreign systems do, and damaged ones.

The elements and their order are facts of the published schemas 1.8.3 and 4.1.1; the signatures are those of the two public
signing programs and of documents in production. `Parties` makes whole documents; `python3 cod.py FOLDER` writes samples.
"""

import dataclasses
import datetime
import pathlib
import re
import subprocess
import sys
import tempfile

# Before xmlsec, which otherwise takes from lxml the reading of files.
from lxml import etree
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from foreign_signer import DIGESTS, ENVELOPED, MORE, broken, text
from xmlsec1 import DS, EXCLUSIVE

ENVELOPE = "http://www.w3.org/2001/12/soap-envelope"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
COMMENTED = INCLUSIVE + "#WithComments"
METHODS = {"sha1": DS + "rsa-sha1", "sha256": MORE + "rsa-sha256", "sha512": MORE + "rsa-sha512"}
PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>\n'

# What each element holds, in its order: `?` may be left out, `*` repeats. What is not named here holds text.
COMMON = {
    "COD": "CODVer CODSubmitterType Agreement",
    "Agreement": "AgreementName AgreementAcronym",
    "Transport": "TransportPortOfLoading TransportMeans TransportCountryDestination",
    "Importer": "ImporterCountry ImporterBusinessName ImporterAddress ImporterCity? ImporterTelephone? ImporterFax? ImporterEmail?"
    " ImporterURL?",
    "Exporter": "ExporterCountry ExporterBusinessName ExporterAddress ExporterCity? ExporterTelephone? ExporterFax? ExporterEmail?"
    " ExporterURL?",
    "Invoices": "InvoiceQty Invoice*",
    "Invoice": "InvoiceOrderNo InvoiceNo InvoiceDate",
    "GoodsList": "GoodsQty Goods*",
    "Goods": "GoodsOrderNo GoodsInvoiceOrderNo? GoodsItemCode GoodsItemName GoodsItemWeightAmount GoodsItemMeasureUnit GoodsItemFOB"
    " GoodsItemOriginRules GoodsDeclarationDate?",
    "Consignee": "ConsigneeCountry? ConsigneeBusinessName? ConsigneeAddress? ConsigneeCity?",
    "ThirdOpComments": "ThirdOpStatement? ThirdOpCountry? ThirdOpBusinessName? ThirdOpAddress? ThirdOpInvoiceNo? ThirdOpInvoiceDate?",
    "Declaration": "DeclarationDate DeclarationRequestNo? Affidavit",
    "EH": "EHId EHCountry EHName EHAddress EHCityLocality EHTelephone? EHFax? EHEmail? EHURL EHComments?",
    "CertificationEH": "CertificateControlCode? CertificateDate CertificateID",
}
FORMS = {
    "A18": {
        "FormA18": "Exporter Subscriber Invoices GoodsList Importer Transport Comments? Declaration",
        "Exporter": "ExporterCountry ExporterBusinessName ExporterAddress ExporterCity ExporterTelephone ExporterEmail",
        "Subscriber": "SubscriberSubmitterName",
        "Invoices": "Invoice*",
        "Invoice": "InvoiceNo InvoiceDate",
        "GoodsList": "Goods*",
        "Goods": "GoodsOrderNo GoodsItemCode GoodsItemName GoodsItemWeightAmount GoodsItemMeasureUnit GoodsItemValue"
        " GoodsItemOriginRules GoodsDeclarationDate GoodsDeclarationNumber",
        "Importer": "ImporterCountry ImporterBusinessName ImporterAddress ImporterCity",
        "Transport": "TransportPortOfLoading",
        "Comments": "GeneralComments? PACComments? ThirdOpComments? HSVer?",
        "ThirdOpComments": "ThirdOpStatement? ThirdOpCountry? ThirdOpBusinessName? ThirdOpAddress? ThirdOpCity?",
        "Declaration": "DeclarationDate Affidavit",
        "EH": "EHId EHCountry EHName EHAddress EHCityLocality EHTelephone EHFax? EHEmail EHURL EHComments?",
    },
    "A35": {
        "FormA35": "Exporter Invoices GoodsList Importer Consignee? Transport Comments? Declaration",
        "Exporter": COMMON["Exporter"].replace("City?", "City"),
        "Comments": "GeneralComments? ThirdOpComments?",
    },
    "A72": {
        "FormA72": "Exporter Invoices GoodsList Importer Transport Comments? Declaration",
        "Goods": COMMON["Goods"].replace("Date?", "Date"),
        "Transport": "TransportPortOfLoading TransportMeans TransportCountryDestination?",
        "Comments": "GeneralComments? Op3cComments?",
        "Op3cComments": "Op3cStatement? Op3cBusinessName? Op3cAddress? Op3cCountry? Op3cInvoiceDate? Op3cInvoiceNo?",
    },
}
# The versions 1.8 say some things otherwise, of A18 nearly everything.
OLD = {"Declaration": "DeclarationDate DeclarationRequestNo?", "EH": re.sub("Locality|EHComments.", "", COMMON["EH"])}
OLD_FORMS = {
    "A18": {
        "FormA18": "Exporter Invoices GoodsList Importer Consignee? Transport Comments? Declaration",
        "Goods": COMMON["Goods"].replace("FOB", "Value"),
        "Comments": "GeneralComments? PACComments? ThirdOpComments? LocalCurrency? HSVer?",
        "PACComments": "PACInputsOrderNo? PACInputsComment?",
    },
    "A35": FORMS["A35"],
    "A72": FORMS["A72"],
}

NAMES = {
    "A18": "Acuerdo de Complementación Económica N° 18", "A13": "ACE 13", "A14": "ACE 14 (Brasil)", "A57": "ACE 57",
    "A35": "Acuerdo de Complementación Económica N° 35", "A72": "Acuerdo de Complementación Económica N° 72",
}
PARTNERS = {"A18": "BR", "A13": "PY", "A14": "BR", "A57": "UY", "A35": "CL", "A72": "CO"}
TRADER = ("Leather Trading & Co. Inc.", "1200 Brickell Avenue", "Miami", "+1 305 555-0100")
PARTIES = {
    "Exporter": ("Curtiembre Río de la Plata S.R.L. & Hijos", "Av. Mitre 1250, piso 3°", "Avellaneda", "+54 11 4201-5678"),
    "Importer": ("Calçados São João Ltda.", "Rua Júlio de Castilhos, 77 <fundos>", "Novo Hamburgo", "+55 51 3594-1234"),
    "Consignee": ("Depósito Aduaneiro \"Guaíba\"", "Rod. BR-290 km 12", "Porto Alegre", "+55 51 3200-4455"),
    "ThirdOp": TRADER,
    "Op3c": TRADER,
    "EH": ("Cámara de Exportadores de Prueba", "Av. Corrientes 345", "Buenos Aires", "+54 11 4326-1000"),
}
COUNTRIES = {"Exporter": "AR", "EH": "AR", "ThirdOp": "US", "Op3c": "US"}
GOODS = [
    ("4104.11.14", "Cueros bovinos enteros, en estado húmedo (wet blue), plena flor", "1250.5000", "KILOGRAMOS", "18250.75"),
    ("8408.90.90", "Motores diésel — potencia > 75 kW", "4", "UNIDADES", "66810.5"),
    ("2204.21", "Vino tinto \"Malbec\", botellas de 0,75 l", "900.25", "LITROS", "4320.00"),
    ("6403.99.90", "Calzado de cuero natural", "36", "PARES", "0.01"),
]


def values_of(acronym="A18", version="4.1.1", declared="2026-03-10T14:30:00", certified="2026-03-11T10:05:00", number=215, correction=0):
    """The text of every element that holds text and is not of one invoice or item alone."""
    values = {
        "CODVer": version, "CODSubmitterType": "EXP", "AgreementName": NAMES[acronym], "AgreementAcronym": acronym,
        "SubscriberSubmitterName": "María José Ñúñez", "TransportPortOfLoading": "Puerto de Buenos Aires", "TransportMeans": "Camión",
        "GeneralComments": "Orden de compra 4711.\nEmbarque parcial permitido.", "PACComments": "Acumulación con insumos de Uruguay",
        "PACInputsOrderNo": "1", "PACInputsComment": "Insumos de Uruguay", "LocalCurrency": "DOLARES ESTADOUNIDENSES", "HSVer": "2022",
        "ThirdOpStatement": "true", "ThirdOpInvoiceNo": "LT-2026/88", "ThirdOpInvoiceDate": "2026-03-09T00:00:00",
        "Op3cStatement": "true", "Op3cInvoiceNo": "LT-2026/88", "Op3cInvoiceDate": "2026-03-09T00:00:00",
        "DeclarationDate": declared, "DeclarationRequestNo": "77", "Affidavit": "Declaro que las mercancías son originarias.",
        "EHId": "004", "EHComments": "Delegación Centro", "CertificateControlCode": "9F3-77A", "CertificateDate": certified,
        "CertificateID": f"AR004{acronym}{certified[2:4]}{number:08d}{correction:02d}",
    }
    for prefix, (name, address, city, telephone) in PARTIES.items():
        country = COUNTRIES.get(prefix, PARTNERS[acronym])
        suffixes = {
            "Country": country, "BusinessName": name, "Name": name, "Address": address, "City": city, "CityLocality": city,
            "Telephone": telephone, "Fax": telephone[:-1] + "9", "Email": f"origen@{prefix.lower()}.example",
            "URL": f"https://www.{prefix.lower()}.example/",
        }
        values |= {prefix + suffix: value for suffix, value in suffixes.items()}
    return values | {"TransportCountryDestination": values["ImporterCountry"]}


def invoice(number):
    """The text of the invoice with this number, from 1."""
    day = f"2026-03-{number % 28 + 1:02d}T00:00:00"
    return {"InvoiceOrderNo": str(number), "InvoiceNo": f"0200-{2657 + number:08d}", "InvoiceDate": day}


def goods_item(number, invoices):
    """The text of the goods item with this number, from 1."""
    code, name, amount, unit, value = GOODS[(number - 1) % len(GOODS)]
    return {
        "GoodsOrderNo": str(number), "GoodsInvoiceOrderNo": str((number - 1) % invoices + 1), "GoodsItemCode": code, "GoodsItemName": name,
        "GoodsItemWeightAmount": amount, "GoodsItemMeasureUnit": unit, "GoodsItemValue": value, "GoodsItemFOB": value,
        "GoodsItemOriginRules": "Artículo 3, inciso b) del Régimen de Origen", "GoodsDeclarationDate": "2026-02-27T00:00:00",
        "GoodsDeclarationNumber": f"DJO-2026-{number:05d}",
    }


@dataclasses.dataclass
class Content:
    """What a document says; `values` changes the text of elements by their names, None leaves one out.

    `items` does so for single goods by their numbers. Dates have no offset, as in production. `declarations` are namespaces
    that the Envelope declares besides; some declare `ds`.
    """

    form: str = "A18"
    version: str = "4.1.1"
    acronym: str | None = None
    optional: bool = True
    invoices: int = 2
    goods: int = 3
    layout: str = "indented"
    prefix: str = "ns1"
    declarations: dict = dataclasses.field(default_factory=dict)
    header: bool = False
    declared: str = "2026-03-10T14:30:00"
    certified: str = "2026-03-11T10:05:00"
    number: int = 215
    correction: int = 0
    values: dict = dataclasses.field(default_factory=dict)
    items: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        new = not self.version.startswith("1.")
        self.children = COMMON | ({} if new else OLD) | (FORMS if new else OLD_FORMS)[self.form]
        acronym = self.acronym or self.form
        self.texts = values_of(acronym, self.version, self.declared, self.certified, self.number, self.correction)
        self.texts |= {"InvoiceQty": str(self.invoices), "GoodsQty": str(self.goods)}
        self.repeated = {
            "Invoice": [invoice(number) for number in range(1, self.invoices + 1)],
            "Goods": [goods_item(number, self.invoices) | self.items.get(number, {}) for number in range(1, self.goods + 1)],
        }

    def element(self, name, texts=None):
        """The element of this name with all that it holds; None where it is left out."""
        texts = self.texts if texts is None else texts
        found = etree.Element(name)
        if name not in self.children:
            found.text = self.values.get(name, texts[name])
            return found if found.text is not None else None
        if name in self.values and self.values[name] is None:
            return None
        for child in self.children[name].split():
            for made in self._children(child, texts):
                if made is not None:
                    found.append(made)
        return found

    def _children(self, child, texts):
        if child.endswith("?"):
            return [self.element(child[:-1], texts)] if self.optional or child[:-1] in self.values else []
        if child.endswith("*"):
            return [self.element(child[:-1], texts | one) for one in self.repeated[child[:-1]]]
        return [self.element(child, texts)]


def draft(content=None):
    """Stage 1: the exporter's data, unsigned."""
    content = content or Content()
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={content.prefix: ENVELOPE, "xsi": INSTANCE, **content.declarations})
    root.set(f"{{{INSTANCE}}}schemaLocation", f"{ENVELOPE} https://www.codaladi.org/directorio/cod_ver_{content.version}.xsd")
    if content.header:
        etree.SubElement(root, f"{{{ENVELOPE}}}Header")
    outer = etree.SubElement(etree.SubElement(root, f"{{{ENVELOPE}}}CertOrigin"), "CODEH", id="CODEH")
    exporter = etree.SubElement(outer, "CODExporter")
    cod = content.element("COD")
    cod.set("id", "COD")
    cod.append(content.element("Form" + content.form))
    exporter.append(cod)
    if content.layout == "indented":
        etree.indent(root, "   ")
    return written(root)


def with_entity(document, content=None):
    """Stage 3: what the issuing entity adds, outside of what the exporter signed."""
    content = content or Content()
    root = etree.fromstring(document)
    outer = find(root, "CODEH")
    for name in ("EH", "CertificationEH"):
        added = content.element(name)
        if content.layout == "indented":
            etree.indent(added, "   ", level=3)
            outer[-1].tail, added.tail = "\n         ", "\n      "
        outer.append(added)
    return written(root)


def written(root):
    return PROLOG + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def find(root, id):
    """The first element with this id."""
    return root.xpath("//*[@id=$id]", id=id)[0]


# Signers

def at(moment):
    """A time such as 2026-03-10 or 2026-03-10T14:30:00, in UTC."""
    return datetime.datetime.fromisoformat(moment)


class Signer:
    """A key with its certificate."""

    def __init__(self, key, certificate):
        self.key, self.certificate = key, certificate
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.der = certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    @property
    def subject(self):
        return self.certificate.subject.rfc4514_string()


class Issuer(Signer):
    """A certification authority; without an issuer it signs itself. `since` and `until` are UTC."""

    def __init__(self, name="AC Raíz de Prueba", issuer=None, since="2015-01-01", until="2045-01-01", country="AR"):
        key = rsa.generate_private_key(65537, 2048)
        subject = distinguished(name, country, "Autoridad de Certificación de Prueba")
        above = issuer or self
        if issuer is None:
            self.key, issuer_name = key, subject
        else:
            issuer_name = issuer.certificate.subject
        builder = described(issuer_name, subject, key, since, until, above.key)
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        super().__init__(key, builder.sign(above.key, hashes.SHA256()))

    def issue(self, name, since="2025-01-01", until="2027-01-01", country="AR", organization="Prueba S.A.", bits=2048, sign=True):
        """A certificate to sign documents; with `sign` False its key usage does not allow that."""
        key = rsa.generate_private_key(65537, bits)
        builder = described(self.certificate.subject, distinguished(name, country, organization), key, since, until, self.key)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        allowed = {"digital_signature": True, "content_commitment": True} if sign else {"key_encipherment": True}
        builder = builder.add_extension(usage(**allowed), critical=True)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://ac.example/lista.crl")], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        policy = x509.PolicyInformation(x509.ObjectIdentifier("2.16.32.1.1.3"), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        return Signer(key, builder.sign(self.key, hashes.SHA256()))

    def revocation_list(self, revoked=(), since="2026-01-01", until="2036-01-01", number=1):
        """A CRL as PEM: pairs of a signer and the time of its revocation in UTC, and None or the name of a reason."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(at(since)).next_update(at(until)).add_extension(x509.CRLNumber(number), critical=False)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        for signer, moment, *reason in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(signer.certificate.serial_number).revocation_date(at(moment))
            for name in filter(None, reason):
                entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags[name]), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def distinguished(name, country, organization):
    parts = (x509.NameOID.COUNTRY_NAME, country), (x509.NameOID.ORGANIZATION_NAME, organization), (x509.NameOID.COMMON_NAME, name)
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def described(issuer, subject, key, since, until, issuer_key):
    """A certificate without what tells an authority from a signer."""
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), at(since), at(until))
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def usage(**allowed):
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
        "crl_sign", "encipher_only", "decipher_only",
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


# Signatures

@dataclasses.dataclass(frozen=True)
class Profile:
    """How a document is signed: C14N of SignedInfo and of the signed element, digest of the exporter and of the officer."""

    info: str = COMMENTED
    part: str = EXCLUSIVE
    exporter: str = "sha1"
    officer: str = "sha256"
    enveloped: bool = True
    key_info: tuple = ("KeyValue", "X509SubjectName", "X509Certificate")
    carriage_returns: bool = False


PROFILES = {
    "production": Profile(),
    "production-sha256": Profile(exporter="sha256"),
    "ds-cod": Profile(officer="sha1"),
    "s-fide": Profile(INCLUSIVE, INCLUSIVE, "sha256"),
    "exclusive": Profile(EXCLUSIVE, EXCLUSIVE, "sha256"),
    "certificate-only": Profile(exporter="sha256", key_info=("X509Certificate",)),
    "carriage-returns": Profile(exporter="sha256", carriage_returns=True),
}


def signed(document, signer, id="COD", profile="production", role=None, after=None, shown=None, key_value=None):
    """The document with a signature right after the element of that id, or after that of `after`; without an id over all.

    KeyInfo shows the certificate of `shown` and the bare key of `key_value`, the signer's own unless a forger wants others.
    """
    profile = PROFILES[profile] if isinstance(profile, str) else profile
    digest = getattr(profile, role or ("exporter" if id == "COD" else "officer"))
    root = etree.fromstring(document)
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    find(root, after or id).addnext(signature)
    _signed_info(signature, id, profile, digest)
    etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    xmlsec.tree.add_ids(root, ["id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(signer.key_pem, xmlsec.KeyFormat.PEM)
    context.sign(signature)
    _key_info(signature, profile, shown or signer, key_value or shown or signer)
    if profile.carriage_returns:
        for name in ("SignatureValue", "X509Certificate"):
            for found in signature.iter(f"{{{DS}}}{name}"):
                found.text = broken(found.text)
    return written(root)


def _signed_info(signature, id, profile, digest):
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=profile.info)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=METHODS[digest])
    reference = etree.SubElement(info, f"{{{DS}}}Reference", URI="#" + id if id else "")
    transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
    for algorithm in ([ENVELOPED] if profile.enveloped or not id else []) + [profile.part]:
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=algorithm)
    etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[digest])
    etree.SubElement(reference, f"{{{DS}}}DigestValue")


def _key_info(signature, profile, shown, key_value):
    info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
    if "KeyValue" in profile.key_info:
        key = etree.SubElement(etree.SubElement(info, f"{{{DS}}}KeyValue"), f"{{{DS}}}RSAKeyValue")
        numbers = key_value.key.public_key().public_numbers()
        for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
            etree.SubElement(key, f"{{{DS}}}{name}").text = text(number.to_bytes((number.bit_length() + 7) // 8, "big"))
    data = etree.SubElement(info, f"{{{DS}}}X509Data")
    for name, value in (("X509SubjectName", shown.subject), ("X509Certificate", text(shown.der))):
        if name in profile.key_info:
            etree.SubElement(data, f"{{{DS}}}{name}").text = value


class Parties:
    """An authority with an exporter and an officer, and the documents that they sign."""

    def __init__(self, since="2025-01-01", until="2027-01-01", issuer=None):
        self.issuer = issuer or Issuer()
        self.exporter = self.issuer.issue("Juan Pérez", since, until, organization="Curtiembre Río de la Plata S.R.L.")
        self.officer = self.issuer.issue("Ana María Gómez", since, until, organization="Cámara de Exportadores de Prueba")

    def document(self, stage=4, profile="production", exporter=None, officer=None, **content):
        """A document at a stage of its life: 1 draft, 2 signed by the exporter, 3 with the entity's data, 4 complete."""
        content = Content(**content)
        document = draft(content)
        if stage > 1:
            document = signed(document, exporter or self.exporter, "COD", profile)
        if stage > 2:
            document = with_entity(document, content)
        if stage > 3:
            document = signed(document, officer or self.officer, "CODEH", profile)
        return document

    def save(self, folder):
        """Writes the certificates and an empty revocation list."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("issuer", "exporter", "officer"):
            (folder / f"{name}.pem").write_bytes(getattr(self, name).pem)
        (folder / "revoked.pem").write_bytes(self.issuer.revocation_list())


# Foreign judges

# Each signature in its place; `//*[local-name()='Signature']` would also find those that a forger hid elsewhere.
SIGNATURES = {
    "exporter": "(//*[local-name()='CertOrigin'])[1]/CODEH[1]/CODExporter[1]/*[local-name()='Signature'][1]",
    "officer": "(//*[local-name()='CertOrigin'])[1]/*[local-name()='Signature'][1]",
}
IDS = [word for name in ("COD", "CODEH", "Note") for word in ("--id-attr:id", name)]


def xmlsec1(document, role, *options):
    """What the command xmlsec1 says of one signature: None where it is good, else its words.

    Without options it takes the key from KeyInfo, and so says nothing about who signed. So it does with a certificate alone,
    because KeyValue goes first: `xmlsec1_of` has what it takes.
    """
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(document)
        file.flush()
        command = ["xmlsec1", "--verify", *IDS, "--node-xpath", SIGNATURES[role], *map(str, options or ["--insecure"]), file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr


def xmlsec1_of(document, role, signer):
    """The verdict on one signature with the key of this signer's certificate and no other: KeyInfo is not looked at."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(signer.pem)
        file.flush()
        return xmlsec1(document, role, "--pubkey-cert-pem", file.name, "--enabled-key-data", "key-name")


def xmlsec1_at(document, role, anchor, moment):
    """The verdict on one signature by the certificate in KeyInfo, which the anchor must have issued and which is valid at that time."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(anchor.pem)
        file.flush()
        options = "--trusted-pem", file.name, "--enabled-key-data", "x509", "--verification-gmt-time", moment.replace("T", " ")
        return xmlsec1(document, role, *options)


def good(document, exporter, officer):
    """Whether xmlsec1 finds both signatures good, each of that signer."""
    signers = {"exporter": exporter, "officer": officer}
    return all(xmlsec1_of(document, role, signer) is None for role, signer in signers.items())


def openssl_at(signer, moment, anchor, revocations=None, intermediate=None):
    """The number of the error that `openssl verify` finds in a signer's path at a time; None where it finds none.

    A revocation list must be current at that time, and then counts whatever its entries' dates: no judge of the past."""
    seconds = int(at(moment).replace(tzinfo=datetime.timezone.utc).timestamp())
    command = ["openssl", "verify", "-purpose", "smimesign", "-attime", str(seconds), *(["-crl_check"] if revocations else [])]
    files = {"-CAfile": anchor.pem, "-CRLfile": revocations, "-untrusted": intermediate and intermediate.pem, "": signer.pem}
    with tempfile.TemporaryDirectory() as folder:
        for option, pem in files.items():
            if pem:
                pathlib.Path(folder, "pem" + option).write_bytes(pem)
                command += filter(None, [option, f"{folder}/pem{option}"])
        done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"error (\d+) at", done.stderr)
    return int(found[1]) if found else None


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    everybody = Parties()
    everybody.save(target)
    for each in FORMS:
        (target / f"{each}.xml").write_bytes(everybody.document(form=each))
