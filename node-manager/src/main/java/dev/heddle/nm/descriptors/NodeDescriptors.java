package dev.heddle.nm.descriptors;

import dev.heddle.common.UserException;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.jspecify.annotations.Nullable;

/**
 * The label and the attributes of this node, kept up to date by a thread of their own, since scripts take their time.
 * Nothing here waits for it, except the start. Safe for all threads.
 */
public final class NodeDescriptors implements AutoCloseable {
    private final @Nullable DescriptorSource<NodeLabel> label;
    private final @Nullable DescriptorSource<NodeAttribute> attributes;
    private final long labelResyncMs;
    private final long attributesResyncMs;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "node-descriptors");
        thread.setDaemon(true);
        return thread;
    });

    private NodeDescriptors(
            @Nullable DescriptorSource<NodeLabel> label,
            @Nullable DescriptorSource<NodeAttribute> attributes,
            Configuration configuration) {
        this.label = label;
        this.attributes = attributes;
        this.labelResyncMs = DescriptorSettings.LABEL.resyncMs.get(configuration);
        this.attributesResyncMs = DescriptorSettings.ATTRIBUTES.resyncMs.get(configuration);
    }

    /**
     * Looks for label and attributes where the configuration says, and waits for the first answer. A script that fails
     * does not keep the node from starting: then nothing is known until it succeeds.
     *
     * @throws UserException if the configuration makes no sense
     */
    public static NodeDescriptors read(Configuration configuration) {
        NodeDescriptors descriptors = new NodeDescriptors(
                DescriptorSource.of(configuration, DescriptorSettings.LABEL, DescriptorForm.LABEL),
                DescriptorSource.of(configuration, DescriptorSettings.ATTRIBUTES, DescriptorForm.ATTRIBUTES),
                configuration);
        try {
            for (DescriptorSource<?> source : descriptors.sources()) {
                source.look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return descriptors;
    }

    private Iterable<DescriptorSource<?>> sources() {
        return Stream.<@Nullable DescriptorSource<?>>of(label, attributes)
                .<DescriptorSource<?>>mapMulti((source, known) -> {
                    if (source != null) {
                        known.accept(source);
                    }
                })
                .toList();
    }

    /**
     * Goes on looking.
     *
     * @param changed is called by the thread that looks when something has changed
     */
    public void watch(Runnable changed) {
        for (DescriptorSource<?> source : sources()) {
            int intervalMs = source.intervalMs();
            if (intervalMs > 0) {
                var unused = thread.scheduleWithFixedDelay(
                        () -> look(source, changed), intervalMs, intervalMs, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void look(DescriptorSource<?> source, Runnable changed) {
        try {
            if (source.look()) {
                changed.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The label, as a set of one or none; null where the node does not know it, or others say it. */
    public @Nullable Set<NodeLabel> label() {
        return label == null ? null : label.current();
    }

    /** The attributes; null where the node does not know them, or others say them. */
    public @Nullable Set<NodeAttribute> attributes() {
        return attributes == null ? null : attributes.current();
    }

    /** How often the resource manager is told the label although nothing has changed. */
    public long labelResyncMs() {
        return labelResyncMs;
    }

    /** The same for the attributes. */
    public long attributesResyncMs() {
        return attributesResyncMs;
    }

    /** Stops looking; a script that runs is ended. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
