package dev.heddle.rm.lead;

import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.launch.MasterLauncher;
import dev.heddle.rm.loop.ClusterLoop;
import dev.heddle.rm.loop.EventLog;
import dev.heddle.rm.security.AmRmTokens;
import dev.heddle.rm.security.ClientToMasterTokens;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.DelegationTokens;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.state.ClusterState;
import java.time.InstantSource;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Everything that an RM has while it leads: the core, its snapshots and its keys. Made anew for each term. */
public final class LeadingCluster implements AutoCloseable {
    private final long startedAtMs;
    private final ClusterLoop loop;
    private final ClusterSnapshots snapshots;
    private final AmRmTokens amRmTokens;
    private final NodeTokens nodeTokens;
    private final ContainerTokens containerTokens;
    private final DelegationTokens delegationTokens;
    private final ClientToMasterTokens clientToMasterTokens;
    private final MasterLauncher launcher;

    /**
     * What is configured of it, besides the core's numbers.
     *
     * @param endedContainers how many containers that have ended are remembered for each attempt
     */
    public record Options(int endedContainers, DelegationTokens.Times delegationTokens) {}

    /**
     * Begins a term with an empty cluster, to be filled by the nodes that register.
     *
     * @param epoch of the term, larger than those of all terms before
     */
    public LeadingCluster(
            RpcThreads threads,
            Configuration configuration,
            CorePolicy policy,
            Options options,
            long epoch,
            InstantSource clock,
            FaultHandler faults) {
        startedAtMs = clock.millis();
        amRmTokens = new AmRmTokens();
        nodeTokens = new NodeTokens();
        containerTokens = new ContainerTokens(configuration, startedAtMs, clock);
        delegationTokens = new DelegationTokens(options.delegationTokens(), clock);
        clientToMasterTokens = new ClientToMasterTokens();
        snapshots = new ClusterSnapshots(options.endedContainers());
        launcher = new MasterLauncher(threads, configuration, amRmTokens, nodeTokens, containerTokens);
        loop = new ClusterLoop(
                new ClusterState(startedAtMs, epoch),
                policy,
                clock,
                List.of(new EventLog(), snapshots, launcher),
                faults);
        launcher.reportTo(loop);
        loop.start();
    }

    /** When this term began, in ms since 1970: YARN's RM identifier, and part of its applications' ids. */
    public long startedAtMs() {
        return startedAtMs;
    }

    public ClusterLoop loop() {
        return loop;
    }

    public ClusterSnapshots snapshots() {
        return snapshots;
    }

    public AmRmTokens amRmTokens() {
        return amRmTokens;
    }

    public NodeTokens nodeTokens() {
        return nodeTokens;
    }

    public ContainerTokens containerTokens() {
        return containerTokens;
    }

    public DelegationTokens delegationTokens() {
        return delegationTokens;
    }

    public ClientToMasterTokens clientToMasterTokens() {
        return clientToMasterTokens;
    }

    @Override
    public void close() {
        loop.close();
        launcher.close();
    }
}
