import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.PrivilegedExceptionAction;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/**
 * OpenJDK's acceptor. One line in: KEYTAB BINDINGS TOKEN..., as gss_accept.c has them; one line of JSON out. An
 * exception that JGSS does not promise is the verdict "crashed".
 */
public final class JgssAccept {
    private record Service(Subject subject, GSSCredential credential) {}

    private static final Map<String, Service> SERVICES = new HashMap<>();
    private static final GSSManager MANAGER = GSSManager.getInstance();

    public static void main(String[] args) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(judge(line.split(" ")));
            System.out.flush();
        }
    }

    private static Service service(String keytab) throws Exception {
        Service known = SERVICES.get(keytab);
        if (known != null) {
            return known;
        }
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                Map<String, String> options = Map.of(
                    "useKeyTab", "true", "keyTab", keytab, "principal", "*", "storeKey", "true",
                    "isInitiator", "false", "doNotPrompt", "true");
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(
                        "com.sun.security.auth.module.Krb5LoginModule",
                        AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options)
                };
            }
        };
        LoginContext login = new LoginContext("acceptor", null, null, configuration);
        login.login();
        Subject subject = login.getSubject();
        Oid[] mechanisms = {new Oid("1.2.840.113554.1.2.2"), new Oid("1.3.6.1.5.5.2")};
        PrivilegedExceptionAction<GSSCredential> acquire = () -> MANAGER.createCredential(
            null, GSSCredential.INDEFINITE_LIFETIME, mechanisms, GSSCredential.ACCEPT_ONLY);
        Service service = new Service(subject, Subject.doAs(subject, acquire));
        SERVICES.put(keytab, service);
        return service;
    }

    private static String judge(String[] words) throws Exception {
        Service service = service(words[0]);
        PrivilegedExceptionAction<String> accept = () -> accept(service.credential(), words);
        return Subject.doAs(service.subject(), accept);
    }

    private static String accept(GSSCredential credential, String[] words) {
        try {
            GSSContext context = MANAGER.createContext(credential);
            if (!words[1].equals("-")) {
                context.setChannelBinding(new ChannelBinding(HexFormat.of().parseHex(words[1])));
            }
            for (int at = 2; at < words.length; at++) {
                byte[] token = Base64.getDecoder().decode(words[at]);
                context.acceptSecContext(token, 0, token.length);
            }
            if (!context.isEstablished()) {
                return "{\"verdict\":\"continue\"}";
            }
            String client = text(context.getSrcName().toString());
            context.dispose();
            return "{\"verdict\":\"accepted\",\"client\":" + client + "}";
        } catch (GSSException refused) {
            return "{\"verdict\":\"rejected\",\"error\":" + text(String.valueOf(refused.getMessage())) + "}";
        } catch (Throwable unexpected) {
            return "{\"verdict\":\"crashed\",\"error\":" + text(String.valueOf(unexpected)) + "}";
        }
    }

    private static String text(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (char character : value.toCharArray()) {
            if (character < 0x20 || character > 0x7e || character == '"' || character == '\\') {
                json.append(String.format("\\u%04x", (int) character));
            } else {
                json.append(character);
            }
        }
        return json.append('"').toString();
    }
}
