package dev.heddle.nm.logs;

import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import java.util.HashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogKey;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogReader;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogValue;
import org.apache.hadoop.yarn.logaggregation.ContainerLogsRequest;
import org.apache.hadoop.yarn.logaggregation.LogAggregationUtils;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationDFSException;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileController;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileControllerContext;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileControllerFactory;
import org.apache.hadoop.yarn.logaggregation.filecontroller.tfile.LogAggregationTFileController;
import org.jspecify.annotations.Nullable;

/**
 * One application's logs of this node in the remote file system, in the format that the configuration names, written with
 * the application's credentials by Hadoop's own writers. One thread uses it at a time. Blocks.
 */
final class RemoteLogs implements AutoCloseable {
    private final Configuration configuration;
    private final LogOwner owner;
    private final NodeId node;
    private final long rollIntervalSeconds;
    private final boolean rolling;
    private final UserGroupInformation user;
    private @Nullable LogAggregationFileController controller;
    private @Nullable LogAggregationFileControllerContext underWay;
    private boolean prepared;

    /**
     * @param rollIntervalSeconds how often this node uploads the logs of running containers, or not positive
     * @param rolling whether this application wants that
     */
    RemoteLogs(Configuration configuration, LogOwner owner, NodeId node, long rollIntervalSeconds, boolean rolling) {
        this.configuration = configuration;
        this.owner = owner;
        this.node = node;
        this.rollIntervalSeconds = rollIntervalSeconds;
        this.rolling = rolling;
        this.user = UserGroupInformation.createRemoteUser(owner.user());
        user.addCredentials(owner.credentials());
    }

    /** Makes the directories, where they are missing. */
    void prepare() throws IOException {
        if (!prepared) {
            controller().verifyAndCreateRemoteLogDir();
            controller().createAppDir(owner.user(), owner.application(), user);
            prepared = true;
        }
    }

    /** Whether the format tells by a file's name that it is complete, and takes parts of logs. */
    boolean isNamedWhenComplete() throws IOException {
        return controller() instanceof LogAggregationTFileController;
    }

    private LogAggregationFileController controller() throws IOException {
        LogAggregationFileController known = controller;
        if (known == null) {
            try {
                known = new LogAggregationFileControllerFactory(configuration).getFileControllerForWrite();
            } catch (RuntimeException e) {
                throw new IOException("the formats of aggregated logs are not configured rightly: " + e, e);
            }
            controller = known;
        }
        return known;
    }

    private Path file() throws IOException {
        return controller().getRemoteNodeLogFileForApp(owner.application(), owner.user(), node);
    }

    private Path named(String name) throws IOException {
        return new Path(file().getParent(), name);
    }

    private Path temporary() throws IOException {
        return named(file().getName() + LogAggregationUtils.TMP_FILE_SUFFIX);
    }

    /** Whether a complete upload has a name. */
    boolean exists(String name) throws IOException {
        return as(() -> named(name).getFileSystem(configuration).exists(named(name)));
    }

    /**
     * Begins an upload.
     *
     * @return the name that it gets when it is complete
     */
    String begin(long nowMs) throws IOException {
        String plain = file().getName();
        // Where an earlier life of this node has left a file, another is put beside it: readers take all of them.
        boolean numbered = rollIntervalSeconds > 0 || (isNamedWhenComplete() && exists(plain));
        underWay = new LogAggregationFileControllerContext(
                file(),
                temporary(),
                rolling,
                numbered ? Math.max(1, rollIntervalSeconds) : 0,
                owner.application(),
                new HashMap<>(owner.acls()),
                node,
                user);
        underWay.setUploadedLogsInThisCycle(true);
        underWay.setLogUploadTimeStamp(nowMs);
        controller().initializeWriter(underWay);
        return numbered ? plain + "_" + nowMs : plain;
    }

    void write(ContainerId container, LogValue value) throws IOException {
        controller().write(new LogKey(container), value);
    }

    /**
     * Gives an upload its name, after a look whether all of it has arrived: the writers tell of no failure at the end.
     *
     * @param name as {@link #begin} gave it
     * @param container one that was written
     */
    void publish(String name, ContainerId container) throws IOException {
        LogAggregationFileControllerContext context = underWay;
        if (context == null) {
            throw new IllegalStateException("no upload has been begun");
        }
        boolean named = isNamedWhenComplete();
        if (named) {
            closeWriter();
            as(() -> {
                new LogReader(configuration, temporary()).close();
                return true;
            });
        }
        try {
            controller().postWrite(context);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
        closeWriter();
        underWay = null;
        if (named ? !exists(name) : !isReadable(container)) {
            throw new IOException("the upload is not where it should be: " + named(name));
        }
    }

    private boolean isReadable(ContainerId container) throws IOException {
        ContainerLogsRequest request = new ContainerLogsRequest();
        request.setAppId(owner.application());
        request.setAppOwner(owner.user());
        request.setContainerId(container.toString());
        request.setNodeId(node.toString());
        return as(() -> !controller().readAggregatedLogsMeta(request).isEmpty());
    }

    private void closeWriter() throws IOException {
        try {
            controller().closeWriter();
        } catch (LogAggregationDFSException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Gives an upload up. What it has written is removed as far as possible. */
    void abandon() throws IOException {
        if (underWay != null) {
            underWay = null;
            try {
                closeWriter();
            } finally {
                if (isNamedWhenComplete()) {
                    as(() -> temporary().getFileSystem(configuration).delete(temporary(), false));
                }
            }
        }
    }

    private <T> T as(PrivilegedExceptionAction<T> action) throws IOException {
        try {
            return user.doAs(action);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Closes the connections that were opened for this application. */
    @Override
    public void close() throws IOException {
        FileSystem.closeAllForUGI(user);
    }
}
