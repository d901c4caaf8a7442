package dev.heddle.nm.watch;

import dev.heddle.nm.directories.FileOwner;
import dev.heddle.nm.isolation.Account;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.isolation.IsolationSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What isolation and watching do for a container from before its start until nothing is left of it. A container of an
 * earlier life of this daemon comes in with {@link #running} and goes on like one of this life. Safe for all threads;
 * what blocks says so.
 */
public final class ContainerBounds implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ContainerBounds.class);

    private final Isolation isolation;
    private final ContainerWatch watch;

    public ContainerBounds(Isolation isolation, ContainerWatch watch) {
        this.isolation = isolation;
        this.watch = watch;
    }

    /**
     * Before the start: what goes before the container's command. Blocks.
     *
     * @throws IOException if the container cannot be isolated; nothing is left then
     */
    public List<String> prepare(ContainerId container, String user, Allocation allocation) throws IOException {
        return isolation.prepare(container, user, allocation);
    }

    /** Who gets the container's files, or null where they stay this daemon's own. Blocks. */
    public @Nullable FileOwner owner(String user) throws IOException {
        return isolation.owner(user);
    }

    /** There is a first process. */
    public void running(WatchedContainer container) {
        watch.begin(container);
    }

    /**
     * Changes what a running container may use. Blocks.
     *
     * @throws IOException if the kernel refuses it, such as less memory than is in use
     */
    public void change(ContainerId container, Allocation allocation) throws IOException {
        isolation.update(container, allocation);
        watch.change(container, allocation);
    }

    /** Ends whatever belongs to the container, after its process group was sent SIGKILL. Blocks for up to seconds. */
    public void force(ContainerId container, long leader) throws InterruptedException {
        if (!isolation.kill(container, leader)) {
            log.warn("{}: processes resist SIGKILL, as they do while a disk or the network does not answer", container);
        }
    }

    /**
     * After the end of the first process: ends what is left and removes what was made. Blocks for up to seconds.
     *
     * @return what is to be told about it; empty where all was well
     */
    public List<String> ended(ContainerId container, long leader, Allocation allocation, int exitStatus)
            throws InterruptedException {
        ContainerUsage usage = watch.end(container);
        Account account = Account.NOTHING;
        try {
            force(container, leader);
            account = isolation.account(container);
            isolation.remove(container);
        } catch (UncheckedIOException e) {
            // It has ended, and its end must be told.
            log.error("{}: it may have left something behind", container, e);
        }
        List<String> lines = new ArrayList<>();
        if (exitStatus != 0 && account.outOfMemoryKills() > 0) {
            lines.add(Diagnosis.outOfMemory(container, allocation, account, usage));
        }
        if (exitStatus != 0 && account.refusedForks() > 0) {
            lines.add(Diagnosis.refusedForks(container, account, IsolationSettings.MAX_PROCESSES.key()));
        }
        return lines;
    }

    /** Where a start came to nothing: removes what was made for it. Blocks. */
    public void discard(ContainerId container) throws InterruptedException {
        isolation.remove(container);
    }

    /** What the containers together and the machine used at the last look. */
    public NodeUtilization utilization() {
        return watch.utilization();
    }

    /** Looks no more; containers stay as they are. */
    @Override
    public void close() {
        watch.close();
    }
}
