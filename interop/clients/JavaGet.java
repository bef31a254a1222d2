import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** GET a URL with HttpURLConnection, which answers Negotiate itself: JavaGet URL. Prints the status and the body. */
public final class JavaGet {
    public static void main(String[] args) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(args[0]).openConnection();
        int status = connection.getResponseCode();
        System.out.println(status);
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            if (body != null) {
                System.out.println(new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
