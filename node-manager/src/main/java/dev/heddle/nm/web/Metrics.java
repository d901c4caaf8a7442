package dev.heddle.nm.web;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.ContainerState;
import dev.heddle.nm.localization.CacheFigures;
import dev.heddle.nm.snapshot.Counts;
import dev.heddle.nm.snapshot.LaunchTimes;
import dev.heddle.nm.snapshot.NodeSnapshots;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What Prometheus reads, in its text format 0.0.4. Blocks where it asks for disks. */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double MS_PER_S = 1_000;

    private final NodeFacts node;
    private final NodeSnapshots snapshots;
    private final Supplier<CacheFigures> cache;

    Metrics(NodeFacts node, NodeSnapshots snapshots, Supplier<CacheFigures> cache) {
        this.node = node;
        this.snapshots = snapshots;
        this.cache = cache;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        containers(text);
        launches(text, snapshots.launches());
        cache(text, cache.get());
        disks(text, "local", node.localRoots());
        disks(text, "log", node.logRoots());
        process(text);
        return text.toString();
    }

    private void containers(StringBuilder text) {
        Map<ContainerState, Integer> states = new EnumMap<>(ContainerState.class);
        long memoryMb = 0;
        long vcores = 0;
        for (ContainerSnapshot container : snapshots.containers()) {
            states.merge(container.state(), 1, Integer::sum);
            if (!container.isDone()) {
                memoryMb += container.token().getResource().getMemorySize();
                vcores += container.token().getResource().getVirtualCores();
            }
        }
        head(text, "heddle_node_containers", "gauge", "Containers that are known, by state.");
        for (ContainerState state : ContainerState.values()) {
            line(text, "heddle_node_containers", "state", state.name(), states.getOrDefault(state, 0));
        }
        Counts counts = snapshots.counts();
        single(text, "heddle_node_containers_accepted_total", "counter", "Start orders taken.", counts.accepted());
        single(text, "heddle_node_containers_launched_total", "counter", "Processes started.", counts.launched());
        head(text, "heddle_node_containers_ended_total", "counter", "Containers that have ended, by how.");
        line(text, "heddle_node_containers_ended_total", "how", "completed", counts.completed());
        line(text, "heddle_node_containers_ended_total", "how", "failed", counts.failed());
        line(text, "heddle_node_containers_ended_total", "how", "killed", counts.killed());
        single(
                text,
                "heddle_node_applications",
                "gauge",
                "Applications here.",
                snapshots.applications().size());
        single(text, "heddle_node_memory_allocated_mb", "gauge", "Memory of containers.", memoryMb);
        single(
                text,
                "heddle_node_memory_offered_mb",
                "gauge",
                "Memory for containers.",
                node.capability().memoryMb());
        single(text, "heddle_node_vcores_allocated", "gauge", "Virtual cores of containers.", vcores);
        single(
                text,
                "heddle_node_vcores_offered",
                "gauge",
                "Virtual cores for containers.",
                node.capability().vcores());
    }

    private static void launches(StringBuilder text, LaunchTimes launches) {
        String name = "heddle_node_launch_seconds";
        head(text, name, "histogram", "From a container's acceptance to its running process.");
        long sum = 0;
        for (int i = 0; i < LaunchTimes.BOUNDS_MS.size(); i++) {
            sum += launches.counts().get(i);
            line(text, name + "_bucket", "le", Double.toString(LaunchTimes.BOUNDS_MS.get(i) / MS_PER_S), sum);
        }
        sum += launches.counts().get(LaunchTimes.BOUNDS_MS.size());
        line(text, name + "_bucket", "le", "+Inf", sum);
        text.append(name).append("_sum ").append(launches.sumMs() / MS_PER_S).append('\n');
        text.append(name).append("_count ").append(sum).append('\n');
    }

    private static void cache(StringBuilder text, CacheFigures cache) {
        single(text, "heddle_node_cache_hits_total", "counter", "Files asked for that were here.", cache.hits());
        single(text, "heddle_node_cache_misses_total", "counter", "Files that had to be fetched.", cache.misses());
        single(text, "heddle_node_cache_failures_total", "counter", "Files that could not be.", cache.failures());
        single(text, "heddle_node_cache_fetched_bytes_total", "counter", "Bytes fetched.", cache.fetchedBytes());
        single(text, "heddle_node_cache_bytes", "gauge", "Bytes of all copies.", cache.bytes());
    }

    private static void disks(StringBuilder text, String kind, List<Path> roots) {
        String usable = "heddle_node_" + kind + "_directory_usable_bytes";
        String total = "heddle_node_" + kind + "_directory_total_bytes";
        String good = "heddle_node_" + kind + "_directory_good";
        StringBuilder totals = new StringBuilder();
        StringBuilder goods = new StringBuilder();
        head(text, usable, "gauge", "Room that is left on the disk of a directory.");
        head(totals, total, "gauge", "Size of the disk of a directory.");
        head(goods, good, "gauge", "Whether a directory can be written.");
        for (Path root : roots) {
            try {
                FileStore disk = Files.getFileStore(root);
                line(text, usable, "path", root.toString(), disk.getUsableSpace());
                line(totals, total, "path", root.toString(), disk.getTotalSpace());
                line(goods, good, "path", root.toString(), Files.isWritable(root) ? 1 : 0);
            } catch (IOException e) {
                line(goods, good, "path", root.toString(), 0);
            }
        }
        text.append(totals).append(goods);
    }

    private static void process(StringBuilder text) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        head(text, "jvm_memory_used_bytes", "gauge", "Memory of this daemon's Java.");
        line(text, "jvm_memory_used_bytes", "area", "heap", heap.getUsed());
        line(text, "jvm_memory_used_bytes", "area", "nonheap", other.getUsed());
        single(text, "jvm_memory_heap_max_bytes", "gauge", "Largest heap.", heap.getMax());
        single(
                text,
                "jvm_threads_current",
                "gauge",
                "Threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        head(text, "jvm_gc_collection_seconds_total", "counter", "Time spent in garbage collection.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            line(
                    text,
                    "jvm_gc_collection_seconds_total",
                    "gc",
                    collector.getName(),
                    collector.getCollectionTime() / MS_PER_S);
        }
        single(
                text,
                "process_start_time_seconds",
                "gauge",
                "When this daemon started.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MS_PER_S);
    }

    private static void single(StringBuilder text, String name, String type, String help, Number value) {
        head(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, String label, String value, Number number) {
        text.append(name)
                .append('{')
                .append(label)
                .append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append("\"} ")
                .append(number)
                .append('\n');
    }
}
