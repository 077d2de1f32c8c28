using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security;
using System.Text;
using System.Xml;

/// A partner's end: verifies each request and answers with a signed receipt, or with a signed fault where the message says "refuse".
///
/// Server.exe http://HOST:PORT/, in a folder with signing.p12 and partner.pem.
class Server
{
    const string Eco = "urn:coconect:eco:1", SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/";

    static readonly WSSecurity security = new WSSecurity(".");

    static void Main(string[] arguments)
    {
        var listener = new HttpListener();
        listener.Prefixes.Add(arguments[0]);
        listener.Start();
        while (true) Answer(listener.GetContext());
    }

    static void Answer(HttpListenerContext call)
    {
        var request = WSSecurity.Read(call.Request.InputStream);
        var soap = request.DocumentElement.NamespaceURI;
        var addressing = new Dictionary<string, string>();
        string content;
        try
        {
            var verified = security.Verify(request);
            if (verified.MessageID != null) addressing["RelatesTo"] = verified.MessageID;
            var message = verified.Document.DocumentElement["Body", soap].ChildNodes.OfType<XmlElement>().Single();
            var isRefused = message.GetElementsByTagName("Remark", Eco).Cast<XmlElement>().Any(remark => remark.InnerText == "refuse");
            content = isRefused ? Fault(soap, "Not this one.") : Receipt(message, verified.BodyDigest);
        }
        catch (UntrustedMessage untrusted)
        {
            content = Fault(soap, untrusted.Message);
        }
        var envelope = "<soap:Envelope xmlns:soap=\"" + soap + "\"><soap:Body>" + content + "</soap:Body></soap:Envelope>";
        var answer = WSSecurity.Read(new MemoryStream(Encoding.UTF8.GetBytes(envelope)));
        security.Sign(answer, addressing);
        call.Response.StatusCode = content.StartsWith("<soap:Fault>") ? 500 : 200;
        call.Response.ContentType = (soap == SOAP11 ? "text/xml" : "application/soap+xml") + "; charset=utf-8";
        answer.Save(call.Response.OutputStream);
        call.Response.Close();
    }

    static string Receipt(XmlElement message, byte[] digest)
    {
        return "<" + message.LocalName + "Response xmlns=\"" + Eco + "\"><Receipt>"
            + Element("FunctionalReferenceID", message["FunctionalReferenceID", Eco].InnerText)
            + Element("ReceivedDateTime", Now()) + Element("DigestMethod", WSSecurity.SHA256)
            + Element("DigestValue", Convert.ToBase64String(digest)) + "</Receipt></" + message.LocalName + "Response>";
    }

    static string Fault(string soap, string reason)
    {
        var refusal = "<Refusal xmlns=\"" + Eco + "\">" + Element("Code", "dataset")
            + Element("CorrelationID", Guid.NewGuid().ToString("N")) + Element("ServerDateTime", Now()) + "</Refusal>";
        return "<soap:Fault>" + (soap == SOAP11
            ? Element("faultcode", "soap:Client") + Element("faultstring", reason) + "<detail>" + refusal + "</detail>"
            : "<soap:Code>" + Element("soap:Value", "soap:Sender") + "</soap:Code><soap:Reason><soap:Text xml:lang=\"en\">"
                + SecurityElement.Escape(reason) + "</soap:Text></soap:Reason><soap:Detail>" + refusal + "</soap:Detail>")
            + "</soap:Fault>";
    }

    static string Element(string name, string text) { return "<" + name + ">" + SecurityElement.Escape(text) + "</" + name + ">"; }

    static string Now() { return DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ"); }
}
