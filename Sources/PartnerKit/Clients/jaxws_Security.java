import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPMessage;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMResult;
import javax.xml.transform.dom.DOMSource;
import javax.xml.ws.WebServiceException;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.message.token.Timestamp;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** WSS4J as a handler of JAX-WS: signs Body and Timestamp of what goes out, and verifies that the gateway signed those of the answer. */
final class Security implements SOAPHandler<SOAPMessageContext> {
    private static final String ALGORITHMS = "http://www.w3.org/2001/04/xmldsig-more#";

    /** The digest of the Body that was signed last, in base64; its receipt must give it back. */
    String sentDigest;

    private final Merlin own = new Merlin(), trusted = new Merlin();
    private final String algorithm;
    private final List<Certificate> gateway;

    Security(Kit kit) throws Exception {
        own.setKeyStore(kit.identity("SIGNING"));
        String kind = own.getKeyStore().getCertificate(Kit.ALIAS).getPublicKey().getAlgorithm();
        algorithm = ALGORITHMS + (kind.equals("EC") ? "ecdsa-sha256" : "rsa-sha256");
        gateway = kit.certificates("GATEWAY_CERTIFICATES");
        // One of each, or Merlin would trust what Java trusts.
        KeyStore store = kit.trust("GATEWAY_CERTIFICATES");
        trusted.setKeyStore(store);
        trusted.setTrustStore(store);
    }

    @Override public boolean handleMessage(SOAPMessageContext context) {
        try {
            if ((Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) sign(context.getMessage());
            else verify(context.getMessage());
            return true;
        } catch (Exception problem) {
            throw new WebServiceException(problem.getMessage(), problem);
        }
    }

    /** Faults are signed as receipts are. */
    @Override public boolean handleFault(SOAPMessageContext context) {
        return handleMessage(context);
    }

    private void sign(SOAPMessage message) throws Exception {
        Document document = plain(message);
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        new WSSecTimestamp().build(document, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(Kit.ALIAS, Kit.PASSWORD);
        signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
        // WSS4J's own choice is SHA-1, which the gateway refuses.
        signature.setSignatureAlgorithm(algorithm);
        signature.setDigestAlgo(WSConstants.SHA256);
        Element body = WSSecurityUtil.findBodyElement(document);
        signature.setParts(List.of(
            new WSEncryptionPart("Body", body.getNamespaceURI(), "Content"),
            new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Content")));
        signature.build(document, own, header);
        sentDigest = digest(document, "#" + body.getAttributeNS(WSConstants.WSU_NS, "Id"));
        message.getSOAPPart().setContent(new DOMSource(document));
    }

    private static String digest(Document document, String uri) {
        NodeList references = document.getElementsByTagNameNS(WSConstants.SIG_NS, "Reference");
        for (int i = 0; i < references.getLength(); i++) {
            Element reference = (Element) references.item(i);
            if (reference.getAttribute("URI").equals(uri))
                return reference.getElementsByTagNameNS(WSConstants.SIG_NS, "DigestValue").item(0).getTextContent();
        }
        throw new IllegalStateException("nothing signed is called " + uri);
    }

    /** WSS4J checks signature, times and trust; which parts are signed and whose certificate it is, it leaves to its caller. */
    private void verify(SOAPMessage message) throws Exception {
        Document document = plain(message);
        List<WSSecurityEngineResult> results = new WSSecurityEngine().processSecurityHeader(document, null, null, trusted);
        WSSecurityEngineResult signature = only(results, WSConstants.SIGN);
        Object signer = signature.get(WSSecurityEngineResult.TAG_X509_CERTIFICATE);
        demand(signer != null && gateway.contains(signer), "the answer is signed by another certificate");
        @SuppressWarnings("unchecked")
        List<WSDataRef> references = (List<WSDataRef>) signature.get(WSSecurityEngineResult.TAG_DATA_REF_URIS);
        Timestamp timestamp = (Timestamp) only(results, WSConstants.TS).get(WSSecurityEngineResult.TAG_TIMESTAMP);
        for (Element part : List.of(WSSecurityUtil.findBodyElement(document), timestamp.getElement()))
            demand(references.stream().anyMatch(reference -> reference.getProtectedElement().isSameNode(part)),
                part.getLocalName() + " of the answer is not signed");
    }

    private static WSSecurityEngineResult only(List<WSSecurityEngineResult> results, int action) throws Exception {
        demand(results != null, "the answer has no Security header");
        List<WSSecurityEngineResult> found = WSSecurityUtil.fetchAllActionResults(results, action, new ArrayList<>());
        demand(found.size() == 1, "the answer is not signed once, with one Timestamp");
        return found.get(0);
    }

    private static void demand(boolean isRight, String otherwise) throws Exception {
        if (!isRight) throw new Exception(otherwise);
    }

    /** SAAJ's own nodes since 1.4 belong to two documents, which WSS4J 1.6 takes for a mistake (WRONG_DOCUMENT_ERR). */
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
