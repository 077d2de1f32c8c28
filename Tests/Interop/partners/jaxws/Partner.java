import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.jws.WebParam;
import javax.xml.bind.JAXBContext;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPFault;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.Dispatch;
import javax.xml.ws.Service;
import javax.xml.ws.WebServiceFeature;
import javax.xml.ws.soap.AddressingFeature;
import javax.xml.ws.soap.SOAPFaultException;
import org.w3c.dom.NodeList;

/**
 * A partner of JAX-WS, with what wsimport made of our contracts. Each line of standard input is a command, as name=value pairs between
 * tabs, and is answered by such a line.
 */
public final class Partner {
    private static final String PACKAGE = "coconect.eco._1";

    public static void main(String[] arguments) throws Exception {
        Keys.folder = Path.of(arguments[0]);
        Server server = arguments.length > 1 ? new Server(Integer.parseInt(arguments[1])) : null;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<String, String> command = new LinkedHashMap<>();
            for (String pair : line.split("\t")) command.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
            answer(command.containsKey("serve") ? server.command(command.get("serve")) : new Partner(command).call());
        }
        // The server's threads would go on.
        System.exit(0);
    }

    private static void answer(Map<String, ?> values) {
        StringBuilder line = new StringBuilder();
        values.forEach((name, value) -> line.append(name).append('=').append(String.valueOf(value).replaceAll("\\s", " ")).append('\t'));
        System.out.println(line);
    }

    private final Map<String, String> command, outcome = new LinkedHashMap<>();
    private final String name, kind;
    private final Security security;
    private final Service service;
    private final QName port;

    private Partner(Map<String, String> command) throws Exception {
        this.command = command;
        name = command.get("name");
        kind = PACKAGE + "." + command.get("operation").replace('-', '_') + ".";
        security = new Security(command.get("key"), command.get("token"), command.get("trust"));
        String namespace = "urn:coconect:eco:1:" + command.get("operation");
        service = Service.create(new URL(command.get("wsdl")), new QName(namespace, name + "Service"));
        port = new QName(namespace, name + "PortSOAP" + command.get("version").replace(".", ""));
    }

    private Map<String, String> call() throws Exception {
        try {
            if (command.containsKey("dispatch")) dispatch();
            else callPort();
        } catch (SOAPFaultException fault) {
            outcome.put("outcome", "fault");
            read(fault.getFault());
        } catch (RuntimeException problem) {
            outcome.put("outcome", "failure");
            outcome.put("problem", problem.toString());
        }
        outcome.put("signed", String.join(" ", security.verified.keySet()));
        return outcome;
    }

    /** Sends the content as it is; a fault is a SOAPFaultException. */
    private void dispatch() throws Exception {
        Dispatch<Source> dispatch = service.createDispatch(port, Source.class, Service.Mode.PAYLOAD, features());
        prepare(dispatch);
        Object answer = context().createUnmarshaller().unmarshal(dispatch.invoke(new StreamSource(new File(command.get("content")))));
        receipt(value(((JAXBElement<?>) answer).getValue(), "Receipt"));
    }

    /** Reads the content into generated classes and calls the generated method; a fault is a generated exception. */
    private void callPort() throws Exception {
        Object call = service.getPort(port, Class.forName(kind + name + "Port"), features());
        prepare((BindingProvider) call);
        Class<?> type = Class.forName(PACKAGE + "." + name + "Type");
        Object content = context().createUnmarshaller().unmarshal(new StreamSource(new File(command.get("content"))), type).getValue();
        Method method = Class.forName(kind + name + "Port").getMethods()[0];
        Object[] values = new Object[method.getParameterCount()];
        for (int i = 0; i < values.length; i++) values[i] = value(content, method.getParameters()[i].getAnnotation(WebParam.class).name());
        try {
            receipt(method.invoke(call, values));
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof RuntimeException) throw (RuntimeException) thrown.getCause();
            Object refusal = thrown.getCause().getClass().getMethod("getFaultInfo").invoke(thrown.getCause());
            outcome.put("outcome", thrown.getCause().getClass().getSimpleName());
            outcome.put("reason", thrown.getCause().getMessage());
            outcome.put("detail", (String) value(refusal, "Code"));
        }
    }

    private WebServiceFeature[] features() {
        return new WebServiceFeature[] {new AddressingFeature(command.containsKey("addressing"))};
    }

    private void prepare(BindingProvider call) {
        if (command.containsKey("url")) call.getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, command.get("url"));
        call.getRequestContext().put(BindingProvider.SOAPACTION_USE_PROPERTY, true);
        call.getRequestContext().put(BindingProvider.SOAPACTION_URI_PROPERTY, "urn:coconect:eco:1:" + name);
        call.getBinding().setHandlerChain(List.of(security));
    }

    private static JAXBContext context;

    private static JAXBContext context() throws Exception {
        if (context == null) context = JAXBContext.newInstance(PACKAGE);
        return context;
    }

    /** What generated code holds under an element's name. */
    private static Object value(Object holder, String element) throws Exception {
        for (Field field : holder.getClass().getDeclaredFields()) {
            XmlElement named = field.getAnnotation(XmlElement.class);
            if (!(named == null || named.name().equals("##default") ? field.getName() : named.name()).equals(element)) continue;
            field.setAccessible(true);
            return field.get(holder);
        }
        throw new NoSuchFieldException(element);
    }

    private void receipt(Object receipt) throws Exception {
        outcome.put("outcome", "receipt");
        outcome.put("id", (String) value(receipt, "FunctionalReferenceID"));
        outcome.put("received", value(receipt, "ReceivedDateTime").toString());
        outcome.put("digest", Base64.getEncoder().encodeToString((byte[]) value(receipt, "DigestValue")));
    }

    private void read(SOAPFault fault) {
        outcome.put("code", fault.getFaultCodeAsQName().getLocalPart());
        if (command.get("version").equals("1.2"))
            for (Iterator<QName> codes = fault.getFaultSubcodes(); codes.hasNext();) outcome.put("subcode", codes.next().getLocalPart());
        outcome.put("reason", fault.getFaultString());
        for (String[] part : new String[][] {{"detail", "Code"}, {"place", "Place"}}) {
            NodeList found = fault.getDetail().getElementsByTagNameNS("*", part[1]);
            if (found.getLength() > 0) outcome.put(part[0], found.item(0).getTextContent());
        }
    }
}
