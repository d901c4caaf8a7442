package dev.heddle.nm.recovery;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Records of a part of the node manager that must survive it, and that nobody else reads. Safe for all threads. */
public interface OpaqueRecords {
    /** Of a node that remembers nothing. */
    OpaqueRecords NONE = new OpaqueRecords() {
        @Override
        public Map<String, byte[]> left() {
            return Map.of();
        }

        @Override
        public void put(String key, byte[] record) {}

        @Override
        public void remove(String key) {}

        @Override
        public CompletableFuture<Void> durable() {
            return CompletableFuture.completedFuture(null);
        }
    };

    /** What an earlier node manager has left, by key. Ask before anything is put. */
    Map<String, byte[]> left();

    /** Keeps a record, in place of an earlier one with this key. Nobody changes the bytes any more. */
    void put(String key, byte[] record);

    void remove(String key);

    /** Completes, on any thread, once what was put and removed before is safe. */
    CompletableFuture<Void> durable();
}
