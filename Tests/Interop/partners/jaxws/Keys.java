import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.components.crypto.Merlin;

/** The keystores of a folder: NAME.p12 for each key, under the alias NAME, and NAME-trust.p12 for whom it trusts. */
final class Keys {
    static final String PASSWORD = "password";

    static Path folder;

    static Crypto key(String name) throws Exception {
        Merlin crypto = new Merlin();
        crypto.setKeyStore(load(name));
        return crypto;
    }

    static Crypto trust(String name) throws Exception {
        Merlin crypto = new Merlin();
        crypto.setKeyStore(KeyStore.getInstance("PKCS12"));
        crypto.getKeyStore().load(null, null);
        crypto.setTrustStore(load(name + "-trust"));
        return crypto;
    }

    private static KeyStore load(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(file, PASSWORD.toCharArray());
        }
        return store;
    }
}
