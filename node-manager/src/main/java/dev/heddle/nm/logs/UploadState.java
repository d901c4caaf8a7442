package dev.heddle.nm.logs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.jspecify.annotations.Nullable;

/**
 * How far the upload of one application's logs has come. Immutable.
 *
 * @param ended containers that have ended and whose logs have not all been uploaded
 * @param uploaded what has been uploaded of the files of containers that are not done with, by the files' identities
 * @param intent an upload that may or may not have come to its end, or null
 */
record UploadState(Map<ContainerId, End> ended, Map<ContainerId, Map<String, Part>> uploaded, @Nullable Intent intent) {
    static final UploadState NOTHING = new UploadState(Map.of(), Map.of(), null);

    UploadState {
        ended = Map.copyOf(ended);
        uploaded = Map.copyOf(uploaded);
    }

    /** How a container ended, which decides whether its logs are wanted. */
    record End(ContainerType type, int exitStatus) {}

    /**
     * The beginning of a file, which has been uploaded.
     *
     * @param length in bytes
     * @param checksum over the last {@link LogPiece#TAIL_BYTES} of these, by which a file is known that was begun anew
     * @param modifiedMs when the file was last written to as it was uploaded
     */
    record Part(long length, int checksum, long modifiedMs) {}

    /**
     * An upload that is about to be given its name.
     *
     * @param name of the remote file, which is there if and only if the upload has come to its end
     * @param uploaded what has been uploaded in that case
     */
    record Intent(String name, Map<ContainerId, Map<String, Part>> uploaded) {
        Intent {
            uploaded = Map.copyOf(uploaded);
        }
    }

    UploadState with(ContainerId container, End end) {
        Map<ContainerId, End> more = new LinkedHashMap<>(ended);
        more.put(container, end);
        return new UploadState(more, uploaded, intent);
    }
}
