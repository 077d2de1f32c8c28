using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text.RegularExpressions;
using System.Xml;

/// An answer cannot be taken for the gateway's word.
public class Untrusted : Exception
{
    public Untrusted(string why) : base(why) { }
}

/// WS-Security with nothing but the framework: signs Body and Timestamp, and verifies that the gateway signed those of an answer.
public class WSSecurity
{
    const string OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    const string WSSE = OASIS + "wssecurity-secext-1.0.xsd";
    public const string WSU = OASIS + "wssecurity-utility-1.0.xsd";
    const string X509 = OASIS + "x509-token-profile-1.0#X509v3";
    const string Base64 = OASIS + "soap-message-security-1.0#Base64Binary";
    const string SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    const string RSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    readonly X509Certificate2 own;
    readonly List<X509Certificate2> gateway;

    /// The digest of the Body that was signed last; its receipt must give it back.
    public byte[] SentDigest;

    /// The gateway's certificates as PEM, one or more.
    public WSSecurity(X509Certificate2 own, string gatewayCertificates)
    {
        Demand(own.PublicKey.Oid.Value == "1.2.840.113549.1.1.1", "SignedXml of .NET Framework signs with RSA keys only");
        this.own = own;
        gateway = Regex.Matches(gatewayCertificates, "-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", RegexOptions.Singleline)
            .Cast<Match>().Select(pem => new X509Certificate2(Convert.FromBase64String(pem.Groups[1].Value))).ToList();
    }

    public static XmlDocument Read(Stream stream)
    {
        // White space is signed, and a DOCTYPE has no place in SOAP.
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using (var reader = XmlReader.Create(stream, settings)) document.Load(reader);
        return document;
    }

    public void Sign(XmlDocument document)
    {
        var envelope = document.DocumentElement;
        var soap = envelope.NamespaceURI;
        var body = One(envelope, "Body", soap);
        var header = envelope["Header", soap];
        if (header == null) header = (XmlElement)envelope.InsertBefore(document.CreateElement(envelope.Prefix, "Header", soap), body);
        var security = Append(header, "wsse", "Security", WSSE);
        Attribute(security, envelope.Prefix, "mustUnderstand", soap, "1");
        var timestamp = Append(security, "u", "Timestamp", WSU);
        Append(timestamp, "u", "Created", WSU, Moment(0));
        Append(timestamp, "u", "Expires", WSU, Moment(5));
        var token = Append(security, "wsse", "BinarySecurityToken", WSSE, Convert.ToBase64String(own.RawData));
        token.SetAttribute("ValueType", X509);
        token.SetAttribute("EncodingType", Base64);
        Attribute(token, "u", "Id", WSU, "Token");
        Attribute(timestamp, "u", "Id", WSU, "Timestamp");
        Attribute(body, "u", "Id", WSU, "Body");

        var signed = new SignedEnvelope(document) { SigningKey = own.GetRSAPrivateKey() };
        signed.SignedInfo.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = RSASHA256;
        var references = new[] { "#Body", "#Timestamp" }.Select(uri => new Reference(uri) { DigestMethod = SHA256 }).ToList();
        foreach (var reference in references)
        {
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
        }
        signed.KeyInfo.AddClause(new KeyInfoNode(TokenReference()));
        signed.ComputeSignature();
        SentDigest = references[0].DigestValue;
        security.AppendChild(document.ImportNode(signed.GetXml(), true));
    }

    /// Throws unless the gateway signed Body and Timestamp, and lately. Takes the Security header out: ASMX refuses every header with
    /// mustUnderstand that it does not know.
    public void Verify(XmlDocument document)
    {
        var envelope = document.DocumentElement;
        var soap = envelope.NamespaceURI;
        // Every part is taken from its own place: an element with the right name anywhere else is somebody's attempt.
        var security = One(One(envelope, "Header", soap), "Security", WSSE);
        var token = Convert.FromBase64String(One(security, "BinarySecurityToken", WSSE).InnerText);
        var signer = gateway.FirstOrDefault(certificate => certificate.RawData.SequenceEqual(token));
        Demand(signer != null, "the answer is signed by another certificate");

        var signed = new SignedEnvelope(document);
        signed.LoadXml(One(security, "Signature", SignedXml.XmlDsigNamespaceUrl));
        // CheckSignature itself would run whatever transforms a message names.
        Demand(signed.SignedInfo.CanonicalizationMethod == SignedXml.XmlDsigExcC14NTransformUrl, "the answer has another canonicalization");
        Demand(signed.SignedInfo.SignatureMethod == RSASHA256, "the answer has another signature method");
        var parts = new List<XmlElement>();
        foreach (Reference reference in signed.SignedInfo.References)
        {
            var isOnlyCanonical = reference.TransformChain.Count == 1 && reference.TransformChain[0] is XmlDsigExcC14NTransform;
            Demand(isOnlyCanonical && reference.DigestMethod == SHA256, "the answer has another kind of reference");
            Demand(reference.Uri.StartsWith("#"), "the answer has a reference to elsewhere");
            parts.Add(signed.GetIdElement(document, reference.Uri.Substring(1)));
        }
        Demand(signed.CheckSignature(signer, true), "the signature of the answer is wrong");

        var timestamp = One(security, "Timestamp", WSU);
        foreach (var part in new[] { One(envelope, "Body", soap), timestamp })
            Demand(parts.Contains(part), part.LocalName + " of the answer is not signed");
        DateTime now = DateTime.UtcNow, created = Time(timestamp, "Created"), expires = Time(timestamp, "Expires");
        Demand(created - ClockTolerance < now && now < expires + ClockTolerance, "the answer is old, or the clock is wrong");
        security.ParentNode.RemoveChild(security);
    }

    static XmlElement TokenReference()
    {
        var document = new XmlDocument();
        var reference = (XmlElement)document.AppendChild(document.CreateElement("wsse", "SecurityTokenReference", WSSE));
        var place = Append(reference, "wsse", "Reference", WSSE);
        place.SetAttribute("URI", "#Token");
        place.SetAttribute("ValueType", X509);
        return reference;
    }

    static XmlElement Append(XmlElement parent, string prefix, string name, string ns, string text = null)
    {
        var element = parent.OwnerDocument.CreateElement(prefix, name, ns);
        if (text != null) element.InnerText = text;
        return (XmlElement)parent.AppendChild(element);
    }

    static void Attribute(XmlElement element, string prefix, string name, string ns, string value)
    {
        var attribute = element.OwnerDocument.CreateAttribute(prefix, name, ns);
        attribute.Value = value;
        element.SetAttributeNode(attribute);
    }

    static string Moment(int minutes) { return DateTime.UtcNow.AddMinutes(minutes).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"); }

    static DateTime Time(XmlElement timestamp, string name)
    {
        return XmlConvert.ToDateTime(One(timestamp, name, WSU).InnerText, XmlDateTimeSerializationMode.Utc);
    }

    static XmlElement One(XmlElement parent, string name, string ns)
    {
        var found = parent.ChildNodes.OfType<XmlElement>().Where(part => part.LocalName == name && part.NamespaceURI == ns).ToList();
        Demand(found.Count == 1, "the answer has " + found.Count + " elements " + name + " in " + parent.LocalName);
        return found[0];
    }

    static void Demand(bool isRight, string otherwise) { if (!isRight) throw new Untrusted(otherwise); }
}

/// Finds parts by wsu:Id, which the framework's own class does not know.
public class SignedEnvelope : SignedXml
{
    readonly XmlDocument document;

    public SignedEnvelope(XmlDocument document) : base(document) { this.document = document; }

    public override XmlElement GetIdElement(XmlDocument _, string id)
    {
        var found = document.SelectNodes("//*").Cast<XmlElement>().Where(part => part.GetAttribute("Id", WSSecurity.WSU) == id).ToList();
        // Two parts with one id would let one be verified and the other read.
        return found.Count == 1 ? found[0] : null;
    }
}
