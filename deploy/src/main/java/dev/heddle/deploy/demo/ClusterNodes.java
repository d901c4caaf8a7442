package dev.heddle.deploy.demo;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Looks at a cluster's nodes through YARN's own client. */
final class ClusterNodes {
    private static final long POLL_INTERVAL_MS = 50;
    private static final long LIMIT_MS = 60_000;

    private ClusterNodes() {}

    /**
     * Waits until a number of node managers have registered with the resource manager that leads.
     *
     * @throws UserException if they do not in time
     */
    static void awaitRunning(YarnConfiguration configuration, int count)
            throws IOException, YarnException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(configuration);
            client.start();
            int running = 0;
            while (running < count) {
                running = client.getNodeReports(NodeState.RUNNING).size();
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new UserException("only " + running + " of " + count
                            + " node managers have registered; the machine may be too busy");
                }
                TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MS);
            }
        }
    }
}
