package dev.heddle.common.config;

import dev.heddle.common.UserException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a person has set and nobody reads. Known is what is declared as a {@link Setting}; set is what comes from
 * somewhere else than Hadoop's own {@code *-default.xml}.
 */
public final class ConfigurationReview {
    private static final String OWN_PREFIX = "heddle.";
    private static final String DEFAULTS = "-default.xml";

    /** As many mistakes as a slip of the finger makes; a name further away is likely another one. */
    private static final int SLIP = 2;

    private final Configuration configuration;
    private final Set<String> known = new TreeSet<>();
    private final List<String> otherPrefixes;

    /**
     * A group of keys of which each should mean something.
     *
     * @param prefix of the keys
     * @param reason why one that is not known has no effect
     */
    public record Area(String prefix, String reason) {}

    /**
     * What is no single setting, and reviewed by those who read it.
     *
     * @param keys that are read
     * @param prefixes of keys whose names are not known beforehand
     */
    public record Others(Set<String> keys, List<String> prefixes) {
        public static final Others NONE = new Others(Set.of(), List.of());
    }

    /** Reviews a configuration against every setting that there is, of whatever daemon. */
    public ConfigurationReview(Collection<? extends Setting<?>> declared, Configuration configuration) {
        this(declared, Others.NONE, configuration);
    }

    /** As the other one, with keys that are not declared as settings. */
    public ConfigurationReview(Collection<? extends Setting<?>> declared, Others others, Configuration configuration) {
        this.configuration = configuration;
        this.otherPrefixes = List.copyOf(others.prefixes());
        known.addAll(others.keys());
        String[] ids = configuration.getTrimmedStrings(YarnConfiguration.RM_HA_IDS);
        for (Setting<?> setting : declared) {
            known.add(setting.key());
            if (setting.isOfEachResourceManager()) {
                for (String id : ids) {
                    known.add(setting.key() + "." + id);
                }
            }
        }
    }

    /**
     * Refuses keys of Heddle's own that do not exist.
     *
     * @throws UserException with the keys, their files and, for each, the one that is most like it
     */
    public void refuseUnknown() {
        Set<String> own =
                known.stream().filter(key -> key.startsWith(OWN_PREFIX)).collect(Collectors.toCollection(TreeSet::new));
        Map<String, String> unknown = set(OWN_PREFIX);
        unknown.keySet().removeIf(this::isKnown);
        if (!unknown.isEmpty()) {
            throw new UserException(unknown.entrySet().stream()
                    .map(entry -> "there is no setting " + entry.getKey() + " (" + entry.getValue() + ")"
                            + NearestName.of(entry.getKey(), own)
                                    .map(nearest -> "; the nearest is " + nearest)
                                    .orElse(""))
                    .collect(Collectors.joining("; ", "", ": correct or remove it (docs/settings.md lists all)")));
        }
    }

    /**
     * One line for each key that is set and has no effect.
     *
     * @param areas a key belongs to the first whose prefix it has
     */
    public List<String> ignored(List<Area> areas) {
        Map<String, String> lines = new TreeMap<>();
        for (Area area : areas) {
            set(area.prefix()).forEach((key, source) -> {
                if (!isKnown(key)) {
                    lines.putIfAbsent(
                            key, key + " is set (" + source + ") and has no effect: " + area.reason() + slip(key));
                }
            });
        }
        return List.copyOf(lines.values());
    }

    private boolean isKnown(String key) {
        return known.contains(key) || otherPrefixes.stream().anyMatch(key::startsWith);
    }

    private String slip(String key) {
        Optional<String> nearest = NearestName.of(key, known);
        return nearest.filter(name -> NearestName.distance(key, name) <= SLIP)
                .map(name -> " (" + name + " is read)")
                .orElse("");
    }

    /** Keys with a prefix that a person has set, each with where. */
    private Map<String, String> set(String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<String, String> entry : configuration) {
            String source = entry.getKey().startsWith(prefix) ? source(entry.getKey()) : null;
            if (source != null) {
                found.put(entry.getKey(), source);
            }
        }
        return found;
    }

    /** The file that set a key last, or null for one that has its default; files that Hadoop wrote name their own sources. */
    private @Nullable String source(String key) {
        String[] sources = configuration.getPropertySources(key);
        if (sources == null || sources.length == 0) {
            return "programmatically";
        }
        for (String source : sources) {
            if (source.endsWith(DEFAULTS)) {
                return null;
            }
        }
        String last = sources[sources.length - 1];
        return last.substring(last.lastIndexOf('/') + 1);
    }
}
