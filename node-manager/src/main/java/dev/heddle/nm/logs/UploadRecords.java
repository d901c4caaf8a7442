package dev.heddle.nm.logs;

import java.io.IOException;
import org.apache.hadoop.yarn.api.records.ApplicationId;

/**
 * Where it is kept how far the upload of each application's logs has come, so that another life of this node manager can
 * go on with it. Called by workers, by one at a time for each application.
 */
public interface UploadRecords {
    /** Where nothing survives. */
    UploadRecords NONE = new UploadRecords() {
        @Override
        public void save(ApplicationId application, byte[] record) {
            // There is no other life.
        }

        @Override
        public void remove(ApplicationId application) {
            // Nothing was kept.
        }
    };

    /**
     * Keeps a record in the place of the one before, durably. Holds credentials: for nobody else to read.
     *
     * @throws IOException if it cannot be kept; the upload is then tried again later
     */
    void save(ApplicationId application, byte[] record) throws IOException;

    /** Forgets an application, whose logs are done with. */
    void remove(ApplicationId application);
}
