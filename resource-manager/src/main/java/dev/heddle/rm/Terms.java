package dev.heddle.rm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.ha.LeadershipListener;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.queues.QueueFiles;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.wire.NodeFiles;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins and ends terms, as the election or an operator says; called by one thread at a time. */
record Terms(
        RpcThreads threads,
        Configuration configuration,
        CorePolicy policy,
        InstantSource clock,
        FaultHandler faults,
        Leadership leadership,
        CurrentQueues queues)
        implements LeadershipListener {
    private static final Logger log = LoggerFactory.getLogger(Terms.class);

    /** What the files say of nodes, and what else operators can have read anew. */
    private record Files(NodeLists lists, Map<NodeId, Resource> totals, int maxPriority) {}

    /**
     * Reads what a term will need, to know that it can be read.
     *
     * @throws UserException if it cannot
     */
    void check() {
        files();
        ResourceManagerSettings.keyPlans(configuration);
    }

    private Files files() {
        Configuration read = reread(configuration);
        try {
            return new Files(
                    NodeFiles.lists(read),
                    NodeFiles.dynamicResources(read),
                    SubmissionSettings.MAXIMUM_PRIORITY.get(read));
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    /** As the files have them now; or as they were, as a leader with former queues is better than none. */
    private QueuePlan plan() {
        try {
            queues.replace(QueueFiles.read(reread(configuration), limits(policy, ResourceTypes.read(configuration))));
        } catch (UserException e) {
            log.error("the queues stay as they were: {}", e.getMessage());
        }
        return queues.plan();
    }

    /** What queues have to fit; labels are not known before there are nodes. */
    static QueuePlanReader.Cluster limits(CorePolicy policy, ResourceKinds kinds) {
        return new QueuePlanReader.Cluster(policy.minimumAllocation(), policy.maximumAllocation(), kinds, null);
    }

    /** The configuration as its files are now; what was set by the program stays. */
    static Configuration reread(Configuration configuration) {
        Configuration fresh = new Configuration(configuration);
        fresh.reloadConfiguration();
        return fresh;
    }

    @Override
    public void lead(long epoch) {
        Files files;
        try {
            files = files();
        } catch (UserException e) {
            // To let everybody in who was shut out would be worse than not to lead.
            faults.fatal("a term cannot begin", e);
            return;
        }
        LeadingCluster cluster = new LeadingCluster(
                threads,
                configuration,
                policy,
                new LeadingCluster.Options(
                        SubmissionSettings.COMPLETED_CONTAINERS.get(configuration),
                        AccessSettings.tokenTimes(configuration),
                        ResourceManagerSettings.keyPlans(configuration),
                        plan(),
                        ResourceTypes.read(configuration)),
                epoch,
                clock,
                faults);
        // Before the first node can register.
        cluster.loop().submit(new AdminCommand.UseNodeLists(files.lists(), AdminCommand.Departure.AT_START, -1));
        cluster.loop().submit(new AdminCommand.UseDynamicResources(files.totals()));
        cluster.loop().submit(new AdminCommand.UseMaxPriority(files.maxPriority()));
        leadership.replace(cluster);
        log.info("leads, epoch {}", epoch);
    }

    @Override
    public void standBy() {
        LeadingCluster ended = leadership.replace(null);
        log.info("stands by");
        if (ended != null) {
            ended.close();
        }
    }
}
