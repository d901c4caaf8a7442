package dev.heddle.deploy.demo;

import dev.heddle.app.submit.ResourceManagerClient;
import dev.heddle.common.UserException;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Asks a cluster about itself. */
final class ClusterClient implements AutoCloseable {
    private static final long POLL_INTERVAL_MS = 50;
    private static final long LIMIT_MS = 60_000;

    private final ResourceManagerClient client;

    ClusterClient(YarnConfiguration configuration) {
        this.client = new ResourceManagerClient(configuration);
    }

    /**
     * Waits until a number of node managers have registered with the resource manager that leads.
     *
     * @throws UserException if they do not in time
     */
    void awaitNodes(int count) throws IOException, YarnException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (true) {
            int running = client.nodes(NodeState.RUNNING).size();
            if (running >= count) {
                return;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new UserException("only " + running + " of " + count
                        + " node managers have registered; the machine may be too busy");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MS);
        }
    }

    /** The page of the resource manager that leads: the one which an application's tracking address names. */
    URI page(ApplicationId application) throws IOException, YarnException {
        return URI.create(client.report(application).getTrackingUrl()).resolve("/");
    }

    @Override
    public void close() {
        client.close();
    }
}
