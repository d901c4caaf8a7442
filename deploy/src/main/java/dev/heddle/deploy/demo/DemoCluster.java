package dev.heddle.deploy.demo;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a demo: a ZooKeeper, two resource managers and three node managers. They are started by the command's
 * thread and may be closed by the shutdown's thread in the middle of that; the lock keeps any from being started after.
 */
final class DemoCluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DemoCluster.class);
    private static final int ZOOKEEPER_HEAP_MB = 96;
    private static final int RESOURCE_MANAGER_HEAP_MB = 192;
    private static final int NODE_MANAGER_HEAP_MB = 128;
    /** What a JVM of the demo takes beside its heap. */
    static final int JVM_OVERHEAD_MB = 64;

    private static final int MAX_STARTS = 3;
    private static final long START_LIMIT_MS = 60_000;
    private static final long STOP_LIMIT_MS = 10_000;

    private final Distribution distribution;
    private final DemoConfiguration configuration;
    private final RandomGenerator random;
    /** In the order of their starts. Guarded by this. */
    private final List<DaemonProcess> daemons = new ArrayList<>();
    /** Written while this is held, and read without, since closing takes its time. */
    private volatile boolean closed;

    DemoCluster(Distribution distribution, DemoConfiguration configuration, RandomGenerator random) {
        this.distribution = distribution;
        this.configuration = configuration;
        this.random = random;
    }

    /** The most memory that the daemons take, in MiB. */
    static int memoryNeededMb() {
        int heaps = ZOOKEEPER_HEAP_MB
                + DemoConfiguration.RESOURCE_MANAGERS.size() * RESOURCE_MANAGER_HEAP_MB
                + DemoConfiguration.NODE_MANAGERS.size() * NODE_MANAGER_HEAP_MB;
        return heaps + DemoConfiguration.daemons().size() * JVM_OVERHEAD_MB;
    }

    /**
     * Starts everything and returns once every daemon serves. Starts again, with other ports, if somebody took one of them
     * meanwhile.
     *
     * @throws UserException if a daemon does not come up
     */
    void start() throws IOException, InterruptedException {
        for (int attempt = 1; !tryStart(attempt == MAX_STARTS); attempt++) {
            log.info("a port was taken by somebody else: starting again with others");
        }
    }

    private boolean tryStart(boolean lastAttempt) throws IOException, InterruptedException {
        configuration.write(new FreePorts(DemoConfiguration.portsNeeded(), random));
        Files.createDirectories(configuration.logs());
        startDaemon(DemoConfiguration.ZOOKEEPER, "zookeeper", ZOOKEEPER_HEAP_MB);
        for (String name : DemoConfiguration.RESOURCE_MANAGERS) {
            startDaemon(name, "resource-manager", RESOURCE_MANAGER_HEAP_MB);
        }
        for (String name : DemoConfiguration.NODE_MANAGERS) {
            startDaemon(name, "node-manager", NODE_MANAGER_HEAP_MB);
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MS);
        List<DaemonProcess> starting = started();
        try {
            for (DaemonProcess daemon : starting) {
                daemon.awaitReady(deadlineNanos);
            }
            return true;
        } catch (UserException e) {
            if (lastAttempt || starting.stream().noneMatch(DaemonProcess::lostAnAddress)) {
                throw e;
            }
            stopAll();
            return false;
        }
    }

    private synchronized void startDaemon(String name, String command, int heapMb) throws IOException {
        if (closed) {
            throw new UserException("the demo is being stopped");
        }
        daemons.add(DaemonProcess.start(distribution, configuration, name, command, heapMb));
    }

    private synchronized List<DaemonProcess> started() {
        return List.copyOf(daemons);
    }

    /** Stops every daemon, ZooKeeper last: the resource managers say goodbye to it. */
    private synchronized void stopAll() {
        if (!daemons.isEmpty()) {
            DaemonProcess.stop(daemons.subList(1, daemons.size()), STOP_LIMIT_MS);
            DaemonProcess.stop(daemons.subList(0, 1), STOP_LIMIT_MS);
            daemons.clear();
        }
    }

    /** Stops everything and removes what is of no use any more; logs and configuration stay. Safe to call more than once. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stopAll();
            deleteWork();
        }
    }

    /** Whether it is being closed, or was. */
    boolean isClosed() {
        return closed;
    }

    private void deleteWork() {
        if (!Files.exists(configuration.work())) {
            return;
        }
        try (Stream<Path> files = Files.walk(configuration.work())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.warn("could not remove all of {}: {}", configuration.work(), e.toString());
        }
    }
}
