import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.annotation.Resource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.xml.namespace.QName;
import javax.xml.soap.MessageFactory;
import javax.xml.soap.SOAPBody;
import javax.xml.soap.SOAPConstants;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPFactory;
import javax.xml.soap.SOAPFault;
import javax.xml.soap.SOAPMessage;
import javax.xml.ws.BindingType;
import javax.xml.ws.Endpoint;
import javax.xml.ws.Provider;
import javax.xml.ws.Service;
import javax.xml.ws.ServiceMode;
import javax.xml.ws.WebServiceContext;
import javax.xml.ws.WebServiceException;
import javax.xml.ws.WebServiceProvider;
import javax.xml.ws.soap.SOAPBinding;
import javax.xml.ws.soap.SOAPFaultException;
import org.apache.ws.security.WSConstants;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Endpoints of JAX-WS behind mutual TLS, at /PARTY/SOAP-VERSION/: each answers for one party and believes the other. */
final class Server {
    private static final String ECO = "urn:coconect:eco:1";
    private static final String ADDRESSING = "http://www.w3.org/2005/08/addressing";

    private final HttpsServer server;
    private final List<Security> securities = new ArrayList<>();

    private static volatile boolean refuses;

    Server(int port) throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(SSLContext.getDefault()) {
            @Override public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.setExecutor(Executors.newFixedThreadPool(4));
        for (String[] pair : new String[][] {{"vietnam", "korea"}, {"korea", "vietnam"}}) {
            publish(new Answers11(), pair[0], pair[1], "1.1");
            publish(new Answers12(), pair[0], pair[1], "1.2");
        }
        server.start();
    }

    private void publish(Answers answers, String party, String other, String version) throws Exception {
        answers.security = new Security(party + "-signing", "binary-security-token", other + "-signing");
        securities.add(answers.security);
        Endpoint endpoint = Endpoint.create(answers);
        endpoint.getBinding().setHandlerChain(List.of(answers.security));
        endpoint.publish(server.createContext("/" + party + "/" + version));
    }

    /** What is done from now on: receipts, refusals, or receipts unsigned. */
    Map<String, String> command(String how) {
        refuses = how.equals("refusals");
        for (Security security : securities) security.signs = !how.equals("unsigned");
        return Map.of("serving", how);
    }

    @WebServiceProvider @ServiceMode(Service.Mode.MESSAGE) @BindingType(SOAPBinding.SOAP11HTTP_BINDING)
    public static final class Answers11 extends Answers {
        public Answers11() { super(SOAPConstants.SOAP_1_1_PROTOCOL, SOAPConstants.URI_NS_SOAP_1_1_ENVELOPE, "Client"); }
    }

    @WebServiceProvider @ServiceMode(Service.Mode.MESSAGE) @BindingType(SOAPBinding.SOAP12HTTP_BINDING)
    public static final class Answers12 extends Answers {
        public Answers12() { super(SOAPConstants.SOAP_1_2_PROTOCOL, SOAPConstants.URI_NS_SOAP_1_2_ENVELOPE, "Sender"); }
    }

    public abstract static class Answers implements Provider<SOAPMessage> {
        @Resource WebServiceContext context;
        Security security;
        private final String protocol;
        private final QName blame;

        Answers(String protocol, String namespace, String blame) {
            this.protocol = protocol;
            this.blame = new QName(namespace, blame);
        }

        @Override public SOAPMessage invoke(SOAPMessage request) {
            try {
                Object problem = context.getMessageContext().get(Security.PROBLEM);
                if (problem != null) throw fault("WSS4J: " + problem);
                if (refuses) throw fault("Nicht zuständig: ask the office in Busan.");
                return receipt(request, security.verified.get("Body"));
            } catch (SOAPException problem) {
                throw new WebServiceException(problem);
            }
        }

        private SOAPFaultException fault(String reason) throws SOAPException {
            SOAPFault fault = SOAPFactory.newInstance(protocol).createFault(reason, blame);
            SOAPElement refusal = fault.addDetail().addDetailEntry(new QName(ECO, "Refusal"));
            refusal.addChildElement("Code", "", ECO).addTextNode("not-here");
            return new SOAPFaultException(fault);
        }

        private SOAPMessage receipt(SOAPMessage request, Element body) throws SOAPException {
            SOAPMessage answer = MessageFactory.newInstance(protocol).createMessage();
            NodeList ids = request.getSOAPHeader().getElementsByTagNameNS(ADDRESSING, "MessageID");
            if (ids.getLength() == 1) {
                SOAPElement relation = answer.getSOAPHeader().addHeaderElement(new QName(ADDRESSING, "RelatesTo", "wsa"));
                relation.addTextNode(ids.item(0).getTextContent());
            }
            Element message = (Element) request.getSOAPBody().getElementsByTagNameNS(ECO, "*").item(0);
            SOAPBody content = answer.getSOAPBody();
            SOAPElement receipt =
                content.addBodyElement(new QName(ECO, message.getLocalName() + "Response")).addChildElement("Receipt", "", ECO);
            Element reference = reference(request, body);
            add(receipt, "FunctionalReferenceID", text(message, "FunctionalReferenceID"));
            add(receipt, "ReceivedDateTime", Instant.now().toString());
            Element method = (Element) reference.getElementsByTagNameNS("*", "DigestMethod").item(0);
            add(receipt, "DigestMethod", method.getAttribute("Algorithm"));
            add(receipt, "DigestValue", text(reference, "DigestValue"));
            return answer;
        }

        /** What is signed of Body. */
        private static Element reference(SOAPMessage request, Element body) throws SOAPException {
            String id = body.getAttributeNS(WSConstants.WSU_NS, "Id");
            NodeList references = request.getSOAPHeader().getElementsByTagNameNS(WSConstants.SIG_NS, "Reference");
            for (int i = 0; i < references.getLength(); i++) {
                Element reference = (Element) references.item(i);
                if (reference.getAttribute("URI").equals("#" + id)) return reference;
            }
            throw new IllegalStateException("no Reference to Body");
        }

        private static String text(Element element, String name) {
            return element.getElementsByTagNameNS("*", name).item(0).getTextContent();
        }

        private static void add(SOAPElement parent, String name, String text) throws SOAPException {
            parent.addChildElement(name, "", ECO).addTextNode(text);
        }
    }
}
