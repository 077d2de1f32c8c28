using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;

/// Signs what an ASMX proxy sends and verifies what it gets; Partner.exe.config puts it into every call.
public class SecurityExtension : SoapExtension
{
    public static WSSecurity Security;
    /// The gateway's address.
    public static string To;

    Stream wire, plain;

    public override object GetInitializer(Type type) { return null; }
    public override object GetInitializer(LogicalMethodInfo method, SoapExtensionAttribute attribute) { return null; }
    public override void Initialize(object initializer) { }

    public override Stream ChainStream(Stream stream)
    {
        wire = stream;
        return plain = new MemoryStream();
    }

    public override void ProcessMessage(SoapMessage message)
    {
        if (message.Stage == SoapMessageStage.AfterSerialize)
        {
            plain.Position = 0;
            var document = WSSecurity.Read(plain);
            Security.Sign(document, new Dictionary<string, string> {
                { "Action", message.Action }, { "MessageID", "urn:uuid:" + Guid.NewGuid() },
                { "ReplyTo", WSSecurity.WSA + "/anonymous" }, { "To", To },
            });
            document.Save(wire);
        }
        // Before anything of it is read; faults are signed as receipts are.
        if (message.Stage == SoapMessageStage.BeforeDeserialize)
        {
            Security.Verify(WSSecurity.Read(wire)).Document.Save(plain);
            plain.Position = 0;
        }
    }
}

/// A partner with proxies that `wsdl` made: sends a message signed, verifies the answer, and prints the receipt's id, digest and
/// time; or the fault's code, reason and refusal, with exit status 1. Exit status 2: an answer that is none.
///
/// Partner.exe SOAP-VERSION TO [ROUTE] < message.xml, in a folder with signing.p12 and tls.p12 (our keys with their certificates) and
/// partner.pem (what the gateway signs with). TO is the gateway's address; ROUTE where to connect, if not there. The authority of the
/// gateway's TLS certificate is in mono's store: cert-sync --user tls-ca.pem.
class Partner
{
    static int Main(string[] arguments)
    {
        var message = new XmlDocument();
        message.Load(Console.OpenStandardInput());
        SecurityExtension.Security = new WSSecurity(".");
        SecurityExtension.To = arguments[1];
        var name = message.DocumentElement.LocalName;
        var type = Assembly.GetExecutingAssembly().GetType("Eco." + name + "PortSOAP11");
        var proxy = (SoapHttpClientProtocol)Activator.CreateInstance(type);
        // All else of the proxies for the two versions is the same.
        proxy.SoapVersion = arguments[0] == "1.2" ? SoapProtocolVersion.Soap12 : SoapProtocolVersion.Soap11;
        proxy.Url = arguments.Last();
        proxy.ClientCertificates.Add(new X509Certificate2("tls.p12", "partner"));
        try
        {
            var receipt = (Eco.ReceiptType)Call(proxy, type.GetMethod(name), message.DocumentElement);
            Console.WriteLine(receipt.FunctionalReferenceID);
            Console.WriteLine(Convert.ToBase64String(receipt.DigestValue));
            Console.WriteLine(receipt.ReceivedDateTime);
            return 0;
        }
        catch (SoapException fault)
        {
            Console.WriteLine(fault.Code.Name);
            Console.WriteLine(fault.Message);
            Console.WriteLine(fault.Detail["Refusal", "urn:coconect:eco:1"]["Code", "urn:coconect:eco:1"].InnerText);
            return 1;
        }
        catch (UntrustedMessage untrusted)
        {
            Console.Error.WriteLine("partner: " + untrusted.Message);
            return 2;
        }
    }

    /// What a partner's own program writes as service.SendCO(sender, receiver, …), with each argument taken from a message.
    static object Call(object proxy, MethodInfo method, XmlElement message)
    {
        var arguments = method.GetParameters().Select(parameter => Argument(parameter, message)).ToArray();
        try { return method.Invoke(proxy, arguments); }
        catch (TargetInvocationException error) { throw error.InnerException; }
    }

    static object Argument(ParameterInfo parameter, XmlElement message)
    {
        const string specified = "Specified";
        // Beside an optional bool or enum, which has no null, stands another parameter that says whether it is meant.
        if (parameter.Name.EndsWith(specified))
            return message[parameter.Name.Substring(0, parameter.Name.Length - specified.Length)] != null;
        var elements = message.ChildNodes.OfType<XmlElement>().Where(element => element.LocalName == parameter.Name).ToList();
        var type = parameter.ParameterType;
        if (!type.IsArray) return elements.Count == 0 ? Nothing(type) : Value(elements[0], type);
        var values = Array.CreateInstance(type.GetElementType(), elements.Count);
        for (var index = 0; index < elements.Count; index++) values.SetValue(Value(elements[index], type.GetElementType()), index);
        return values;
    }

    static object Nothing(Type type) { return type.IsValueType ? Activator.CreateInstance(type) : null; }

    static object Value(XmlElement element, Type type)
    {
        var root = new XmlRootAttribute(element.LocalName) { Namespace = element.NamespaceURI };
        return new XmlSerializer(type, root).Deserialize(new XmlNodeReader(element));
    }
}
