package dev.heddle.nm.security;

import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one kind of tokens, as they are told from one node manager to the next. Secret.
 *
 * @param current null until a resource manager has registered the node
 * @param previous null until a key has been replaced
 */
public record HeldKeys(@Nullable MasterKey current, @Nullable MasterKey previous) {
    public static final HeldKeys NONE = new HeldKeys(null, null);

    @Override
    public String toString() {
        return "keys " + (current == null ? "none" : current.getKeyId());
    }
}
