package dev.heddle.rm.wire;

import dev.heddle.rm.model.Ask;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.net.CachedDNSToSwitchMapping;
import org.apache.hadoop.net.DNSToSwitchMapping;
import org.apache.hadoop.net.ScriptBasedMapping;
import org.apache.hadoop.util.ReflectionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The racks that hosts stand in, as Hadoop's {@code net.topology.*} settings say: a script, a table or a class of one's own.
 * Answers are kept. A host that cannot be resolved is in the default rack. Safe for use by any thread.
 */
public final class Racks {
    private static final Logger log = LoggerFactory.getLogger(Racks.class);

    private final DNSToSwitchMapping mapping;
    private final Executor slow;

    /**
     * Asks nobody yet.
     *
     * @param slow runs what may wait for a script or a name server
     */
    public Racks(Configuration configuration, Executor slow) {
        DNSToSwitchMapping configured = ReflectionUtils.newInstance(
                configuration.getClass(
                        CommonConfigurationKeysPublic.NET_TOPOLOGY_NODE_SWITCH_MAPPING_IMPL_KEY,
                        ScriptBasedMapping.class,
                        DNSToSwitchMapping.class),
                configuration);
        this.mapping =
                configured instanceof CachedDNSToSwitchMapping ? configured : new CachedDNSToSwitchMapping(configured);
        this.slow = slow;
    }

    /** The rack of a host; fails with {@link RetriableException} when too many wait for theirs. */
    CompletableFuture<String> of(String host) {
        try {
            return CompletableFuture.supplyAsync(() -> resolve(host), slow);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new RetriableException("too many nodes wait to be told their racks: try again"));
        }
    }

    private String resolve(String host) {
        try {
            List<String> racks = mapping.resolve(List.of(host));
            if (racks != null
                    && !racks.isEmpty()
                    && racks.get(0) != null
                    && !racks.get(0).isEmpty()) {
                return racks.get(0);
            }
        } catch (RuntimeException e) {
            log.warn("the rack of {} cannot be resolved: it is taken to be {}", host, Ask.DEFAULT_RACK, e);
            return Ask.DEFAULT_RACK;
        }
        log.info("the rack of {} is not known: it is taken to be {}", host, Ask.DEFAULT_RACK);
        return Ask.DEFAULT_RACK;
    }
}
