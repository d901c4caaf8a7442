package dev.heddle.ha;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.FaultHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.zookeeper.server.ServerConfig;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.apache.zookeeper.server.admin.AdminServer.AdminServerException;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A real ZooKeeper server in this process: one server, no ensemble, no administration page. Its data outlives it, and a
 * server that is started on them again knows the sessions and znodes of the one before.
 *
 * <p>ZooKeeper's threads do the work; a thread of this class waits for their end. An end that nobody asked for (a disk
 * that is full, say) is a fault of the process.
 */
public final class EmbeddedZooKeeper implements Daemon {
    private static final long START_LIMIT_MS = 30_000;
    private static final int MAX_SESSION_TIMEOUT_MS = 60_000;

    private final Server server = new Server();
    private final InetSocketAddress address;
    private final FaultHandler faults;
    private final Thread thread;
    private volatile boolean closing;

    private EmbeddedZooKeeper(ServerConfig config, InetSocketAddress address, FaultHandler faults) {
        this.address = address;
        this.faults = faults;
        this.thread = new Thread(() -> run(config), "zookeeper");
    }

    /**
     * Starts the server that the settings describe.
     *
     * @throws UserException if a setting is missing or wrong, the address is taken or the directory cannot be written
     */
    public static EmbeddedZooKeeper start(Configuration configuration, FaultHandler faults) {
        String directory = HaSettings.SERVER_DATA_DIRECTORY.get(configuration);
        if (directory.isEmpty()) {
            throw new UserException(HaSettings.SERVER_DATA_DIRECTORY.key()
                    + " is not set: name the directory in which ZooKeeper is to keep its data");
        }
        String address = HaSettings.SERVER_ADDRESS.get(configuration);
        int colon = address.lastIndexOf(':');
        int port = colon < 1 ? -1 : parsePort(address.substring(colon + 1));
        if (port < 0) {
            throw new UserException(HaSettings.SERVER_ADDRESS.key() + " is '" + address
                    + "', which is no host:port; correct it (default: " + HaSettings.SERVER_ADDRESS.defaultValue()
                    + ")");
        }
        return start(
                Path.of(directory),
                new InetSocketAddress(address.substring(0, colon), port),
                HaSettings.SERVER_TICK.get(configuration),
                faults);
    }

    /**
     * Starts a server and returns once it serves.
     *
     * @param dataDirectory is made if it is missing
     * @param address port 0 takes a free port
     * @param tickMs sessions time out after two ticks at the earliest
     * @param faults told when the server ends and nobody has closed it
     * @throws UserException if the address is taken or unknown, or the directory cannot be written
     */
    public static EmbeddedZooKeeper start(
            Path dataDirectory, InetSocketAddress address, int tickMs, FaultHandler faults) {
        if (address.isUnresolved()) {
            throw new UserException("cannot serve ZooKeeper at " + address.getHostString()
                    + ": the host name is unknown; correct " + HaSettings.SERVER_ADDRESS.key());
        }
        try {
            Files.createDirectories(dataDirectory);
        } catch (IOException e) {
            throw unusableDirectory(dataDirectory, e);
        }
        if (!Files.isWritable(dataDirectory)) {
            throw unusableDirectory(dataDirectory, null);
        }
        EmbeddedZooKeeper zooKeeper =
                new EmbeddedZooKeeper(configuration(dataDirectory, address, tickMs), address, faults);
        zooKeeper.thread.start();
        try {
            zooKeeper.server.started.get(START_LIMIT_MS, TimeUnit.MILLISECONDS);
            return zooKeeper;
        } catch (InterruptedException e) {
            zooKeeper.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ZooKeeper was starting", e);
        } catch (ExecutionException e) {
            zooKeeper.close();
            throw new UserException(
                    "cannot serve ZooKeeper at " + text(address, address.getPort()) + " with its data in "
                            + dataDirectory + ": "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage()
                            + "; free the address or choose another with "
                            + HaSettings.SERVER_ADDRESS.key(),
                    e);
        } catch (TimeoutException e) {
            zooKeeper.close();
            throw new UserException("ZooKeeper did not start within " + START_LIMIT_MS + " ms; see its log", e);
        }
    }

    private static int parsePort(String text) {
        try {
            int port = Integer.parseInt(text);
            return port <= 65_535 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static UserException unusableDirectory(Path directory, @Nullable IOException cause) {
        String message = "cannot write ZooKeeper's data directory " + directory.toAbsolutePath()
                + ": choose another with " + HaSettings.SERVER_DATA_DIRECTORY.key() + " or make it writable";
        return cause == null ? new UserException(message) : new UserException(message, cause);
    }

    private static ServerConfig configuration(Path dataDirectory, InetSocketAddress address, int tickMs) {
        Properties properties = new Properties();
        properties.setProperty("dataDir", dataDirectory.toAbsolutePath().toString());
        properties.setProperty("clientPortAddress", address.getHostString());
        properties.setProperty("clientPort", Integer.toString(address.getPort()));
        properties.setProperty("tickTime", Integer.toString(tickMs));
        properties.setProperty("maxSessionTimeout", Integer.toString(MAX_SESSION_TIMEOUT_MS));
        properties.setProperty("admin.enableServer", "false");
        QuorumPeerConfig parsed = new QuorumPeerConfig();
        try {
            parsed.parseProperties(properties);
        } catch (IOException | ConfigException e) {
            throw new IllegalArgumentException(e);
        }
        ServerConfig config = new ServerConfig();
        config.readFrom(parsed);
        return config;
    }

    private void run(ServerConfig config) {
        try {
            server.runFromConfig(config);
        } catch (IOException | AdminServerException | RuntimeException e) {
            if (!server.started.completeExceptionally(e) && !closing) {
                faults.fatal("serving ZooKeeper", e);
            }
            return;
        }
        if (!closing) {
            faults.fatal("serving ZooKeeper", new IllegalStateException("the server has ended by itself"));
        }
    }

    /** The port that it listens on; never 0. */
    public int port() {
        return server.getClientPort();
    }

    /** What clients name it by: {@code host:port}. */
    public String connectString() {
        return text(address, port());
    }

    private static String text(InetSocketAddress address, int port) {
        return address.getHostString() + ":" + port;
    }

    @Override
    public String description() {
        return "zookeeper " + connectString();
    }

    @Override
    public void close() {
        closing = true;
        server.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** ZooKeeper's own main program, without the program. */
    private static final class Server extends ZooKeeperServerMain {
        private final CompletableFuture<Boolean> started = new CompletableFuture<>();

        @Override
        protected void serverStarted() {
            started.complete(true);
        }
    }
}
