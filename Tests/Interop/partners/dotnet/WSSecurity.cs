using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

/// A message cannot be taken for the partner's word.
public class UntrustedMessage : Exception
{
    public UntrustedMessage(string what) : base(what) { }
}

/// What the partner signed, with its Security header taken out: ASMX refuses every header with mustUnderstand that it does not know.
public class VerifiedMessage
{
    public XmlDocument Document;
    /// The DigestValue of Body's reference: what a receipt gives back.
    public byte[] BodyDigest;
    /// The MessageID of WS-Addressing, where it is signed.
    public string MessageID;
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

/// WS-Security with nothing but the framework: signs and verifies envelopes by SignedXml.
public class WSSecurity
{
    public const string WSA = "http://www.w3.org/2005/08/addressing";
    const string OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    const string WSSE = OASIS + "wssecurity-secext-1.0.xsd";
    public const string WSU = OASIS + "wssecurity-utility-1.0.xsd";
    const string X509 = OASIS + "x509-token-profile-1.0#X509v3";
    const string Base64 = OASIS + "soap-message-security-1.0#Base64Binary";
    public const string SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    const string RSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

    readonly X509Certificate2 own, partner;

    /// A folder with signing.p12 (ours, with its key) and partner.pem (what the other side signs with).
    public WSSecurity(string folder)
    {
        own = new X509Certificate2(Path.Combine(folder, "signing.p12"), "partner");
        partner = new X509Certificate2(Path.Combine(folder, "partner.pem"));
    }

    public static XmlDocument Read(Stream stream)
    {
        // White space is signed, and a DOCTYPE has no place in SOAP.
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using (var reader = XmlReader.Create(stream, settings)) document.Load(reader);
        return document;
    }

    /// Addressing: names of WS-Addressing headers and their text.
    public void Sign(XmlDocument document, Dictionary<string, string> addressing)
    {
        var envelope = document.DocumentElement;
        var soap = envelope.NamespaceURI;
        var body = envelope["Body", soap];
        var header = envelope["Header", soap];
        if (header == null) header = (XmlElement)envelope.InsertBefore(document.CreateElement(envelope.Prefix, "Header", soap), body);
        var parts = new List<XmlElement>();
        foreach (var item in addressing)
        {
            var block = Append(header, "wsa", item.Key, WSA);
            if (item.Key == "ReplyTo") Append(block, "wsa", "Address", WSA, item.Value);
            else block.InnerText = item.Value;
            parts.Add(block);
        }
        var security = Append(header, "wsse", "Security", WSSE);
        Attribute(security, envelope.Prefix, "mustUnderstand", soap, "1");
        var timestamp = Append(security, "u", "Timestamp", WSU);
        Append(timestamp, "u", "Created", WSU, Moment(0));
        Append(timestamp, "u", "Expires", WSU, Moment(5));
        var token = Append(security, "wsse", "BinarySecurityToken", WSSE, Convert.ToBase64String(own.RawData));
        token.SetAttribute("ValueType", X509);
        token.SetAttribute("EncodingType", Base64);
        Attribute(token, "u", "Id", WSU, "Token");
        parts.Insert(0, timestamp);
        parts.Add(body);

        var signed = new SignedEnvelope(document) { SigningKey = own.PrivateKey };
        signed.SignedInfo.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = RSASHA256;
        for (var index = 0; index < parts.Count; index++)
        {
            Attribute(parts[index], "u", "Id", WSU, "_" + index);
            var reference = new Reference("#_" + index) { DigestMethod = SHA256 };
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
        }
        signed.KeyInfo.AddClause(new KeyInfoNode(TokenReference()));
        signed.ComputeSignature();
        security.AppendChild(document.ImportNode(signed.GetXml(), true));
    }

    /// Throws unless the partner signed Body and Timestamp, and Timestamp is not over.
    public VerifiedMessage Verify(XmlDocument document)
    {
        var envelope = document.DocumentElement;
        var soap = envelope.NamespaceURI;
        var security = One(One(envelope, "Header", soap), "Security", WSSE);
        var token = One(security, "BinarySecurityToken", WSSE);
        Demand(Convert.FromBase64String(token.InnerText).SequenceEqual(partner.RawData), "the message is not signed by the partner");

        var signed = new SignedEnvelope(document);
        signed.LoadXml(One(security, "Signature", SignedXml.XmlDsigNamespaceUrl));
        // CheckSignature itself would run whatever transforms a message names.
        Demand(signed.SignedInfo.CanonicalizationMethod == SignedXml.XmlDsigExcC14NTransformUrl, "another canonicalization");
        Demand(signed.SignedInfo.SignatureMethod == RSASHA256, "another signature method");
        var digests = new Dictionary<XmlElement, byte[]>();
        foreach (Reference reference in signed.SignedInfo.References)
        {
            Demand(reference.DigestMethod == SHA256 && reference.TransformChain.Count == 1
                && reference.TransformChain[0] is XmlDsigExcC14NTransform && reference.Uri.StartsWith("#"), "another kind of reference");
            var part = signed.GetIdElement(document, reference.Uri.Substring(1));
            Demand(part != null, "a reference to nothing");
            digests[part] = reference.DigestValue;
        }
        Demand(signed.CheckSignature(partner, true), "the signature is wrong");

        // Only now, and each part in its own place: the same name anywhere else is somebody's attempt.
        var body = One(envelope, "Body", soap);
        var timestamp = One(security, "Timestamp", WSU);
        foreach (var part in new[] { body, timestamp }) Demand(digests.ContainsKey(part), part.LocalName + " is not signed");
        var expires = XmlConvert.ToDateTime(One(timestamp, "Expires", WSU).InnerText, XmlDateTimeSerializationMode.Utc);
        Demand(expires > DateTime.UtcNow, "Timestamp is over");
        var messageID = envelope["Header", soap]["MessageID", WSA];
        security.ParentNode.RemoveChild(security);
        return new VerifiedMessage
        {
            Document = document, BodyDigest = digests[body],
            MessageID = messageID != null && digests.ContainsKey(messageID) ? messageID.InnerText : null
        };
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

    static XmlElement One(XmlElement parent, string name, string ns)
    {
        var found = parent.ChildNodes.OfType<XmlElement>().Where(part => part.LocalName == name && part.NamespaceURI == ns).ToList();
        Demand(found.Count == 1, found.Count + " elements " + name);
        return found[0];
    }

    static void Demand(bool isRight, string what) { if (!isRight) throw new UntrustedMessage(what); }
}
