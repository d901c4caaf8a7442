package dev.heddle.nm;

import dev.heddle.nm.directories.DiskChange;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.health.HealthWatch;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.localization.ResourceCache;
import java.util.concurrent.Executor;

/** Carries what a check of the node's health has found to those who act on it. */
record HealthNews(NodeDirectories directories, Executor workers, Executor writer, ResourceCache cache, Runnable report)
        implements HealthWatch.Listener {
    @Override
    public void disksChecked(DiskChange change) {
        change.trash().forEach(left -> workers.execute(() -> directories.delete(left)));
        if (!change.lost().isEmpty() || !change.full().isEmpty()) {
            writer.execute(() -> cache.disksChanged(change));
        }
    }

    @Override
    public void healthChanged(NodeHealth health) {
        report.run();
    }
}
