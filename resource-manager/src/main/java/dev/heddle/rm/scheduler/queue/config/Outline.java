package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names of the queues and how they hang together, without anything else of them. */
record Outline(String path, List<Outline> children) {
    boolean isRoot() {
        return path.equals(QueueSpec.ROOT);
    }

    boolean isLeaf() {
        return children.isEmpty();
    }

    /** This queue and those below it, parents first. */
    List<Outline> all() {
        List<Outline> all = new ArrayList<>();
        collect(all);
        return all;
    }

    private void collect(List<Outline> all) {
        all.add(this);
        children.forEach(child -> child.collect(all));
    }

    /**
     * Follows the lists of queues from the root on. A list cannot lead back to a queue above, as it belongs to a path: a
     * queue that names itself has a child of the same name, which is taken for a mistake where nothing is said of the child.
     */
    static Outline read(Properties properties) {
        String key = QueueKey.QUEUES.of(QueueSpec.ROOT);
        Outline root = read(QueueSpec.ROOT, properties);
        if (root.isLeaf() && properties.findings().faults().isEmpty()) {
            properties.findings().fault(key, "names no queue", "name at least one");
        }
        return root;
    }

    private static Outline read(String path, Properties properties) {
        List<Outline> children = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String name : names(path, properties)) {
            if (!names.add(name)) {
                properties
                        .findings()
                        .fault(QueueKey.QUEUES.of(path), "names " + name + " more than once", "name each queue once");
            } else if (isName(name, path, properties)) {
                children.add(read(path + "." + name, properties));
            }
        }
        checkCreation(path, children.isEmpty(), properties);
        return new Outline(path, List.copyOf(children));
    }

    private static List<String> names(String path, Properties properties) {
        String key = QueueKey.QUEUES.of(path);
        List<String> names = properties.list(key);
        if (names == null) {
            return List.of();
        }
        if (names.stream().allMatch(String::isEmpty)) {
            if (!path.equals(QueueSpec.ROOT)) {
                properties.findings().warn(key, "is set and names no queue", path + " is a leaf");
            }
            return List.of();
        }
        return names;
    }

    private static boolean isName(String name, String path, Properties properties) {
        String key = QueueKey.QUEUES.of(path);
        if (name.isEmpty()) {
            properties.findings().fault(key, "has an empty name", "remove it, or the comma beside it");
            return false;
        }
        if (name.indexOf('.') >= 0) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names " + name + ", but a name has no dots",
                            "name the queue in the list of its parent, by its last part alone");
            return false;
        }
        List<String> above = List.of(path.split("\\.", -1));
        if (above.contains(name) && !isDescribed(path + "." + name, properties)) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names " + name + ", which is this queue or one above it",
                            "remove it; a queue below of the same name needs keys of its own, such as "
                                    + QueueKey.CAPACITY.of(path + "." + name));
            return false;
        }
        return true;
    }

    private static boolean isDescribed(String path, Properties properties) {
        String prefix = QueueKey.YARN + path + ".";
        return properties.all().keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    /** Queues that come by themselves are not there; a queue that would only hold such has no use. */
    private static void checkCreation(String path, boolean isLeaf, Properties properties) {
        for (String suffix : Unsupported.CREATION) {
            String key = QueueKey.YARN + path + "." + suffix;
            if (properties.bool(key, false)) {
                if (isLeaf) {
                    properties
                            .findings()
                            .fault(
                                    key,
                                    "is true, but queues are not created by themselves",
                                    "name the queues below " + path + " in " + QueueKey.QUEUES.of(path)
                                            + ", or remove the key to make it a leaf");
                } else {
                    properties
                            .findings()
                            .warn(
                                    key,
                                    "is true, but queues are not created by themselves",
                                    "only those are there that " + QueueKey.QUEUES.of(path) + " names");
                }
            }
        }
        String key = QueueKey.YARN + path + "." + Unsupported.RESERVABLE;
        if (properties.bool(key, false)) {
            if (isLeaf) {
                properties
                        .findings()
                        .warn(key, "is true, but there are no reservations", path + " is a leaf as any other");
            } else {
                properties
                        .findings()
                        .fault(key, "is true, but " + path + " has queues below it", "remove the key or the queues");
            }
        }
    }
}
