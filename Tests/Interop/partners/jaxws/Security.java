import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPMessage;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMResult;
import javax.xml.transform.dom.DOMSource;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** WSS4J as a handler of JAX-WS, on either side: signs what goes out and verifies what comes in. */
final class Security implements SOAPHandler<SOAPMessageContext> {
    /** In a server's context, why a request was not believed. */
    static final String PROBLEM = "partner.problem";

    private static final String ADDRESSING = "http://www.w3.org/2005/08/addressing";
    private static final String ALGORITHMS = "http://www.w3.org/2001/04/xmldsig-more#";
    private static final Map<String, Integer> TOKENS = Map.of(
        "binary-security-token", WSConstants.BST_DIRECT_REFERENCE, "issuer-serial", WSConstants.ISSUER_SERIAL,
        "ski", WSConstants.SKI_KEY_IDENTIFIER, "thumbprint", WSConstants.THUMBPRINT_IDENTIFIER,
        "key-identifier", WSConstants.X509_KEY_IDENTIFIER);

    private final String key, token;
    private final Crypto signing, trust;

    /** Whether what goes out is signed. */
    volatile boolean signs = true;
    /** The signed elements of what came in last, by name; nothing where it was not believed. */
    volatile Map<String, Element> verified = Map.of();

    Security(String key, String token, String trusted) throws Exception {
        this.key = key;
        this.token = token;
        signing = Keys.key(key);
        trust = Keys.trust(trusted);
    }

    @Override public boolean handleMessage(SOAPMessageContext context) {
        return handle(context);
    }

    @Override public boolean handleFault(SOAPMessageContext context) {
        return handle(context);
    }

    private boolean handle(SOAPMessageContext context) {
        boolean isOutgoing = (Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY);
        try {
            if (!isOutgoing) verify(context.getMessage());
            else if (signs) sign(context.getMessage());
        } catch (Exception problem) {
            boolean isServer = context.containsKey(MessageContext.HTTP_REQUEST_METHOD);
            if (isOutgoing || !isServer) throw new IllegalStateException("WSS4J: " + problem.getMessage(), problem);
            context.put(PROBLEM, problem.getMessage());
        }
        return true;
    }

    private void sign(SOAPMessage message) throws Exception {
        Document document = plain(message);
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        new WSSecTimestamp().build(document, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(key, Keys.PASSWORD);
        signature.setKeyIdentifierType(TOKENS.get(token));
        signature.setSignatureAlgorithm(ALGORITHMS + (key.endsWith("p256") ? "ecdsa-sha256" : "rsa-sha256"));
        signature.setDigestAlgo(WSConstants.SHA256);
        List<WSEncryptionPart> parts = new ArrayList<>();
        parts.add(new WSEncryptionPart("Body", message.getSOAPBody().getNamespaceURI(), "Content"));
        parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Content"));
        for (Node node = message.getSOAPHeader().getFirstChild(); node != null; node = node.getNextSibling())
            if (ADDRESSING.equals(node.getNamespaceURI())) parts.add(new WSEncryptionPart(node.getLocalName(), ADDRESSING, "Content"));
        signature.setParts(parts);
        signature.build(document, signing, header);
        message.getSOAPPart().setContent(new DOMSource(document));
    }

    private void verify(SOAPMessage message) throws Exception {
        verified = Map.of();
        Document document = plain(message);
        List<WSSecurityEngineResult> results = new WSSecurityEngine().processSecurityHeader(document, null, null, trust);
        if (results == null) throw new Exception("there is no Security header");
        Map<String, Element> signed = new TreeMap<>();
        for (WSSecurityEngineResult result : WSSecurityUtil.fetchAllActionResults(results, WSConstants.SIGN, new ArrayList<>())) {
            @SuppressWarnings("unchecked")
            List<WSDataRef> references = (List<WSDataRef>) result.get(WSSecurityEngineResult.TAG_DATA_REF_URIS);
            for (WSDataRef reference : references) {
                Element element = reference.getProtectedElement();
                signed.put(element.getLocalName(), element);
            }
        }
        // What is signed must be what is read, not another element of the same name.
        if (!WSSecurityUtil.findBodyElement(document).isSameNode(signed.get("Body"))) throw new Exception("Body is not signed");
        if (!signed.containsKey("Timestamp")) throw new Exception("Timestamp is not signed");
        verified = signed;
    }

    /** SAAJ's own nodes since 1.4 belong to two documents, which this WSS4J takes for a mistake. */
    private static Document plain(SOAPMessage message) throws Exception {
        DOMResult copy = new DOMResult();
        TransformerFactory.newInstance().newTransformer().transform(message.getSOAPPart().getContent(), copy);
        return (Document) copy.getNode();
    }

    @Override public void close(MessageContext context) {}

    /** So that JAX-WS takes the header, which must be understood, for understood. */
    @Override public Set<QName> getHeaders() {
        return Set.of(new QName(WSConstants.WSSE_NS, "Security"));
    }
}
