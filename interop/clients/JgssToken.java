import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * An initiator of OpenJDK: JgssToken MECH SERVICE mutual|delegate|"". Prints the first token in base64, reads the reply (base64, or an
 * empty line) from standard input, and prints "complete" when the context is complete, "refused: TEXT" otherwise.
 */
public final class JgssToken {
    public static void main(String[] args) throws Exception {
        Oid mech = new Oid(args[0].equals("spnego") ? "1.3.6.1.5.5.2" : "1.2.840.113554.1.2.2");
        Oid krb5Name = new Oid("1.2.840.113554.1.2.2.1");
        GSSManager manager = GSSManager.getInstance();
        GSSName service = manager.createName(args[1], krb5Name);
        GSSContext context = manager.createContext(service, mech, null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(args[2].equals("mutual"));
        context.requestCredDeleg(args[2].equals("delegate"));
        byte[] token = context.initSecContext(new byte[0], 0, 0);
        System.out.println(Base64.getEncoder().encodeToString(token));
        System.out.flush();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        String reply = input.readLine();
        if (reply == null) {
            return;
        }
        try {
            if (!reply.isEmpty()) {
                byte[] octets = Base64.getDecoder().decode(reply);
                context.initSecContext(octets, 0, octets.length);
            }
            System.out.println(context.isEstablished() ? "complete" : "refused: not established");
        } catch (GSSException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
