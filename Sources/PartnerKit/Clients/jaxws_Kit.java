import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The settings of kit.properties, and the keys and certificates that they name. */
final class Kit {
    /** Of the one key in a key store, which is never written to a file. */
    static final String ALIAS = "key", PASSWORD = "in memory";

    final Path root;

    Kit(Path root) {
        this.root = root;
    }

    /** A line of kit.properties, or what the environment has instead. */
    String setting(String name) throws Exception {
        String own = System.getenv("KIT_" + name);
        if (own != null && !own.isEmpty()) return own;
        for (String line : Files.readAllLines(root.resolve("kit.properties")))
            if (line.startsWith(name + "=")) return line.substring(name.length() + 1);
        throw new Exception("kit.properties has no " + name);
    }

    private Path path(String name) throws Exception {
        Path path = root.resolve(setting(name));
        if (!Files.isReadable(path)) throw new Exception(path + " cannot be read");
        return path;
    }

    List<Certificate> certificates(String name) throws Exception {
        try (InputStream file = Files.newInputStream(path(name))) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(file));
        }
    }

    /** A key with its certificate: SIGNING or TLS. */
    KeyStore identity(String name) throws Exception {
        Certificate[] chain = certificates(name + "_CERTIFICATE").toArray(new Certificate[0]);
        PrivateKey key = key(path(name + "_KEY"), chain[0].getPublicKey().getAlgorithm());
        KeyStore store = empty();
        store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), chain);
        return store;
    }

    KeyStore trust(String name) throws Exception {
        KeyStore store = empty();
        for (Certificate certificate : certificates(name)) store.setCertificateEntry("trusted-" + store.size(), certificate);
        return store;
    }

    SSLContext tls() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity("TLS"), PASSWORD.toCharArray());
        TrustManagerFactory anchors = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        anchors.init(trust("TLS_ANCHORS"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), anchors.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static PrivateKey key(Path path, String algorithm) throws Exception {
        String pem = Files.readString(path);
        byte[] content = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        byte[] pkcs8 = pem.contains("BEGIN RSA PRIVATE KEY") ? pkcs8(content) : content;
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Java reads PKCS#8 alone; this is what it has around the PKCS#1 of an RSA key (RFC 5208, section 5). */
    private static byte[] pkcs8(byte[] pkcs1) {
        byte[] versionAndAlgorithm = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");
        return ByteBuffer.allocate(pkcs1.length + 26)
            .putShort((short) 0x3082).putShort((short) (pkcs1.length + 22)).put(versionAndAlgorithm)
            .putShort((short) 0x0482).putShort((short) pkcs1.length).put(pkcs1).array();
    }
}
