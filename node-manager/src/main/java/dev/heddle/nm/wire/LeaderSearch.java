package dev.heddle.nm.wire;

import dev.heddle.common.UserException;
import dev.heddle.common.rpc.client.RpcClient;
import dev.heddle.common.rpc.client.RpcConnection;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.client.WhenUnreachable;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
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

    private final List<InetSocketAddress> addresses;
    private final RpcClient client;
    private final RpcIdentity identity;
    private final RandomGenerator random;
    private int index;
    private int failuresInRound;
    private long pauseMs = FIRST_PAUSE_MS;
    private boolean complained;
    private @Nullable RpcConnection connection;

    /**
     * Asks nobody yet.
     *
     * @throws UserException if it cannot be known as whom this process runs
     */
    public LeaderSearch(
            RpcThreads threads,
            Configuration configuration,
            List<InetSocketAddress> addresses,
            RandomGenerator random) {
        this.addresses = List.copyOf(addresses);
        this.random = random;
        Configuration impatient = new Configuration(configuration);
        impatient.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, CONNECT_LIMIT_MS);
        this.client = RpcClient.create(threads, impatient);
        try {
            this.identity = RpcIdentity.of(UserGroupInformation.getCurrentUser());
        } catch (IOException e) {
            throw new UserException("the user of this process cannot be found out: " + e.getMessage(), e);
        }
    }

    /** Who is asked now, as {@code HOST:PORT}. */
    String current() {
        return name(addresses.get(index));
    }

    private static String name(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** A way to call the one who is asked now. */
    RpcConnection connection() {
        RpcConnection existing = connection;
        if (existing == null) {
            existing = client.connect(addresses.get(index), ResourceTrackerPB.class, identity, WhenUnreachable.FAIL);
            connection = existing;
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
    long failed(Throwable failure) {
        log.debug("{} does not do: {}", current(), failure.toString());
        leave();
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

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName()
                + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
    }

    private void leave() {
        RpcConnection existing = connection;
        connection = null;
        if (existing != null) {
            existing.close();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
