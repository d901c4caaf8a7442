package dev.heddle.rm.security;

import dev.heddle.common.UserException;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import org.apache.hadoop.yarn.server.security.MasterKeyData;
import org.jspecify.annotations.Nullable;

/**
 * A secret key that is replaced at an interval, as YARN's master keys are: the next key is made known some time before it is
 * used, so that whoever checks or holds tokens has it by then. Nothing happens by itself: whoever asks finds what is due
 * done. Safe for use by any thread.
 */
public final class RollingKeys {
    private final InstantSource clock;
    private final Plan plan;
    private final Supplier<SecretKey> secrets;
    private final Runnable replaced;
    private int nextNumber;
    private volatile Keys keys;

    /**
     * When keys are replaced.
     *
     * @param intervalMs from one replacement to the next
     * @param delayMs from the time when the next key is made known until it replaces the current one
     */
    public record Plan(long intervalMs, long delayMs) {
        /** YARN's delay: long enough for everybody who is not given up to have called. */
        private static final double DELAY_IN_EXPIRIES = 1.5;

        /**
         * As YARN plans it.
         *
         * @param intervalKey where the interval was configured
         * @param expiryKey where it was configured how long silence is borne
         * @throws UserException if the interval is too short for everybody to learn of each key
         */
        public static Plan of(String intervalKey, long intervalMs, String expiryKey, long expiryMs) {
            long delayMs = (long) (expiryMs * DELAY_IN_EXPIRIES);
            if (intervalMs <= 2 * delayMs) {
                throw new UserException(intervalKey + " is " + intervalMs / 1000 + " s, but should be more than 3 X "
                        + expiryKey + " (" + expiryMs + " ms): raise the one or lower the other");
            }
            return new Plan(intervalMs, delayMs);
        }
    }

    /**
     * The keys at a moment.
     *
     * @param next the one that will be used, or null between replacements
     * @param changeAtMs when this is true no more
     */
    record Keys(MasterKeyData current, @Nullable MasterKeyData next, long changeAtMs) {
        /** The key that lasts longest. */
        MasterKeyData newest() {
            MasterKeyData coming = next;
            return coming == null ? current : coming;
        }

        /** The key of a number, or null where it is not known, or not any more. */
        @Nullable
        MasterKeyData numbered(int number) {
            if (current.getMasterKey().getKeyId() == number) {
                return current;
            }
            MasterKeyData coming = next;
            return coming != null && coming.getMasterKey().getKeyId() == number ? coming : null;
        }
    }

    /**
     * The first key.
     *
     * @param firstNumber of keys; each has the next one
     * @param replaced is told each time that a key has come into use, on the thread that found it due
     */
    RollingKeys(InstantSource clock, Plan plan, int firstNumber, Supplier<SecretKey> secrets, Runnable replaced) {
        this.clock = clock;
        this.plan = plan;
        this.secrets = secrets;
        this.replaced = replaced;
        this.nextNumber = firstNumber;
        this.keys = new Keys(newKey(), null, clock.millis() + plan.intervalMs());
    }

    private MasterKeyData newKey() {
        return new MasterKeyData(nextNumber++, secrets.get());
    }

    Keys now() {
        Keys known = keys;
        return clock.millis() < known.changeAtMs() ? known : advance();
    }

    /** One step at a time: a key that nobody could have learnt of yet must not come into use. */
    private Keys advance() {
        boolean activated;
        Keys after;
        synchronized (this) {
            Keys before = keys;
            long nowMs = clock.millis();
            if (nowMs < before.changeAtMs()) {
                return before;
            }
            MasterKeyData coming = before.next();
            activated = coming != null;
            after = coming == null
                    ? new Keys(before.current(), newKey(), nowMs + plan.delayMs())
                    : new Keys(coming, null, nowMs + plan.intervalMs() - plan.delayMs());
            keys = after;
        }
        if (activated) {
            replaced.run();
        }
        return after;
    }
}
