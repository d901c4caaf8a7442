package dev.heddle.rm;

import dev.heddle.common.runtime.FaultHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** A resource manager in this JVM on random ports of the loopback interface, and a configuration that leads to it. */
final class RunningResourceManager implements AutoCloseable {
    /** A fault fails loudly, on the thread that has it. */
    static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ResourceManager resourceManager;
    private final YarnConfiguration clientConfiguration;

    private RunningResourceManager(ResourceManager resourceManager, YarnConfiguration clientConfiguration) {
        this.resourceManager = resourceManager;
        this.clientConfiguration = clientConfiguration;
    }

    static RunningResourceManager start() {
        return start(configuration());
    }

    static RunningResourceManager start(YarnConfiguration configuration) {
        ResourceManager started = ResourceManager.start(configuration, InstantSource.system(), FAULTS);
        YarnConfiguration client = new YarnConfiguration(configuration);
        set(client, YarnConfiguration.RM_ADDRESS, started.addresses().client());
        set(client, YarnConfiguration.RM_SCHEDULER_ADDRESS, started.addresses().scheduler());
        set(
                client,
                YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
                started.addresses().tracker());
        set(client, YarnConfiguration.RM_ADMIN_ADDRESS, started.addresses().administration());
        client.set(YarnConfiguration.RM_WEBAPP_ADDRESS, started.addresses().page());
        return new RunningResourceManager(started, client);
    }

    /** Any free port for each service, and small containers. */
    static YarnConfiguration configuration() {
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

    YarnConfiguration clientConfiguration() {
        return clientConfiguration;
    }

    ResourceManager.Addresses addresses() {
        return resourceManager.addresses();
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
