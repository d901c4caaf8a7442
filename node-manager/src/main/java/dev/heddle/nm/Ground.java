package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.ExitOnFault;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.recovery.Recovery;
import dev.heddle.nm.services.AuxiliaryServices;
import java.nio.file.Path;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** What a node manager stands on, opened before it and closed after it. */
record Ground(NodeDirectories directories, Recovery recovery, Isolation isolation, AuxiliaryServices services) {
    /**
     * Opens all of it.
     *
     * @throws UserException if a directory cannot be used or an auxiliary service cannot be started; nothing is left open
     */
    static Ground open(YarnConfiguration configuration, Isolation isolation) {
        NodeDirectories directories = NodeDirectories.open(
                NodeManagerSettings.directories(configuration, NodeManagerSettings.LOCAL_DIRS),
                NodeManagerSettings.LOCAL_DIRS.key(),
                NodeManagerSettings.directories(configuration, NodeManagerSettings.LOG_DIRS),
                NodeManagerSettings.LOG_DIRS.key());
        directories.chooseOwners(isolation::owner);
        Recovery recovery = null;
        try {
            Path kept = keptIn(configuration);
            recovery = kept == null
                    ? Recovery.off(directories)
                    : Recovery.open(directories, kept, NodeManagerSettings.RECOVERY_DIR.key(), new ExitOnFault());
            return new Ground(
                    directories, recovery, isolation, AuxiliaryServices.start(configuration, directories, kept));
        } catch (RuntimeException e) {
            if (recovery != null) {
                recovery.close();
            }
            directories.close();
            throw e;
        }
    }

    /** Where it is kept what the next node manager must know, or null where it is not to know anything. */
    private static @Nullable Path keptIn(YarnConfiguration configuration) {
        return NodeManagerSettings.RECOVERY_ENABLED.get(configuration)
                ? NodeManagerSettings.directories(configuration, NodeManagerSettings.RECOVERY_DIR)
                        .get(0)
                : null;
    }

    /** For a node manager that could not be started on it. */
    void close() {
        services.close();
        recovery.close();
        directories.close();
    }
}
