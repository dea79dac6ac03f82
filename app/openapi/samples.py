"""Programs printed in the interface document: the same call in the languages vendors use.

They are run by a test where the language is ours, so keep them whole and short.
"""

PYTHON = """import base64, hashlib, json, time, urllib.parse, urllib.request, uuid
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ADDRESS, APPID, SECRET = "@address@", "@appid@", "@secret@"


def encrypt(plain):                                   # 第3节
    key = SECRET.encode()
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(worker.update(padded) + worker.finalize()).decode()


def call(method, data):
    fields = {
        "appid": APPID, "data": json.dumps(data, ensure_ascii=False), "format": "json",
        "method": method, "nonce": uuid.uuid4().hex,
        "timestamp": time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)),
        "version": "1.0",
    }
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    text = f"{text}&appsecret={SECRET}".lower()       # 第2节
    fields["sign"] = hashlib.sha256(text.encode()).hexdigest()
    body = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(ADDRESS, body, timeout=60) as reply:
        return json.load(reply)


print(call("CheckSign.Query", {}))
"""

JAVA = """import javax.crypto.Cipher;
import javax.crypto.spec.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;

public class OpenApi {
  static final String ADDRESS = "@address@", APPID = "@appid@", SECRET = "@secret@";

  static String encrypt(String plain) throws Exception {             // 第3节
    byte[] key = SECRET.getBytes(StandardCharsets.US_ASCII);
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"),
        new IvParameterSpec(Arrays.copyOf(key, 16)));
    return Base64.getEncoder().encodeToString(
        cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8)));
  }

  static String call(String method, String data) throws Exception {
    TreeMap<String, String> fields = new TreeMap<>();
    fields.put("appid", APPID);
    fields.put("data", data);
    fields.put("format", "json");
    fields.put("method", method);
    fields.put("nonce", UUID.randomUUID().toString().replace("-", ""));
    fields.put("timestamp", LocalDateTime.now(ZoneId.of("Asia/Shanghai"))
        .format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss")));
    fields.put("version", "1.0");
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append("=").append(value).append("&"));
    text.append("appsecret=").append(SECRET);                        // 第2节
    byte[] digest = MessageDigest.getInstance("SHA-256")
        .digest(text.toString().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    fields.put("sign", HexFormat.of().formatHex(digest));
    StringBuilder body = new StringBuilder();
    fields.forEach((name, value) -> body.append(body.length() > 0 ? "&" : "").append(name)
        .append("=").append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    HttpRequest request = HttpRequest.newBuilder(URI.create(ADDRESS))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  public static void main(String[] args) throws Exception {
    System.out.println(call("CheckSign.Query", "{}"));
  }
}
"""

PHP = """<?php
const ADDRESS = "@address@";
const APPID = "@appid@";
const SECRET = "@secret@";

function encrypt_field(string $plain): string {                      // 第3节
    return base64_encode(openssl_encrypt(
        $plain, "aes-256-cbc", SECRET, OPENSSL_RAW_DATA, substr(SECRET, 0, 16)));
}

function call_api(string $method, array $data): array {
    $fields = [
        "appid" => APPID, "data" => json_encode((object) $data), "format" => "json",
        "method" => $method, "nonce" => bin2hex(random_bytes(16)),
        "timestamp" => (new DateTime("now", new DateTimeZone("Asia/Shanghai")))
            ->format("YmdHis"),
        "version" => "1.0",
    ];
    ksort($fields);
    $parts = [];
    foreach ($fields as $name => $value) $parts[] = "$name=$value";
    $text = implode("&", $parts) . "&appsecret=" . SECRET;           // 第2节
    $fields["sign"] = hash("sha256", mb_strtolower($text, "UTF-8"));
    $line = curl_init(ADDRESS);
    curl_setopt_array($line, [CURLOPT_POSTFIELDS => http_build_query($fields),
        CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60]);
    return json_decode(curl_exec($line), true);
}

print_r(call_api("CheckSign.Query", []));
"""

LANGUAGES = (("Python", PYTHON), ("Java", JAVA), ("PHP", PHP))


def filled(text: str, *, address: str, appid: str, secret: str) -> str:
    """Give a program with the reader's own address and access number in it."""
    for name, value in (("address", address), ("appid", appid), ("secret", secret)):
        text = text.replace(f"@{name}@", value)
    return text
