package dev.heddle.rm.wire;

import dev.heddle.common.UserException;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.queues.QueueFiles;
import dev.heddle.rm.queues.QueueSetup;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.conf.Configuration;

/** Other queues while the resource manager runs: all that the files say, or nothing of it. */
public final class QueueRefresh {
    private final CurrentQueues current;
    private final QueuePlanReader.Cluster limits;

    /**
     * The queues that hold, and where others would be kept.
     *
     * @param limits of containers
     */
    public QueueRefresh(CurrentQueues current, QueuePlanReader.Cluster limits) {
        this.current = current;
        this.limits = limits;
    }

    /**
     * Makes the queues those of a configuration.
     *
     * @return when the core has taken them
     * @throws IOException in YARN's words, with every fault, if they cannot be used
     */
    CompletionStage<Done> refresh(LeadingCluster cluster, Configuration configuration) throws IOException {
        Set<String> labels = cluster.snapshots().marks().labels().keySet();
        QueueSetup read;
        try {
            read = QueueFiles.read(configuration, limits.with(labels));
        } catch (UserException e) {
            throw new IOException("Failed to re-init queues : " + e.getMessage(), e);
        }
        return Submission.submit(cluster, new AdminCommand.ChangeQueues(read.plan()), done -> {
            current.replace(read);
            return done;
        });
    }
}
