package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The size of the largest container in a queue. */
final class LargestContainer {
    private static final Pattern PAIR = Pattern.compile("([^=]+)=([0-9]{1,18})\\s?([A-Za-z]*)");
    private static final int MEGABYTES_PER_GIGABYTE = 1024;
    private static final int UNSET = -1;

    /** The kinds of resources that are declared besides memory and cores. */
    private static final String KINDS = "yarn.resource-types";

    private LargestContainer() {}

    /** As in YARN a queue may allow more than its parent does, but not more than the cluster. */
    static Resource read(String path, Resource parents, Resource clusters, Properties properties) {
        String key = QueueKey.MAXIMUM_ALLOCATION.of(path);
        String text = properties.text(key);
        if (text != null && !text.isEmpty()) {
            Resource read = parse(key, text, parents, properties);
            return checked(key, read, parents, clusters, properties);
        }
        String ofMemory = QueueKey.MAXIMUM_ALLOCATION_MB.of(path);
        String ofCores = QueueKey.MAXIMUM_ALLOCATION_VCORES.of(path);
        int memoryMb = properties.integer(ofMemory, UNSET, UNSET);
        int vcores = properties.integer(ofCores, UNSET, UNSET);
        Resource read = new Resource(
                memoryMb == UNSET ? parents.memoryMb() : memoryMb, vcores == UNSET ? parents.vcores() : vcores);
        return checked(memoryMb > clusters.memoryMb() ? ofMemory : ofCores, read, parents, clusters, properties);
    }

    private static Resource checked(
            String key, Resource read, Resource parents, Resource clusters, Properties properties) {
        if (read.fitsIn(clusters)) {
            return read;
        }
        properties.findings().fault(key, "allows " + read + ", more than the cluster's " + clusters, "make it smaller");
        return parents;
    }

    private static Resource parse(String key, String text, Resource parents, Properties properties) {
        long memoryMb = parents.memoryMb();
        int vcores = parents.vcores();
        Set<String> missing = new TreeSet<>(List.of("memory-mb", "vcores"));
        for (String part : text.split(",", -1)) {
            Matcher pair = PAIR.matcher(part.strip());
            int scale = pair.matches() ? scale(pair.group(3)) : 0;
            if (scale == 0) {
                properties.unreadable(key, text, "list such as memory-mb=4096,vcores=2 (units: M, G)");
                return parents;
            }
            long value = Long.parseLong(pair.group(2));
            switch (pair.group(1)) {
                case "memory", "memory-mb" -> {
                    memoryMb = value > Long.MAX_VALUE / scale ? Long.MAX_VALUE : value * scale;
                    missing.remove("memory-mb");
                }
                case "vcores" -> {
                    vcores = (int) Math.min(Integer.MAX_VALUE, value);
                    missing.remove("vcores");
                }
                default -> other(key, pair.group(1), properties);
            }
        }
        missing.forEach(kind ->
                properties.findings().warn(key, "does not name " + kind, "it is as the parent's (YARN makes it 0)"));
        return new Resource(memoryMb, vcores);
    }

    /** What a unit stands for, in MB where memory has it, or 0 for an unknown one. */
    private static int scale(String unit) {
        return switch (unit) {
            case "", "M", "m" -> 1;
            case "G", "g" -> MEGABYTES_PER_GIGABYTE;
            default -> 0;
        };
    }

    private static void other(String key, String kind, Properties properties) {
        List<String> declared = properties.list(KINDS);
        String full = kind.equals("gpu") || kind.equals("fpga") ? "yarn.io/" + kind : kind;
        if (declared != null && declared.contains(full)) {
            properties.findings().warn(key, "names the kind " + kind, "only memory and vcores count");
        } else {
            properties
                    .findings()
                    .fault(
                            key,
                            "names the kind " + kind + ", which is not declared",
                            "correct it, or add it to " + KINDS);
        }
    }
}
