package dev.heddle.ha;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.EventLoop;
import dev.heddle.common.runtime.FaultHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.hadoop.conf.Configuration;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate in the election of a cluster's leader.
 *
 * <p>ZooKeeper's latch says who may lead. Whoever obtains it raises the cluster's epoch, a number in a znode that outlives
 * every session, by compare-and-set, and leads only then; so no two electors are ever given the same epoch, and what is
 * checked against the epoch shuts out a leader that does not know yet that it was deposed.
 *
 * <p>Curator's threads note in {@link #term} that the latch was obtained or lost. The election's own thread follows that
 * number and is the only one that calls the listener.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);
    private static final int QUEUE_CAPACITY = 64;
    private static final long RETRY_INTERVAL_MS = 200;
    private static final int RETRY_BASE_MS = 50;
    private static final int RETRY_MAX_MS = 1_000;
    private static final int MAX_RETRIES = 10;
    private static final int MAX_CONNECT_TIMEOUT_MS = 5_000;
    private static final int MAX_RAISES = 10;

    private final String id;
    private final String epochPath;
    private final CuratorFramework client;
    private final LeaderLatch latch;
    private final LeadershipListener listener;
    private final EventLoop loop;

    /** Goes up by one whenever the latch is obtained (odd from then on) or lost (even). */
    private final AtomicLong term = new AtomicLong();

    private volatile boolean closing;
    /** The term in which this elector leads, or 0. Touched by the loop's thread alone. */
    private long leadingTerm;

    private LeaderElection(
            CuratorFramework client, String directory, String id, LeadershipListener listener, FaultHandler faults) {
        this.id = id;
        this.client = client;
        this.epochPath = directory + "/epoch";
        this.latch = new LeaderLatch(client, directory + "/latch", id);
        this.listener = listener;
        this.loop = new EventLoop("leader-election", QUEUE_CAPACITY, RETRY_INTERVAL_MS, this::followTerm, faults);
    }

    /**
     * Connects to ZooKeeper and becomes a candidate.
     *
     * @param id of this resource manager among those of the cluster, as in {@code yarn.resourcemanager.ha.rm-ids}
     * @param faults told when the listener throws, or the epoch cannot be read
     * @throws UserException if ZooKeeper is not named, or does not answer within {@link HaSettings#CONNECT_LIMIT}
     */
    public static LeaderElection start(
            Configuration configuration, String id, LeadershipListener listener, FaultHandler faults) {
        String directory =
                HaSettings.ELECTION_BASE_PATH.get(configuration) + "/" + HaSettings.CLUSTER_ID.get(configuration);
        CuratorFramework client = connect(configuration);
        LeaderElection election = new LeaderElection(client, directory, id, listener, faults);
        election.begin();
        return election;
    }

    private static CuratorFramework connect(Configuration configuration) {
        String older = HaSettings.ZOOKEEPER_ADDRESS_OF_RESOURCE_MANAGER.get(configuration);
        String address = older.isEmpty() ? HaSettings.ZOOKEEPER_ADDRESS.get(configuration) : older;
        String key = (older.isEmpty() ? HaSettings.ZOOKEEPER_ADDRESS : HaSettings.ZOOKEEPER_ADDRESS_OF_RESOURCE_MANAGER)
                .key();
        if (address.isEmpty()) {
            throw new UserException(key + " is not set: name the ZooKeeper servers as host:port, separated by commas");
        }
        try {
            new ConnectStringParser(address);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    key + " is '" + address + "', which names no ZooKeeper servers (" + e.getMessage()
                            + "); give host:port, several separated by commas",
                    e);
        }
        int sessionMs = HaSettings.SESSION_TIMEOUT.get(configuration);
        long limitMs = HaSettings.CONNECT_LIMIT.get(configuration);
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(address)
                .sessionTimeoutMs(sessionMs)
                .connectionTimeoutMs(Math.min(sessionMs, MAX_CONNECT_TIMEOUT_MS))
                .retryPolicy(new BoundedExponentialBackoffRetry(RETRY_BASE_MS, RETRY_MAX_MS, MAX_RETRIES))
                .build();
        try {
            client.start();
            if (client.blockUntilConnected(Math.toIntExact(limitMs), TimeUnit.MILLISECONDS)) {
                return client;
            }
        } catch (InterruptedException e) {
            client.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting to ZooKeeper", e);
        }
        client.close();
        throw new UserException(
                "no ZooKeeper answers at " + address + " within " + limitMs + " ms: start it, or correct " + key);
    }

    private void begin() {
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                nextTerm();
            }

            @Override
            public void notLeader() {
                nextTerm();
            }
        });
        loop.start();
        try {
            latch.start();
        } catch (Exception e) {
            close();
            throw new IllegalStateException("cannot become a candidate", e);
        }
    }

    /** Curator's threads: it alternates the two calls and makes them one at a time. */
    private void nextTerm() {
        term.incrementAndGet();
        // A full queue holds another of these tasks, which will see the same term.
        loop.offer(this::followTerm);
    }

    private void followTerm() {
        long current = term.get();
        if (leadingTerm != 0 && (leadingTerm != current || closing)) {
            leadingTerm = 0;
            log.info("{} stands by", id);
            listener.standBy();
        }
        boolean holdsLatch = current % 2 == 1;
        if (leadingTerm == 0 && holdsLatch && !closing) {
            OptionalLong epoch = raiseEpoch();
            // Without an epoch, and where the latch was lost meanwhile, the next task or tick decides.
            if (epoch.isPresent() && term.get() == current) {
                leadingTerm = current;
                log.info("{} leads in epoch {}", id, epoch.getAsLong());
                listener.lead(epoch.getAsLong());
            }
        }
    }

    /** The new epoch, or nothing where ZooKeeper cannot be asked now. */
    private OptionalLong raiseEpoch() {
        try {
            for (int attempt = 0; attempt < MAX_RAISES; attempt++) {
                OptionalLong raised = tryRaiseEpoch();
                if (raised.isPresent()) {
                    return raised;
                }
            }
            log.warn("{} could not raise the epoch: others raised it {} times meanwhile", id, MAX_RAISES);
        } catch (KeeperException e) {
            log.warn("{} could not raise the epoch and tries again: {}", id, e.getMessage());
        }
        return OptionalLong.empty();
    }

    private OptionalLong tryRaiseEpoch() throws KeeperException {
        try {
            Stat stat = new Stat();
            byte[] data = client.getData().storingStatIn(stat).forPath(epochPath);
            long next = Long.parseLong(new String(data, StandardCharsets.US_ASCII)) + 1;
            client.setData().withVersion(stat.getVersion()).forPath(epochPath, encode(next));
            return OptionalLong.of(next);
        } catch (KeeperException.NoNodeException e) {
            createEpoch();
            return OptionalLong.empty();
        } catch (KeeperException.BadVersionException e) {
            return OptionalLong.empty();
        } catch (KeeperException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("reading " + epochPath, e);
        }
    }

    private void createEpoch() throws KeeperException {
        try {
            client.create().creatingParentsIfNeeded().forPath(epochPath, encode(0));
        } catch (KeeperException.NodeExistsException e) {
            log.debug("another elector made {} first", epochPath);
        } catch (KeeperException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("creating " + epochPath, e);
        }
    }

    private static byte[] encode(long epoch) {
        return Long.toString(epoch).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Stands by, then leaves the election, so that another candidate takes over at once. Returns when the listener will be
     * called no more. Safe to call more than once, but not from the listener.
     */
    @Override
    public void close() {
        closing = true;
        loop.offer(this::followTerm);
        loop.close();
        try {
            if (latch.getState() == LeaderLatch.State.STARTED) {
                latch.close();
            }
        } catch (IOException e) {
            log.warn("{} could not leave the election: its session's end will do it: {}", id, e.getMessage());
        }
        client.close();
    }
}
