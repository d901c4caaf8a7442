package dev.heddle.nm.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.impl.pb.client.ResourceTrackerPBClientImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the leader among the resource managers by asking one after the other, without the long pauses of Hadoop's own
 * proxies. After each round without success it waits a little longer, with a random share so that nodes do not come all
 * at once. For one thread.
 */
public final class LeaderSearch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderSearch.class);

    private static final long FIRST_PAUSE_MS = 50;
    private static final long MAX_PAUSE_MS = 1_000;
    private static final int CONNECT_LIMIT_MS = 2_000;
    private static final int CALL_LIMIT_MS = 10_000;

    /** The version of the protocol, which has only ever had one. */
    private static final long PROTOCOL_VERSION = 1;

    private final List<InetSocketAddress> addresses;
    private final Configuration configuration;
    private final RandomGenerator random;
    private int index;
    private int failuresInRound;
    private long pauseMs = FIRST_PAUSE_MS;
    private boolean complained;
    private @Nullable ResourceTrackerPBClientImpl tracker;

    public LeaderSearch(Configuration configuration, List<InetSocketAddress> addresses, RandomGenerator random) {
        this.addresses = List.copyOf(addresses);
        this.random = random;
        this.configuration = new Configuration(configuration);
        // One attempt per call: who comes next is decided here.
        this.configuration.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        this.configuration.setInt(
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_KEY, 0);
        this.configuration.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, CONNECT_LIMIT_MS);
        this.configuration.setInt(CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_KEY, CALL_LIMIT_MS);
    }

    /** Who is asked now, as {@code HOST:PORT}. */
    String current() {
        return name(addresses.get(index));
    }

    private static String name(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** A way to call the one who is asked now. */
    ResourceTracker tracker() throws IOException {
        ResourceTrackerPBClientImpl existing = tracker;
        if (existing == null) {
            // Resolved anew each time: a host may come back with another address.
            InetSocketAddress address = NetUtils.createSocketAddrForHost(
                    addresses.get(index).getHostString(), addresses.get(index).getPort());
            existing = new ResourceTrackerPBClientImpl(PROTOCOL_VERSION, address, configuration);
            tracker = existing;
        }
        return existing;
    }

    /** Says that the call went well. */
    void succeeded() {
        if (complained) {
            log.info("the resource manager at {} answers", current());
        }
        complained = false;
        failuresInRound = 0;
        pauseMs = FIRST_PAUSE_MS;
    }

    /**
     * Turns to the next one. After a round without success this is said, once per search.
     *
     * @param failure why the one who was asked does not do
     * @return how long to wait before asking the next one, in milliseconds
     */
    long failed(Exception failure) {
        log.debug("{} does not do: {}", current(), failure.toString());
        close();
        index = (index + 1) % addresses.size();
        failuresInRound++;
        if (failuresInRound < addresses.size()) {
            return 0;
        }
        failuresInRound = 0;
        if (!complained) {
            complained = true;
            log.warn(
                    "no leading resource manager reachable at {}, retrying: {}",
                    addresses.stream().map(LeaderSearch::name).toList(),
                    reason(failure));
        }
        long wait = pauseMs / 2 + random.nextLong(pauseMs / 2 + 1);
        pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
        return wait;
    }

    /** The innermost cause in one line: what Hadoop's client wraps around it is long and says no more. */
    private static String reason(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName()
                + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
    }

    @Override
    public void close() {
        ResourceTrackerPBClientImpl existing = tracker;
        tracker = null;
        if (existing != null) {
            existing.close();
        }
    }
}
