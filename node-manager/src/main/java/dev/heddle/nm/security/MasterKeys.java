package dev.heddle.nm.security;

import java.util.Arrays;
import javax.crypto.SecretKey;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * The key that the resource manager signs with now, and the one before it, which tokens may still carry. Immutable.
 *
 * @param current null until a resource manager has registered this node
 * @param previous null until a key has been replaced
 */
record MasterKeys(@Nullable Key current, @Nullable Key previous) {
    static final MasterKeys NONE = new MasterKeys(null, null);

    /**
     * One key.
     *
     * @param record as the wire carries it, to be told back to the resource manager
     */
    record Key(int id, SecretKey secret, MasterKey record) {}

    /** The keys after the resource manager has named one. */
    MasterKeys rolledTo(Key key) {
        if (current == null) {
            return new MasterKeys(key, null);
        }
        boolean same = current.id() == key.id()
                && Arrays.equals(current.secret().getEncoded(), key.secret().getEncoded());
        return same ? this : new MasterKeys(key, current);
    }

    HeldKeys held() {
        return new HeldKeys(current == null ? null : current.record(), previous == null ? null : previous.record());
    }

    /** The key of that number, or null. */
    @Nullable
    Key find(int id) {
        if (current != null && current.id() == id) {
            return current;
        }
        return previous != null && previous.id() == id ? previous : null;
    }
}
