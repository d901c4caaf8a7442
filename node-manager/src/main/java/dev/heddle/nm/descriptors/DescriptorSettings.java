package dev.heddle.nm.descriptors;

import dev.heddle.common.config.Setting;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for what a node says of itself. */
public final class DescriptorSettings {
    static final Source LABEL = new Source(
            "label",
            YarnConfiguration.NM_NODE_LABELS_PROVIDER_CONFIG,
            YarnConfiguration.NM_PROVIDER_CONFIGURED_NODE_PARTITION,
            "The label of this node, with the provider 'config'.",
            "; it prints a line NODE_PARTITION:LABEL",
            YarnConfiguration.NM_NODE_LABELS_RESYNC_INTERVAL);
    static final Source ATTRIBUTES = new Source(
            "attributes",
            YarnConfiguration.NM_NODE_ATTRIBUTES_PROVIDER_CONFIG,
            YarnConfiguration.NM_PROVIDER_CONFIGURED_NODE_ATTRIBUTES,
            "The attributes of this node, with the provider 'config': NAME,STRING,VALUE each, parted by colons.",
            "; it prints a line NODE_ATTRIBUTE:NAME,STRING,VALUE for each",
            YarnConfiguration.NM_NODE_ATTRIBUTES_RESYNC_INTERVAL);

    /** Stands for a source that is asked only once. */
    static final int ONCE = -1;

    private static final int FETCH_INTERVAL_MS = 600_000;
    private static final int FETCH_LIMIT_MS = 2 * FETCH_INTERVAL_MS;
    private static final long RESYNC_INTERVAL_MS = 120_000;

    private DescriptorSettings() {}

    /** The settings for one of the two. */
    static final class Source {
        final String subject;
        final Setting<String> provider;
        final Setting<Integer> intervalMs;
        final Setting<Long> limitMs;
        final Setting<String> configured;
        final Setting<String> script;
        final Setting<String> options;
        final Setting<Long> resyncMs;

        private Source(
                String subject,
                String provider,
                String configured,
                String configuredDescription,
                String output,
                String resync) {
            this.subject = subject;
            this.provider = Setting.text(
                    provider,
                    "",
                    "Where the node has its " + subject + " from: 'config', 'script', or nothing where the resource"
                            + " manager is told by others.");
            this.intervalMs = Setting.integer(
                    provider + ".fetch-interval-ms",
                    FETCH_INTERVAL_MS,
                    ONCE,
                    Integer.MAX_VALUE,
                    "ms",
                    "How often the node looks for its " + subject + "; -1 is once.");
            this.limitMs = Setting.millis(
                    provider + ".fetch-timeout-ms",
                    FETCH_LIMIT_MS,
                    "How long the script for the " + subject + " may take before it is ended.");
            this.configured = Setting.text(configured, "", configuredDescription);
            this.script = Setting.text(
                    provider + ".script.path",
                    "",
                    "The program that knows the " + subject + ", with the provider 'script'" + output + ".");
            this.options = Setting.text(provider + ".script.opts", "", "Its arguments, separated by commas.");
            this.resyncMs = Setting.millis(
                    resync,
                    RESYNC_INTERVAL_MS,
                    "How often the resource manager is told the " + subject + " even where nothing has changed.");
        }

        private Stream<Setting<?>> all() {
            return Stream.of(provider, intervalMs, limitMs, configured, script, options, resyncMs);
        }
    }

    public static List<Setting<?>> all() {
        return Stream.concat(LABEL.all(), ATTRIBUTES.all()).toList();
    }
}
