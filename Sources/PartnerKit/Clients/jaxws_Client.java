import coconect.eco._1.ObjectFactory;
import coconect.eco._1.ProblemType;
import coconect.eco._1.ReceiptType;
import coconect.eco._1.RefusalType;
import coconect.eco._1.SendAmendmentNotificationResponseType;
import coconect.eco._1.SendCOResponseType;
import coconect.eco._1.SendCancelationStatusResponseType;
import coconect.eco._1.SendFeedbackResponseType;
import com.sun.xml.ws.developer.JAXWSProperties;
import java.net.URL;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.LogManager;
import javax.xml.bind.JAXBContext;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.Unmarshaller;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.soap.Detail;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.Dispatch;
import javax.xml.ws.Service;
import javax.xml.ws.soap.SOAPFaultException;
import org.w3c.dom.Document;
import org.w3c.dom.Node;

/**
 * Sends a message to the gateway with JAX-WS and WSS4J, and believes nothing but what the gateway signed.
 *
 * <p>Client KIT OPERATION DATASET prints "receipt ID TIME" and exits with 0; or, where the gateway refuses, "fault CODE RULE
 * CORRELATION-ID", the reason and each problem, with 1; or, where there is no answer to believe, "untrusted WHY", with 2.
 */
public final class Client {
    private static final String ECO = "urn:coconect:eco:1";

    public static void main(String[] arguments) {
        // JAX-WS would tell at each call that it does not know WS-SecurityPolicy. Take this out to see what the libraries say.
        LogManager.getLogManager().reset();
        int status;
        try {
            status = new Client(new Kit(Path.of(arguments[0])), arguments[1]).send(Path.of(arguments[2]));
        } catch (Exception problem) {
            System.out.println("untrusted " + String.valueOf(problem.getMessage()).replaceAll("\\s+", " "));
            status = 2;
        }
        System.exit(status);
    }

    private final Kit kit;
    private final String operation;
    private final JAXBContext classes = JAXBContext.newInstance(ObjectFactory.class);

    private Client(Kit kit, String operation) throws Exception {
        this.kit = kit;
        this.operation = operation;
    }

    private int send(Path dataset) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document message = factory.newDocumentBuilder().parse(dataset.toFile());
        String id = UUID.randomUUID().toString().replace("-", "");
        message.getElementsByTagNameNS(ECO, "FunctionalReferenceID").item(0).setTextContent(id);
        Security security = new Security(kit);
        try {
            // Your own program makes a SendCOType and sets what it has to say, instead of reading it.
            Object content = unmarshaller().unmarshal(message);
            Object answer = call(message.getDocumentElement().getLocalName(), security).invoke(content);
            ReceiptType receipt = receipt(((JAXBElement<?>) answer).getValue());
            demand(receipt.getFunctionalReferenceID().equals(id), "the receipt is for another message");
            String digest = Base64.getEncoder().encodeToString(receipt.getDigestValue());
            demand(digest.equals(security.sentDigest), "the receipt is for other content");
            System.out.println("receipt " + id + " " + receipt.getReceivedDateTime());
            return 0;
        } catch (SOAPFaultException fault) {
            Detail detail = fault.getFault().getDetail();
            Node refusal = detail == null ? null : detail.getElementsByTagNameNS(ECO, "Refusal").item(0);
            demand(refusal != null, fault.getMessage());
            report(fault.getFault().getFaultString(), unmarshaller().unmarshal(refusal, RefusalType.class).getValue());
            return 1;
        }
    }

    /** The port's own method would do as well, with an argument for each of the message's forty elements. */
    private Dispatch<Object> call(String name, Security security) throws Exception {
        String namespace = ECO + ":" + operation;
        URL wsdl = kit.root.resolve("wsdl/" + operation + ".wsdl").toUri().toURL();
        Service service = Service.create(wsdl, new QName(namespace, name + "Service"));
        QName port = new QName(namespace, name + "PortSOAP" + kit.setting("SOAP_VERSION").replace(".", ""));
        Dispatch<Object> call = service.createDispatch(port, classes, Service.Mode.PAYLOAD);
        call.getBinding().setHandlerChain(List.of(security));
        call.getRequestContext().putAll(Map.of(
            BindingProvider.ENDPOINT_ADDRESS_PROPERTY, kit.setting("ENDPOINT") + "/" + operation,
            BindingProvider.SOAPACTION_USE_PROPERTY, true,
            BindingProvider.SOAPACTION_URI_PROPERTY, ECO + ":" + name,
            JAXWSProperties.SSL_SOCKET_FACTORY, kit.tls().getSocketFactory(),
            JAXWSProperties.CONNECT_TIMEOUT, 60_000,
            JAXWSProperties.REQUEST_TIMEOUT, 60_000));
        return call;
    }

    private Unmarshaller unmarshaller() throws Exception {
        Unmarshaller unmarshaller = classes.createUnmarshaller();
        // JAXB leaves out without a word what does not fit, such as a code that is not in the list.
        unmarshaller.setEventHandler(event -> false);
        return unmarshaller;
    }

    private static ReceiptType receipt(Object answer) throws Exception {
        if (answer instanceof SendCOResponseType response) return response.getReceipt();
        if (answer instanceof SendAmendmentNotificationResponseType response) return response.getReceipt();
        if (answer instanceof SendCancelationStatusResponseType response) return response.getReceipt();
        if (answer instanceof SendFeedbackResponseType response) return response.getReceipt();
        throw new Exception("the answer is no receipt");
    }

    private static void report(String reason, RefusalType refusal) {
        System.out.println("fault " + refusal.getCode() + " " + refusal.getRule() + " " + refusal.getCorrelationID());
        System.out.println(reason);
        for (ProblemType problem : refusal.getProblem()) System.out.println(problem.getPlace() + ": " + problem.getText());
    }

    private static void demand(boolean isRight, String otherwise) throws Exception {
        if (!isRight) throw new Exception(otherwise);
    }
}
