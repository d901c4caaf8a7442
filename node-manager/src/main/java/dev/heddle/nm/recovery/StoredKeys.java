package dev.heddle.nm.recovery;

import dev.heddle.nm.recovery.NodeStore.Table;
import dev.heddle.nm.security.HeldKeys;
import dev.heddle.nm.security.KeyJournal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.server.api.records.MasterKey;

/** Keeps in a {@link NodeStore} the keys of one kind of tokens. Safe for all threads. */
final class StoredKeys implements KeyJournal {
    private static final String HELD = "/held";
    private static final String ATTEMPTS = "/attempts/";

    private final NodeStore store;
    private final String kind;

    /** @param kind a name without a slash */
    StoredKeys(NodeStore store, String kind) {
        this.store = store;
        this.kind = kind;
    }

    @Override
    public void rolled(HeldKeys keys) {
        store.put(Table.KEYS, kind + HELD, () -> NodeRecordForms.keys(keys));
    }

    @Override
    public void remembered(ApplicationAttemptId attempt, MasterKey key) {
        store.put(
                Table.KEYS,
                attempts(attempt.getApplicationId()) + attempt,
                () -> NodeRecordForms.keys(new HeldKeys(key, null)));
    }

    @Override
    public void forgotten(ApplicationId application) {
        store.removeAll(Table.KEYS, attempts(application));
    }

    private String attempts(ApplicationId application) {
        return kind + ATTEMPTS + application + "/";
    }

    HeldKeys held() throws IOException {
        byte[] record = store.all(Table.KEYS).get(kind + HELD);
        return record == null ? HeldKeys.NONE : NodeRecordForms.keys(record);
    }

    Map<ApplicationAttemptId, MasterKey> ofAttempts() throws IOException {
        Map<ApplicationAttemptId, MasterKey> keys = new HashMap<>();
        for (Map.Entry<String, byte[]> each : store.all(Table.KEYS).entrySet()) {
            if (each.getKey().startsWith(kind + ATTEMPTS)) {
                MasterKey key = NodeRecordForms.keys(each.getValue()).current();
                if (key != null) {
                    String attempt = each.getKey().substring(each.getKey().lastIndexOf('/') + 1);
                    keys.put(ApplicationAttemptId.fromString(attempt), key);
                }
            }
        }
        return keys;
    }
}
