package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.config.NearestName;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Keys of queues that no queue reads: YARN says nothing of them. */
final class StrayKeys {
    private static final String ROOT = QueueKey.YARN + QueueSpec.ROOT + ".";
    private static final String OWN = QueueKey.HEDDLE;

    /** A name that differs in more than this part of its characters is likely another one. */
    private static final double LIKE = 0.35;

    private final Set<String> paths;
    private final Properties properties;

    private StrayKeys(Set<String> paths, Properties properties) {
        this.paths = paths;
        this.properties = properties;
    }

    static void tell(Outline root, Properties properties) {
        Set<String> paths = root.all().stream().map(Outline::path).collect(Collectors.toSet());
        new StrayKeys(paths, properties).tell();
    }

    private void tell() {
        Map<String, List<String>> ofUnknown = new TreeMap<>();
        for (String key : new TreeSet<>(properties.all().keySet())) {
            if (key.startsWith(ROOT)) {
                yarn(key, ofUnknown);
            } else if (key.startsWith(OWN + QueueSpec.ROOT + ".")) {
                heddle(key);
            }
        }
        ofUnknown.forEach((path, keys) -> {
            String more = keys.size() == 1 ? "" : " (and " + (keys.size() - 1) + " more of that queue)";
            String parent = path.substring(0, path.lastIndexOf('.'));
            properties
                    .findings()
                    .warn(
                            keys.get(0),
                            "is set" + more + " and has no effect: there is no queue " + path,
                            "add " + path.substring(parent.length() + 1) + " to " + QueueKey.QUEUES.of(parent)
                                    + ", or remove it");
        });
    }

    private void yarn(String key, Map<String, List<String>> ofUnknown) {
        String name = key.substring(QueueKey.YARN.length());
        String path = longestPath(name);
        String rest = name.substring(path.length() + 1);
        if (QueueKey.isRead(rest) || Unsupported.isToldOf(rest)) {
            return;
        }
        if (Unsupported.belongs(rest)) {
            properties
                    .findings()
                    .warn(
                            key,
                            "is set and has no effect",
                            "neither reservations nor queues that come by themselves exist");
            return;
        }
        for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.', dot + 1)) {
            if (QueueKey.isRead(rest.substring(dot + 1))) {
                ofUnknown
                        .computeIfAbsent(path + "." + rest.substring(0, dot), unknown -> new ArrayList<>())
                        .add(key);
                return;
            }
        }
        properties.findings().warn(key, "is set and has no effect", "nothing reads " + rest + nearest(rest));
    }

    /** The queue that a key belongs to: the root where there is none further down. */
    private String longestPath(String name) {
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            if (paths.contains(name.substring(0, dot))) {
                return name.substring(0, dot);
            }
        }
        return QueueSpec.ROOT;
    }

    private static String nearest(String suffix) {
        List<String> known = new ArrayList<>();
        for (QueueKey key : QueueKey.values()) {
            if (!key.isHeddles()) {
                known.add(key.suffix());
            }
        }
        return NearestName.of(suffix, known)
                .filter(name -> NearestName.distance(suffix, name) <= suffix.length() * LIKE)
                .map(name -> " (" + name + " is read)")
                .orElse("");
    }

    private void heddle(String key) {
        String name = key.substring(OWN.length());
        List<String> read = new ArrayList<>();
        for (QueueKey own : QueueKey.values()) {
            String end = "." + own.suffix();
            if (own.isHeddles()
                    && name.endsWith(end)
                    && paths.contains(name.substring(0, name.length() - end.length()))) {
                return;
            }
            if (own.isHeddles()) {
                read.add(own.of("PATH"));
            }
        }
        properties
                .findings()
                .fault(
                        key,
                        "is set, but is the key of no queue",
                        "correct or remove it (" + String.join(" and ", read) + " are read for each queue)");
    }
}
