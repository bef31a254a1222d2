import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;

/**
 * OpenJDK's GSSAPI client, in lines of base64 as Cyrus SASL's sample client speaks them: JavaSasl SERVICE HOST QOP [AUTHZID]. After the
 * login it reads a message and sends one, through the security layer if there is one; then it says which.
 */
public final class JavaSasl {
    private static final BufferedReader INPUT = new BufferedReader(new InputStreamReader(System.in));

    public static void main(String[] args) throws Exception {
        String authorizationId = args.length > 3 ? args[3] : null;
        Map<String, String> properties = Map.of(Sasl.QOP, args[2], Sasl.SERVER_AUTH, "true");
        String[] mechanisms = {"GSSAPI"};
        SaslClient client = Sasl.createSaslClient(mechanisms, authorizationId, args[0], args[1], properties, null);
        hear();
        byte[] initial = client.evaluateChallenge(new byte[0]);
        byte[] first = new byte[7 + initial.length];
        System.arraycopy("GSSAPI\0".getBytes(StandardCharsets.US_ASCII), 0, first, 0, 7);
        System.arraycopy(initial, 0, first, 7, initial.length);
        say(first);
        while (!client.isComplete()) {
            say(client.evaluateChallenge(hear()));
        }
        String qop = (String) client.getNegotiatedProperty(Sasl.QOP);
        System.out.println("qop " + qop);
        byte[] greeting = hear();
        byte[] farewell = "client message 1".getBytes(StandardCharsets.US_ASCII);
        if (!qop.equals("auth")) {
            // The buffers' lengths are the protocol's to read and write.
            greeting = client.unwrap(greeting, 4, greeting.length - 4);
            farewell = framed(client.wrap(farewell, 0, farewell.length));
        }
        System.out.println("heard " + new String(greeting, StandardCharsets.US_ASCII).trim());
        say(farewell);
    }

    private static byte[] framed(byte[] token) {
        return java.nio.ByteBuffer.allocate(4 + token.length).putInt(token.length).put(token).array();
    }

    private static void say(byte[] octets) {
        System.out.println("C: " + Base64.getEncoder().encodeToString(octets == null ? new byte[0] : octets));
        System.out.flush();
    }

    private static byte[] hear() throws Exception {
        String line = INPUT.readLine();
        if (line == null) {
            throw new java.io.EOFException("the server has ended");
        }
        return Base64.getDecoder().decode(line.substring("S: ".length()));
    }
}
