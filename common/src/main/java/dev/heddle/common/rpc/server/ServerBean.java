package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.metrics.RpcServerMXBean;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a server's figures to the JVM's management, where {@code jconsole} and exporters find them. */
final class ServerBean implements RpcServerMXBean {
    private static final Logger log = LoggerFactory.getLogger(ServerBean.class);

    private final Supplier<ServerStatistics> statistics;
    private @Nullable ObjectName name;

    ServerBean(Supplier<ServerStatistics> statistics) {
        this.statistics = statistics;
    }

    void register(int port) {
        try {
            ObjectName chosen = new ObjectName("dev.heddle:type=RpcServer,port=" + port);
            ManagementFactory.getPlatformMBeanServer().registerMBean(this, chosen);
            name = chosen;
        } catch (JMException e) {
            log.warn("the figures of port {} are not shown: {}", port, e.toString());
        }
    }

    void unregister() {
        ObjectName registered = name;
        name = null;
        if (registered != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(registered);
            } catch (JMException e) {
                log.debug("{} is gone already", registered, e);
            }
        }
    }

    @Override
    public Map<String, Double> getFigures() {
        return new TreeMap<>(statistics.get().figures());
    }
}
