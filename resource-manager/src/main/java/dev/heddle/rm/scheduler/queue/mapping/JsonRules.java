package dev.heddle.rm.scheduler.queue.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.rm.scheduler.queue.config.Findings;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Action;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Condition;
import dev.heddle.rm.scheduler.queue.mapping.MappingRule.Fallback;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules as YARN's JSON: {@code {"rules":[{"type":"user","matches":"*","policy":"user","parentQueue":"root.users"}]}}. What
 * they say of creating queues has no effect, as queues do not come by themselves.
 */
final class JsonRules {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String EVERYBODY = "*";

    private final String key;
    private final Findings findings;

    JsonRules(String key, Findings findings) {
        this.key = key;
        this.findings = findings;
    }

    /** The rules in their order, each with what it is called in findings. */
    Map<String, MappingRule> read(String text) {
        Map<String, MappingRule> rules = new LinkedHashMap<>();
        JsonNode list;
        try {
            list = MAPPER.readTree(text).path("rules");
        } catch (JsonProcessingException e) {
            findings.fault(key, "is no JSON (" + e.getOriginalMessage() + ")", "correct it");
            return rules;
        }
        if (!list.isArray()) {
            findings.fault(key, "has no list of rules", "write {\"rules\": [...]}");
            return rules;
        }
        int number = 0;
        for (JsonNode node : list) {
            number++;
            String where = "rule " + number;
            MappingRule rule = rule(node, where);
            if (rule != null) {
                rules.put(where, rule);
            }
        }
        return rules;
    }

    private @Nullable MappingRule rule(JsonNode node, String where) {
        Condition condition = condition(node, where);
        Action action = action(node, where);
        Fallback fallback = fallback(node, where);
        return condition == null || action == null || fallback == null
                ? null
                : new MappingRule(condition, action, fallback);
    }

    private @Nullable Condition condition(JsonNode node, String where) {
        String matches = text(node, "matches");
        if (matches == null || matches.isEmpty()) {
            wrong(where, "does not say what \"matches\"");
            return null;
        }
        String type = text(node, "type");
        switch (type == null ? "" : type) {
            case "user" -> {
                return matches.equals(EVERYBODY)
                        ? new Condition.Always()
                        : new Condition.Variable(Variables.USER, matches);
            }
            case "group" -> {
                if (matches.equals(EVERYBODY)) {
                    wrong(where, "matches every group, which is not possible");
                    return null;
                }
                return new Condition.Group(matches);
            }
            case "application" -> {
                return new Condition.Variable(Variables.APPLICATION, matches);
            }
            default -> {
                wrong(where, "has the \"type\" " + type + ", which is none of user, group and application");
                return null;
            }
        }
    }

    private @Nullable Action action(JsonNode node, String where) {
        String policy = text(node, "policy");
        switch (policy == null ? "" : policy) {
            case "reject" -> {
                return new Action.Reject();
            }
            case "setDefaultQueue" -> {
                String value = text(node, "value");
                if (value == null) {
                    wrong(where, "sets the default queue to no \"value\"");
                    return null;
                }
                return new Action.SetDefault(value);
            }
            case "custom" -> {
                String custom = text(node, "customPlacement");
                if (custom == null) {
                    wrong(where, "is custom without a \"customPlacement\"");
                    return null;
                }
                return new Action.Place(custom);
            }
            default -> {
                String pattern = pattern(policy == null ? "" : policy);
                if (pattern == null) {
                    wrong(where, "has the \"policy\" " + policy + ", which is not known");
                    return null;
                }
                boolean whole = pattern.equals(Variables.SPECIFIED) || pattern.equals(Variables.DEFAULT);
                String parent = whole ? null : text(node, "parentQueue");
                return new Action.Place(parent == null ? pattern : parent + "." + pattern);
            }
        }
    }

    private static @Nullable String pattern(String policy) {
        return switch (policy) {
            case "specified" -> Variables.SPECIFIED;
            case "defaultQueue" -> Variables.DEFAULT;
            case "user" -> Variables.USER;
            case "primaryGroup" -> Variables.PRIMARY_GROUP;
            case "secondaryGroup" -> Variables.SECONDARY_GROUP;
            case "primaryGroupUser" -> Variables.PRIMARY_GROUP + "." + Variables.USER;
            case "secondaryGroupUser" -> Variables.SECONDARY_GROUP + "." + Variables.USER;
            case "applicationName" -> Variables.APPLICATION;
            default -> null;
        };
    }

    private @Nullable Fallback fallback(JsonNode node, String where) {
        String text = text(node, "fallbackResult");
        if (text == null) {
            return Fallback.SKIP;
        }
        return switch (text) {
            case "skip" -> Fallback.SKIP;
            case "reject" -> Fallback.REJECT;
            case "placeDefault" -> Fallback.DEFAULT;
            default -> {
                wrong(where, "has the \"fallbackResult\" " + text + ", which is none of skip, reject and placeDefault");
                yield null;
            }
        };
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !value.isNull() ? value.asText() : null;
    }

    private void wrong(String where, String what) {
        findings.fault(key, "has " + where + ", which " + what, "correct the rule");
    }
}
