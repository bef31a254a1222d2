import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/** A contestant (../../src/contestant.rs) on JGSS of OpenJDK: JgssAccept KEYTAB SERVICE. */
public final class JgssAccept {
    private static final int GROUP = 8;
    private static final GSSManager MANAGER = GSSManager.getInstance();
    private static GSSCredential credential;

    public static void main(String[] args) throws Exception {
        KerberosPrincipal service = new KerberosPrincipal(args[1]);
        Subject subject = new Subject();
        subject.getPrincipals().add(service);
        subject.getPrivateCredentials().add(KeyTab.getInstance(service, Path.of(args[0]).toFile()));
        Subject.doAs(subject, (java.security.PrivilegedExceptionAction<Void>) () -> {
            Oid krb5 = new Oid("1.2.840.113554.1.2.2");
            credential = MANAGER.createCredential(
                null, GSSCredential.INDEFINITE_LIFETIME, krb5, GSSCredential.ACCEPT_ONLY);
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                serve(line);
            }
            return null;
        });
    }

    private static void serve(String path) throws Exception {
        ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(Path.of(path)));
        List<byte[]> tokens = new ArrayList<>();
        while (octets.remaining() >= 4) {
            byte[] token = new byte[octets.getInt()];
            octets.get(token);
            tokens.add(token);
        }
        StringBuilder line = new StringBuilder(accept(tokens.get(0)));
        for (int from = 1; from + GROUP <= tokens.size(); from += GROUP) {
            long start = System.nanoTime();
            for (byte[] token : tokens.subList(from, from + GROUP)) {
                accept(token);
            }
            line.append(' ').append((System.nanoTime() - start) / GROUP);
        }
        System.out.println(line);
    }

    private static String accept(byte[] token) throws Exception {
        GSSContext context = MANAGER.createContext(credential);
        byte[] reply = context.acceptSecContext(token, 0, token.length);
        if (!context.isEstablished() || reply == null) {
            throw new IllegalStateException("not established");
        }
        String client = context.getSrcName().toString();
        context.dispose();
        return client;
    }
}
