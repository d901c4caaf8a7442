package dev.heddle.nm.recovery;

import dev.heddle.nm.container.ApplicationState;
import dev.heddle.nm.container.ContainerProgress;
import dev.heddle.nm.container.NodeJournal;
import dev.heddle.nm.container.RestoredNode.Recent;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.localization.CachedCopy;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.recovery.NodeStore.Table;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/** Keeps in a {@link NodeStore} what becomes of containers, applications and copies of files. Owned by the writer thread. */
final class StoreJournal implements NodeJournal, ResourceCache.Journal {
    /** As many as are remembered while the node manager runs. */
    private static final int MAX_RECENT = 10_000;

    private final NodeStore store;
    private final Deque<Recent> recent;

    /** @param recent what the store holds of these, the oldest first */
    StoreJournal(NodeStore store, List<Recent> recent) {
        this.store = store;
        this.recent = new ArrayDeque<>(recent);
    }

    @Override
    public void application(ApplicationId id, String user, ApplicationState state) {
        switch (state) {
            case RUNNING, FINISHING ->
                store.put(Table.APPLICATIONS, id.toString(), () -> NodeRecordForms.application(user, state));
            case FINISHED -> store.remove(Table.APPLICATIONS, id.toString());
        }
    }

    @Override
    public void accepted(StartOrder order, ContainerPaths paths) {
        store.put(
                Table.CONTAINERS,
                order.token().getContainerID().toString(),
                () -> NodeRecordForms.accepted(new NodeRecordForms.Accepted(order, paths)));
    }

    @Override
    public void changed(ContainerId id, ContainerProgress progress) {
        store.put(Table.PROGRESS, id.toString(), () -> NodeRecordForms.progress(progress));
    }

    @Override
    public void forgotten(ContainerId id, Instant startedUntil, Instant stoppedUntil, Instant now) {
        String key = id.toString();
        store.put(Table.RECENT, key, () -> NodeRecordForms.recent(startedUntil, stoppedUntil));
        store.remove(Table.CONTAINERS, key);
        store.remove(Table.PROGRESS, key);
        recent.add(new Recent(id, startedUntil, stoppedUntil));
        Recent oldest = recent.peek();
        while (oldest != null && (recent.size() > MAX_RECENT || isOver(oldest, now))) {
            store.remove(Table.RECENT, oldest.id().toString());
            recent.remove();
            oldest = recent.peek();
        }
    }

    private static boolean isOver(Recent each, Instant now) {
        return each.startedUntil().isBefore(now) && each.stoppedUntil().isBefore(now);
    }

    @Override
    public void kept(CachedCopy copy) {
        store.put(Table.COPIES, copy.directory().toString(), () -> NodeRecordForms.copy(copy));
    }

    @Override
    public void dropped(Path directory) {
        store.remove(Table.COPIES, directory.toString());
    }

    @Override
    public CompletableFuture<Void> durable() {
        return store.written();
    }
}
