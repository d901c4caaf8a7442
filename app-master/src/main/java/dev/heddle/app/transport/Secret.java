package dev.heddle.app.transport;

import dev.heddle.app.task.Payload;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the driver and the executors of one application attempt know and nobody else does. It is never sent: each side
 * proves that it knows it by a keyed hash (HMAC-SHA256, RFC 2104) over both sides' nonces.
 */
public final class Secret {
    private static final int BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] bytes;

    /** Takes the secret out of a container's credentials. */
    public Secret(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an application's secret has " + BYTES + " bytes");
        }
        this.bytes = bytes.clone();
    }

    public static Secret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Secret(bytes);
    }

    static Payload nonce(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Payload(bytes);
    }

    /** For a container's credentials. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Who proves: the side is part of what is hashed, so that no proof can be sent back as the other side's. */
    enum Side {
        DRIVER,
        EXECUTOR
    }

    Payload prove(Side side, String executorId, Payload driverNonce, Payload executorNonce) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes, ALGORITHM));
            mac.update(("heddle " + side + " ").getBytes(StandardCharsets.UTF_8));
            mac.update(driverNonce.bytes());
            mac.update(executorNonce.bytes());
            mac.update(executorId.getBytes(StandardCharsets.UTF_8));
            return new Payload(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    boolean proves(Payload proof, Side side, String executorId, Payload driverNonce, Payload executorNonce) {
        // Nonces of a fixed size leave no second way to read what was hashed.
        return driverNonce.size() == BYTES
                && executorNonce.size() == BYTES
                && MessageDigest.isEqual(
                        prove(side, executorId, driverNonce, executorNonce).bytes(), proof.bytes());
    }

    /** Keeps the secret out of logs. */
    @Override
    public String toString() {
        return "secret";
    }
}
