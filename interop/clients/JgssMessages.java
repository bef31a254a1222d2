import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

/**
 * An initiator of OpenJDK that makes and reads per-message tokens: JgssMessages SERVICE. Prints the first token (base64); each
 * line of input is a request, each line of output its answer, "ok WORDS" or "error TEXT", octets in base64, "-" for none:
 * "step TOKEN", "wrap conf|integ MESSAGE", "unwrap TOKEN" (message and form), "mic MESSAGE", "verify MESSAGE TOKEN".
 */
public final class JgssMessages {
    private final GSSContext context;

    private JgssMessages(GSSContext context) {
        this.context = context;
    }

    public static void main(String[] args) throws Exception {
        Oid krb5 = new Oid("1.2.840.113554.1.2.2");
        GSSManager manager = GSSManager.getInstance();
        GSSName service = manager.createName(args[0], new Oid("1.2.840.113554.1.2.2.1"));
        GSSContext context = manager.createContext(service, krb5, null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(true);
        context.requestConf(true);
        context.requestInteg(true);
        say(word(context.initSecContext(new byte[0], 0, 0)));
        JgssMessages messages = new JgssMessages(context);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            try {
                say("ok " + messages.answer(line.split(" ")));
            } catch (GSSException refused) {
                say("error " + refused.getMessage());
            }
        }
    }

    private String answer(String[] request) throws GSSException {
        switch (request[0]) {
            case "step": {
                byte[] token = octets(request[1]);
                return word(context.initSecContext(token, 0, token.length));
            }
            case "wrap": {
                byte[] message = octets(request[2]);
                return word(context.wrap(message, 0, message.length, form(request[1].equals("conf"))));
            }
            case "unwrap": {
                byte[] token = octets(request[1]);
                MessageProp found = form(false);
                byte[] message = context.unwrap(token, 0, token.length, found);
                return word(message) + (found.getPrivacy() ? " conf " : " integ ") + supplementary(found);
            }
            case "mic": {
                byte[] message = octets(request[1]);
                return word(context.getMIC(message, 0, message.length, form(false)));
            }
            case "verify": {
                byte[] message = octets(request[1]);
                byte[] token = octets(request[2]);
                MessageProp found = form(false);
                context.verifyMIC(token, 0, token.length, message, 0, message.length, found);
                return supplementary(found);
            }
            default:
                throw new IllegalArgumentException(request[0]);
        }
    }

    private static MessageProp form(boolean sealed) {
        return new MessageProp(0, sealed);
    }

    private static String supplementary(MessageProp found) {
        int bits = (found.isDuplicateToken() ? 2 : 0) + (found.isOldToken() ? 4 : 0);
        return Integer.toString(bits + (found.isUnseqToken() ? 8 : 0) + (found.isGapToken() ? 16 : 0));
    }

    private static byte[] octets(String word) {
        return word.equals("-") ? new byte[0] : Base64.getDecoder().decode(word);
    }

    private static String word(byte[] octets) {
        return octets == null || octets.length == 0 ? "-" : Base64.getEncoder().encodeToString(octets);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
