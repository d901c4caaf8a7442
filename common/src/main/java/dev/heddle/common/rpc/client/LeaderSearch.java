package dev.heddle.common.rpc.client;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the leader among the resource managers by asking one after the other, without the long pauses of Hadoop's own
 * proxies. After each round without success it waits a little longer, with a random share so that those who search do not
 * come all at once. For one thread.
 */
public final class LeaderSearch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderSearch.class);

    private static final long FIRST_PAUSE_MS = 50;
    private static final long MAX_PAUSE_MS = 1_000;
    private static final int CONNECT_LIMIT_MS = 2_000;

    /** A search up to this is what the change from one leader to the next takes, and nothing to be warned of. */
    private static final long WARNING_AFTER_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** What was logged of the search that goes on. */
    private enum Told {
        NOTHING,
        SEARCHING,
        WARNED
    }

    private final List<InetSocketAddress> addresses;
    private final Class<?> protocol;
    private final RpcClient client;
    private final RandomGenerator random;
    private RpcIdentity identity;
    private int index;
    private int failuresInRound;
    private long pauseMs = FIRST_PAUSE_MS;
    private long searchedSinceNanos;
    private Told told = Told.NOTHING;
    private @Nullable RpcConnection connection;

    /**
     * Asks nobody yet.
     *
     * @param addresses at least one
     * @param protocol as in {@link RpcClient#connect}
     */
    public LeaderSearch(
            RpcThreads threads,
            Configuration configuration,
            List<InetSocketAddress> addresses,
            Class<?> protocol,
            RpcIdentity identity,
            RandomGenerator random) {
        this.addresses = List.copyOf(addresses);
        this.protocol = protocol;
        this.identity = identity;
        this.random = random;
        Configuration impatient = new Configuration(configuration);
        impatient.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, CONNECT_LIMIT_MS);
        this.client = RpcClient.create(threads, impatient);
    }

    /**
     * Whether a call that ended so is one for the next resource manager, or for this one later: it could not be reached,
     * its connection ended, it does not lead, or it is too busy. Any other failure is the leader's own answer, or would be
     * the same with each of them.
     *
     * @param failure as a future tells it
     */
    public static boolean passesOn(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof StandbyException || cause instanceof RetriableException) {
            return true;
        }
        boolean answered = cause instanceof RemoteException || cause.getCause() instanceof RemoteException;
        boolean refusedHere = cause instanceof AccessControlException || cause instanceof SaslException;
        return cause instanceof IOException && !answered && !refusedHere;
    }

    /** What a future failed with, without the {@link CompletionException}s that its stages put around it. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** How many there are to be asked. */
    public int size() {
        return addresses.size();
    }

    /** Who is asked now, as {@code HOST:PORT}. */
    public String current() {
        return name(addresses.get(index));
    }

    private static String name(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** A way to call the one who is asked now. */
    public RpcConnection connection() {
        RpcConnection existing = connection;
        if (existing == null) {
            existing = client.connect(addresses.get(index), protocol, identity, WhenUnreachable.FAIL);
            connection = existing;
        }
        return existing;
    }

    /** Calls as somebody else, or with another token, from the next connection on, which is a new one. */
    public void identify(RpcIdentity another) {
        identity = another;
        leave();
    }

    /** Says that the one who is asked now has answered. */
    public void succeeded() {
        if (told != Told.NOTHING) {
            log.info("the resource manager at {} answers", current());
        }
        told = Told.NOTHING;
        failuresInRound = 0;
        pauseMs = FIRST_PAUSE_MS;
    }

    /**
     * Turns to the next one. After a round without success this is logged, and again as a warning where it lasts.
     *
     * @param asked what {@link #connection} gave; where another call has turned to the next one already, nothing happens
     * @param failure why the one who was asked does not do
     * @return how long to wait before asking the next one, in milliseconds
     */
    public long failed(RpcConnection asked, Throwable failure) {
        if (asked != connection) {
            return 0;
        }
        log.debug("{} does not do: {}", current(), failure.toString());
        leave();
        index = (index + 1) % addresses.size();
        failuresInRound++;
        if (failuresInRound < addresses.size()) {
            return 0;
        }
        failuresInRound = 0;
        tell(failure);
        long wait = pauseMs / 2 + random.nextLong(pauseMs / 2 + 1);
        pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
        return wait;
    }

    private void tell(Throwable failure) {
        long now = System.nanoTime();
        if (told == Told.NOTHING) {
            told = Told.SEARCHING;
            searchedSinceNanos = now;
            log.info("no leading resource manager reachable at {}, retrying: {}", names(), reason(failure));
        } else if (told == Told.SEARCHING && now - searchedSinceNanos > WARNING_AFTER_NANOS) {
            told = Told.WARNED;
            log.warn("still no leading resource manager reachable at {}, retrying: {}", names(), reason(failure));
        }
    }

    private List<String> names() {
        return addresses.stream().map(LeaderSearch::name).toList();
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
