package dev.heddle.rm.scheduler.queue.mapping;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.scheduler.queue.config.ClusterKey;
import dev.heddle.rm.scheduler.queue.config.Findings;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Action;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Condition;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Fallback;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads mapping rules in both of YARN's notations, and checks that the queues are there that they lead to. */
public final class MappingRuleReader {
    private static final String LEGACY = "legacy";
    private static final String JSON = "json";

    /** The kinds of rules that YARN knows by name; both stand for the rules that are read here. */
    private static final Set<String> KINDS = Set.of("user-group", "app-name");

    private final Map<String, String> properties;
    private final QueueNames queues;
    private final Findings findings;

    private MappingRuleReader(Map<String, String> properties, QueueNames queues, Findings findings) {
        this.properties = properties;
        this.queues = queues;
        this.findings = findings;
    }

    /** The file that holds the rules, or null where they are written elsewhere or there are none. */
    public static @Nullable String file(Map<String, String> properties) {
        boolean named = text(properties, ClusterKey.RULE_FORMAT).equals(JSON)
                && text(properties, ClusterKey.RULE_JSON).isEmpty();
        String file = text(properties, ClusterKey.RULE_FILE);
        return named && !file.isEmpty() ? file : null;
    }

    /**
     * Reads the rules for a plan.
     *
     * @param ofFile what is in the {@link #file}, or null where there is none
     * @param findings takes every fault; with one the rules cannot be used
     */
    public static MappingRules read(
            Map<String, String> properties, @Nullable String ofFile, QueuePlan plan, Findings findings) {
        QueueNames queues = new QueueNames(plan);
        MappingRuleReader reader = new MappingRuleReader(properties, queues, findings);
        boolean override = text(properties, ClusterKey.OVERRIDE).equalsIgnoreCase("true");
        reader.checkKinds();
        return new MappingRules(override, reader.rules(ofFile), queues);
    }

    private static String text(Map<String, String> properties, ClusterKey key) {
        return properties.getOrDefault(key.key(), "").strip();
    }

    /** Rules of other kinds are classes, which cannot be loaded here. */
    private void checkKinds() {
        String key = ClusterKey.RULE_KINDS.key();
        List<String> kinds = list(properties.getOrDefault(key, ""), ",");
        Set<String> named = new HashSet<>();
        for (String kind : kinds) {
            if (!KINDS.contains(kind)) {
                findings.fault(key, "names " + kind + ", which is not supported", "use user-group or app-name alone");
            }
            if (!named.add(kind)) {
                findings.fault(key, "names " + kind + " twice", "name it once");
            }
        }
    }

    private List<MappingRule> rules(@Nullable String ofFile) {
        String format = text(properties, ClusterKey.RULE_FORMAT);
        switch (format) {
            case "", LEGACY -> {
                List<MappingRule> rules = new ArrayList<>(ofUsers());
                rules.addAll(ofApplications());
                return rules;
            }
            case JSON -> {
                return json(ofFile);
            }
            default -> {
                findings.fault(
                        ClusterKey.RULE_FORMAT.key(), "is '" + format + "'", "make it " + LEGACY + " or " + JSON);
                return List.of();
            }
        }
    }

    private List<MappingRule> json(@Nullable String ofFile) {
        String inline = properties.getOrDefault(ClusterKey.RULE_JSON.key(), "");
        if (inline.isBlank() && ofFile == null) {
            if (text(properties, ClusterKey.RULE_FILE).isEmpty()) {
                findings.warn(
                        ClusterKey.RULE_FORMAT.key(),
                        "is json, but there is none",
                        "set " + ClusterKey.RULE_JSON.key() + " or " + ClusterKey.RULE_FILE.key());
            }
            return List.of();
        }
        String key = inline.isBlank() ? ClusterKey.RULE_FILE.key() : ClusterKey.RULE_JSON.key();
        String text = inline.isBlank() && ofFile != null ? ofFile : inline;
        List<MappingRule> rules = new ArrayList<>();
        new JsonRules(key, findings).read(text).forEach((where, rule) -> {
            if (isPossible(key, where, rule)) {
                rules.add(rule);
            }
        });
        return rules;
    }

    private List<MappingRule> ofUsers() {
        String key = ClusterKey.QUEUE_MAPPINGS.key();
        List<MappingRule> rules = new ArrayList<>();
        for (String text : list(properties.getOrDefault(key, ""), ",")) {
            List<String> parts = list(text, ":");
            Condition condition = parts.size() == 3 ? condition(parts.get(0), parts.get(1)) : null;
            if (condition == null) {
                findings.fault(key, "has '" + text + "'", "write u:USER:QUEUE or g:GROUP:QUEUE");
            } else {
                addTo(rules, key, text, condition, parts.get(2));
            }
        }
        return rules;
    }

    private static @Nullable Condition condition(String kind, String name) {
        return switch (kind) {
            case "u" ->
                name.equals(Variables.USER) ? new Condition.Always() : new Condition.Variable(Variables.USER, name);
            case "g" -> new Condition.Group(name);
            default -> null;
        };
    }

    private List<MappingRule> ofApplications() {
        String key = ClusterKey.APPLICATION_MAPPINGS.key();
        List<MappingRule> rules = new ArrayList<>();
        for (String text : list(properties.getOrDefault(key, ""), ",")) {
            List<String> parts = list(text, ":");
            if (parts.size() == 2) {
                addTo(rules, key, text, new Condition.Variable(Variables.APPLICATION, parts.get(0)), parts.get(1));
            } else {
                findings.fault(key, "has '" + text + "'", "write APPLICATION:QUEUE");
            }
        }
        return rules;
    }

    private void addTo(List<MappingRule> rules, String key, String text, Condition condition, String path) {
        MappingRule rule = new MappingRule(condition, new Action.Place(path), Fallback.DEFAULT);
        if (isPossible(key, "'" + text + "'", rule)) {
            rules.add(rule);
        }
    }

    /** Whether a rule may lead to a leaf, as far as its path is known without an application. */
    private boolean isPossible(String key, String where, MappingRule rule) {
        if (!(rule.action() instanceof Action.Place place)) {
            return true;
        }
        String wrong = wrong(Variables.parts(place.pattern()), place.pattern());
        if (wrong == null) {
            return true;
        }
        findings.fault(key, "has " + where + ", but " + wrong, "correct the rule, or add the queue");
        return false;
    }

    private @Nullable String wrong(List<String> parts, String pattern) {
        if (parts.isEmpty()) {
            return "it names no queue";
        }
        List<String> known = new ArrayList<>();
        for (String part : parts) {
            if (Variables.NAMES.contains(part)) {
                return known.isEmpty() ? null : wrongAbove(String.join(".", known));
            }
            if (part.isEmpty()) {
                return "'" + pattern + "' has an empty part";
            }
            known.add(part);
        }
        String path = String.join(".", known);
        QueueSpec queue = queues.findPath(path);
        if (queue == null) {
            return missing(path);
        }
        return queue.isLeaf() ? null : path + " is no leaf";
    }

    private @Nullable String wrongAbove(String path) {
        QueueSpec queue = queues.findPath(path);
        if (queue == null) {
            return missing(path);
        }
        return queue.isLeaf() ? path + " is a leaf, which has no queues below it" : null;
    }

    private String missing(String path) {
        String first = Variables.parts(path).get(0);
        return queues.isAmbiguous(first) ? "there are several queues " + first : "there is no queue " + path;
    }

    /** The parts between separators that are not empty, without blanks. */
    private static List<String> list(String text, String separator) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(separator, -1)) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }
}
