package dev.heddle.rm;

import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.rm.command.CoreCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** A resource manager in this JVM on random ports of the loopback interface, and a configuration that leads to it. */
public final class RunningResourceManager implements AutoCloseable {
    /** A fault fails loudly, on the thread that has it. */
    static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ResourceManager resourceManager;
    private final YarnConfiguration clientConfiguration;
    private final HeldClock clock;

    private RunningResourceManager(
            ResourceManager resourceManager, YarnConfiguration clientConfiguration, HeldClock clock) {
        this.resourceManager = resourceManager;
        this.clientConfiguration = clientConfiguration;
        this.clock = clock;
    }

    /** A clock that goes until somebody sets it; from then on it stands where it is set to. */
    private static final class HeldClock implements InstantSource {
        private volatile @Nullable Instant held;

        @Override
        public Instant instant() {
            Instant now = held;
            return now == null ? Instant.now() : now;
        }

        void forward(long ms) {
            held = instant().plusMillis(ms);
        }
    }

    public static RunningResourceManager start() {
        return start(configuration());
    }

    public static RunningResourceManager start(YarnConfiguration configuration) {
        HeldClock clock = new HeldClock();
        ResourceManager started = ResourceManager.start(configuration, clock, FAULTS);
        YarnConfiguration client = new YarnConfiguration(configuration);
        set(client, YarnConfiguration.RM_ADDRESS, started.addresses().client());
        set(client, YarnConfiguration.RM_SCHEDULER_ADDRESS, started.addresses().scheduler());
        set(
                client,
                YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
                started.addresses().tracker());
        set(client, YarnConfiguration.RM_ADMIN_ADDRESS, started.addresses().administration());
        client.set(YarnConfiguration.RM_WEBAPP_ADDRESS, started.addresses().page());
        return new RunningResourceManager(started, client, clock);
    }

    /** Any free port for each service, and small containers. */
    public static YarnConfiguration configuration() {
        YarnConfiguration configuration = new YarnConfiguration();
        for (String key : new String[] {
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.RM_WEBAPP_ADDRESS
        }) {
            configuration.set(key, "127.0.0.1:0");
        }
        configuration.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
        configuration.setInt(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MS, 50);
        return configuration;
    }

    private static void set(YarnConfiguration configuration, String key, InetSocketAddress address) {
        configuration.set(key, NetUtils.getHostPortString(address));
    }

    public YarnConfiguration clientConfiguration() {
        return clientConfiguration;
    }

    ResourceManager.Addresses addresses() {
        return resourceManager.addresses();
    }

    /** A round of preemption, that much later than the last one, or than now for the first; no time passes otherwise. */
    public void preempt(long laterMs) {
        clock.forward(laterMs);
        Objects.requireNonNull(resourceManager.leadership().current())
                .loop()
                .submit(new CoreCommand.Preempt())
                .toCompletableFuture()
                .join();
    }

    YarnClient client() {
        YarnClient client = YarnClient.createYarnClient();
        client.init(clientConfiguration);
        client.start();
        return client;
    }

    /** Writes the configuration for processes of their own. */
    Path writeConfiguration(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (OutputStream out = Files.newOutputStream(directory.resolve("yarn-site.xml"))) {
            clientConfiguration.writeXml(out);
        }
        return directory;
    }

    @Override
    public void close() {
        resourceManager.close();
    }
}
