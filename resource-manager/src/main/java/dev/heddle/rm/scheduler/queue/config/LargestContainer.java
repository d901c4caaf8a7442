package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.resources.Unit;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The size of the largest container in a queue. */
final class LargestContainer {
    private static final Pattern PAIR = Pattern.compile("([^=]+)=([0-9]{1,18})\\s?([A-Za-z]*)");
    private static final int UNSET = -1;

    /** The kinds of resources that are declared besides memory and cores. */
    static final String KINDS = "yarn.resource-types";

    private LargestContainer() {}

    /** As in YARN a queue may allow more than its parent does, but not more than the cluster. */
    static Resource read(String path, Resource parents, QueuePlanReader.Cluster cluster, Properties properties) {
        Resource clusters = cluster.maximumAllocation();
        String key = QueueKey.MAXIMUM_ALLOCATION.of(path);
        String text = properties.text(key);
        if (text != null && !text.isEmpty()) {
            Resource read = parse(key, text, parents, cluster.kinds(), properties);
            return checked(key, read, parents, clusters, properties);
        }
        String ofMemory = QueueKey.MAXIMUM_ALLOCATION_MB.of(path);
        String ofCores = QueueKey.MAXIMUM_ALLOCATION_VCORES.of(path);
        int memoryMb = properties.integer(ofMemory, UNSET, UNSET);
        int vcores = properties.integer(ofCores, UNSET, UNSET);
        Resource read = new Resource(
                memoryMb == UNSET ? parents.memoryMb() : memoryMb,
                vcores == UNSET ? parents.vcores() : vcores,
                parents.further());
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

    private static Resource parse(
            String key, String text, Resource parents, ResourceKinds kinds, Properties properties) {
        Resource read = parents;
        Set<ResourceKind> missing = new TreeSet<>(kinds.further());
        missing.add(ResourceKind.MEMORY);
        missing.add(ResourceKind.VCORES);
        for (String part : text.split(",", -1)) {
            Matcher pair = PAIR.matcher(part.strip());
            Unit unit = pair.matches() ? unit(pair.group(3)) : null;
            if (unit == null) {
                properties.unreadable(key, text, "list such as memory-mb=4096,vcores=2 (units: M, G)");
                return parents;
            }
            ResourceKind kind = kind(pair.group(1), kinds);
            if (kind == null) {
                properties
                        .findings()
                        .fault(
                                key,
                                "names the kind " + pair.group(1) + ", which is not declared",
                                "correct it, or add it to " + KINDS);
                continue;
            }
            missing.remove(kind);
            read = with(read, kind, amount(Long.parseLong(pair.group(2)), unit, kind));
        }
        missing.forEach(kind -> properties
                .findings()
                .warn(key, "does not name " + kind.name(), "it is as the parent's (YARN makes it 0)"));
        return read;
    }

    private static @Nullable ResourceKind kind(String name, ResourceKinds kinds) {
        return switch (name) {
            case "memory", "memory-mb" -> ResourceKind.MEMORY;
            case "vcores" -> ResourceKind.VCORES;
            case "gpu", "fpga" -> kinds.find("yarn.io/" + name);
            default -> kinds.find(name);
        };
    }

    /** Units stand for powers of 1024, as YARN takes them here; {@link Unit#ONE} for none. */
    private static @Nullable Unit unit(String text) {
        return switch (text) {
            case "" -> Unit.ONE;
            case "M", "m" -> Unit.MEBI;
            case "G", "g" -> Unit.GIBI;
            default -> null;
        };
    }

    /** What has no unit is in the kind's own; where single pieces are counted, units stand for the number alone. */
    private static long amount(long value, Unit unit, ResourceKind kind) {
        Unit own = Unit.of(kind.unit());
        if (unit == Unit.ONE || own == null) {
            return value;
        }
        return own == Unit.ONE ? unit.convert(value, Unit.MEBI) : unit.convert(value, own);
    }

    private static Resource with(Resource resource, ResourceKind kind, long amount) {
        if (kind.equals(ResourceKind.MEMORY)) {
            return new Resource(amount, resource.vcores(), resource.further());
        }
        return kind.equals(ResourceKind.VCORES)
                ? new Resource(resource.memoryMb(), (int) Math.min(Integer.MAX_VALUE, amount), resource.further())
                : resource.and(kind, amount);
    }
}
