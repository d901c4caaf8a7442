package dev.heddle.rm.lead;

import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.launch.MasterLauncher;
import dev.heddle.rm.loop.ClusterLoop;
import dev.heddle.rm.loop.EventLog;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.security.AmRmTokens;
import dev.heddle.rm.security.ClientToMasterTokens;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.DelegationTokens;
import dev.heddle.rm.security.KeyPlans;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.state.ClusterState;
import java.time.InstantSource;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that an RM has while it leads: the core, its snapshots and its keys. Made anew for each term. */
public final class LeadingCluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeadingCluster.class);

    private final long startedAtMs;
    private final ResourceKinds kinds;
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
     * @param queues at first
     * @param kinds of resources that are declared
     */
    public record Options(
            int endedContainers,
            DelegationTokens.Times delegationTokens,
            KeyPlans keyPlans,
            QueuePlan queues,
            ResourceKinds kinds) {}

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
        kinds = options.kinds();
        amRmTokens = new AmRmTokens(clock, options.keyPlans().amRm());
        nodeTokens = new NodeTokens(clock, options.keyPlans().node(), this::nodeKeyReplaced);
        containerTokens = new ContainerTokens(
                clock, options.keyPlans().container(), options.keyPlans().containerTokenValidMs(), startedAtMs);
        delegationTokens = new DelegationTokens(options.delegationTokens(), clock);
        clientToMasterTokens = new ClientToMasterTokens();
        snapshots = new ClusterSnapshots(options.endedContainers());
        launcher = new MasterLauncher(threads, configuration, amRmTokens, nodeTokens, containerTokens);
        loop = new ClusterLoop(
                new ClusterState(startedAtMs, epoch, options.queues()),
                policy,
                clock,
                List.of(new EventLog(), snapshots, launcher),
                faults);
        launcher.reportTo(loop);
        loop.start();
    }

    /** If the core is too busy to hear of it, masters go on with tokens that their nodes still accept for a while. */
    private void nodeKeyReplaced() {
        loop.submit(new CoreCommand.ReplaceNodeKey()).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("masters will not be given new tokens for nodes they have one for already", failure);
            }
        });
    }

    /** When this term began, in ms since 1970: YARN's RM identifier, and part of its applications' ids. */
    public long startedAtMs() {
        return startedAtMs;
    }

    /** Of resources, beyond memory and cores. */
    public ResourceKinds kinds() {
        return kinds;
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
