using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;

/// Signs what a proxy sends and verifies what it gets; Client.exe.config puts it into every call.
public class SecurityExtension : SoapExtension
{
    public static WSSecurity Security;

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
            Security.Sign(document);
            document.Save(wire);
        }
        // Before anything of it is read; faults are signed as receipts are.
        if (message.Stage == SoapMessageStage.BeforeDeserialize)
        {
            var document = WSSecurity.Read(wire);
            Security.Verify(document);
            document.Save(plain);
            plain.Position = 0;
        }
    }
}

/// Sends a message to the gateway with a proxy that `wsdl` made, and believes nothing but what the gateway signed.
///
/// Client.exe OPERATION DATASET, with the settings of kit.properties in the environment, as run.sh puts them there, prints "receipt ID
/// TIME" and exits with 0; or, where the gateway refuses, "fault CODE RULE CORRELATION-ID", the reason and each problem, with 1; or,
/// where there is no answer to believe, "untrusted WHY", with 2.
class Client
{
    const string Namespace = "urn:coconect:eco:1";

    static int Main(string[] arguments)
    {
        try
        {
            var receipt = Send(arguments[0], arguments[1]);
            Console.WriteLine("receipt " + receipt.FunctionalReferenceID + " " + receipt.ReceivedDateTime);
            return 0;
        }
        catch (SoapException fault)
        {
            var refusal = fault.Detail == null ? null : fault.Detail["Refusal", Namespace];
            return refusal == null ? Distrust(fault) : Report(fault.Message, refusal);
        }
        catch (Exception problem)
        {
            return Distrust(problem);
        }
    }

    static Eco.ReceiptType Send(string operation, string dataset)
    {
        SecurityExtension.Security = new WSSecurity(Identity("SIGNING"), File.ReadAllText(Setting("GATEWAY_CERTIFICATES")));
        var message = new XmlDocument();
        message.Load(dataset);
        var id = Guid.NewGuid().ToString("N");
        message.DocumentElement["FunctionalReferenceID", Namespace].InnerText = id;

        var name = message.DocumentElement.LocalName;
        var type = Assembly.GetExecutingAssembly().GetType("Eco." + name + "PortSOAP11");
        var proxy = (SoapHttpClientProtocol)Activator.CreateInstance(type);
        // All else of the proxies for the two versions is the same.
        proxy.SoapVersion = Setting("SOAP_VERSION") == "1.1" ? SoapProtocolVersion.Soap11 : SoapProtocolVersion.Soap12;
        proxy.Url = Setting("ENDPOINT") + "/" + operation;
        proxy.Timeout = 60000;
        proxy.ClientCertificates.Add(Identity("TLS"));

        var receipt = (Eco.ReceiptType)Call(proxy, type.GetMethod(name), message.DocumentElement);
        if (receipt.FunctionalReferenceID != id) throw new Untrusted("the receipt is for another message");
        var sentDigest = SecurityExtension.Security.SentDigest;
        if (!receipt.DigestValue.SequenceEqual(sentDigest)) throw new Untrusted("the receipt is for other content");
        return receipt;
    }

    /// `wsdl` makes no class of what stands in a fault.
    static int Report(string reason, XmlElement refusal)
    {
        Console.WriteLine("fault " + Text(refusal, "Code") + " " + Text(refusal, "Rule") + " " + Text(refusal, "CorrelationID"));
        Console.WriteLine(reason);
        foreach (XmlElement problem in refusal.GetElementsByTagName("Problem", Namespace))
            Console.WriteLine(Text(problem, "Place") + ": " + Text(problem, "Text"));
        return 1;
    }

    static string Text(XmlElement element, string name)
    {
        var child = element[name, Namespace];
        return child == null ? "-" : child.InnerText;
    }

    static int Distrust(Exception problem)
    {
        Console.WriteLine("untrusted " + Regex.Replace(problem.GetBaseException().Message, "\\s+", " "));
        return 2;
    }

    static string Setting(string name) { return Environment.GetEnvironmentVariable("KIT_" + name); }

    static X509Certificate2 Identity(string name) { return new X509Certificate2(Setting(name + "_P12"), Setting("PASSWORD")); }

    /// What your own program writes as service.SendCO(sender, receiver, …), with each argument taken from a dataset.
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
        if (!type.IsArray) return elements.Count > 0 ? Value(elements[0], type) : type.IsValueType ? Activator.CreateInstance(type) : null;
        var values = Array.CreateInstance(type.GetElementType(), elements.Count);
        for (var index = 0; index < elements.Count; index++) values.SetValue(Value(elements[index], type.GetElementType()), index);
        return values;
    }

    static object Value(XmlElement element, Type type)
    {
        var root = new XmlRootAttribute(element.LocalName) { Namespace = element.NamespaceURI };
        return new XmlSerializer(type, root).Deserialize(new XmlNodeReader(element));
    }
}
