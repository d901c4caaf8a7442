package dev.heddle.nm;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.NodeListener;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.logs.LogOwner;
import dev.heddle.nm.logs.NodeLogs;
import dev.heddle.nm.security.NmTokenSecrets;
import dev.heddle.nm.snapshot.NodeSnapshots;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * Who hears of changes on the node.
 *
 * @param news has the resource manager told at once
 */
record Listeners(Runnable news, NmTokenSecrets nmTokens, NodeLogs logs, NodeSnapshots snapshots)
        implements NodeListener {
    @Override
    public void containersChanged() {
        news.run();
    }

    @Override
    public void containerChanged(ContainerSnapshot container) {
        snapshots.containerChanged(container);
        switch (container.state()) {
            case LOCALIZING ->
                logs.containerStarted(container.id(), container.token().getContainerType());
            case DONE ->
                logs.containerEnded(container.id(), container.token().getContainerType(), container.exitStatus());
            case LAUNCHING, RUNNING, REINITIALIZING, REPLACING, RELAUNCHING, KILLING, ENDING -> {
                // What it writes is looked for when it is wanted.
            }
        }
    }

    @Override
    public void containerRestored(ContainerSnapshot container) {
        snapshots.containerRestored(container);
        if (!container.isDone()) {
            logs.containerStarted(container.id(), container.token().getContainerType());
        }
    }

    @Override
    public void containerForgotten(ContainerId container) {
        snapshots.containerForgotten(container);
    }

    @Override
    public void applicationStarted(ApplicationId application, String user, @Nullable StartOrder first) {
        snapshots.applicationStarted(application, user, first);
        if (first == null) {
            logs.applicationRestored(application);
        } else {
            logs.applicationStarted(new LogOwner(
                    application,
                    user,
                    first.launch().acls(),
                    first.launch().credentials(),
                    first.token().getLogAggregationContext()));
        }
    }

    @Override
    public void applicationEnding(ApplicationId application) {
        snapshots.applicationEnding(application);
    }

    @Override
    public void applicationEnded(ApplicationId application) {
        nmTokens.forget(application);
        snapshots.applicationEnded(application);
        logs.applicationEnded(application);
    }
}
