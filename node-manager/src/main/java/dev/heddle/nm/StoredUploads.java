package dev.heddle.nm;

import dev.heddle.nm.logs.UploadRecords;
import dev.heddle.nm.recovery.OpaqueRecords;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.yarn.api.records.ApplicationId;

/** Keeps how far uploads have come with what else must survive this node manager. */
record StoredUploads(OpaqueRecords records) implements UploadRecords {
    private static final long LIMIT_S = 60;

    @Override
    public void save(ApplicationId application, byte[] record) throws IOException {
        records.put(application.toString(), record);
        try {
            records.durable().get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the node manager's store does not write", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void remove(ApplicationId application) {
        records.remove(application.toString());
    }
}
