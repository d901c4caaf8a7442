package dev.heddle.rm.scheduler.queue.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands for parts of an application in rules, while they are gone through for it. */
final class Variables {
    static final String USER = "%user";
    static final String PRIMARY_GROUP = "%primary_group";
    static final String SECONDARY_GROUP = "%secondary_group";
    static final String APPLICATION = "%application";
    static final String SPECIFIED = "%specified";
    static final String DEFAULT = "%default";

    /** All of them. */
    static final Set<String> NAMES = Set.of(USER, PRIMARY_GROUP, SECONDARY_GROUP, APPLICATION, SPECIFIED, DEFAULT);

    private static final String DEFAULT_QUEUE = "root.default";
    private static final String DOT_IN_A_NAME = "_dot_";

    private final Map<String, String> values = new HashMap<>();
    private final List<String> secondaryGroups = new ArrayList<>();
    private final Set<String> groups;
    private final String user;
    private final QueueNames queues;

    Variables(Applicant applicant, QueueNames queues) {
        this.queues = queues;
        this.user = applicant.user();
        this.groups = new HashSet<>(applicant.groups());
        values.put(USER, asName(user));
        values.put(APPLICATION, applicant.application());
        values.put(SPECIFIED, applicant.queue().equals(Applicant.NO_QUEUE) ? "" : applicant.queue());
        values.put(DEFAULT, DEFAULT_QUEUE);
        if (!applicant.groups().isEmpty()) {
            values.put(PRIMARY_GROUP, asName(applicant.groups().get(0)));
            applicant.groups().stream().skip(1).map(Variables::asName).forEach(secondaryGroups::add);
            if (secondaryGroups.isEmpty()) {
                values.put(SECONDARY_GROUP, "");
            }
        }
    }

    private static String asName(String name) {
        return name.replace(".", DOT_IN_A_NAME);
    }

    void setDefault(String queue) {
        values.put(DEFAULT, queue);
    }

    boolean isInGroup(String group) {
        return groups.contains(group);
    }

    /** The value that conditions are about: a user's own name even where a queue's name could not be like that. */
    String value(String name) {
        return name.equals(USER) ? user : values.getOrDefault(name, "");
    }

    /** With every variable in it replaced, the longer names first. */
    String replaced(String text) {
        String replaced = text;
        List<String> names = new ArrayList<>(values.keySet());
        names.sort(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        for (String name : names) {
            replaced = replaced.replace(name, values.getOrDefault(name, ""));
        }
        return replaced;
    }

    /** A path with those of its parts replaced that are variables. */
    String replacedInPath(String pattern) {
        List<String> parts = new ArrayList<>(parts(pattern));
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (values.containsKey(part)) {
                parts.set(i, values.getOrDefault(part, ""));
            } else if (part.equals(SECONDARY_GROUP) && !secondaryGroups.isEmpty()) {
                parts.set(i, secondaryGroup(parts.subList(0, i)));
            }
        }
        return String.join(".", parts);
    }

    /** The first of the user's other groups that is the name of a queue there; as in YARN only below a whole path. */
    private String secondaryGroup(List<String> above) {
        String prefix = above.isEmpty() ? "" : String.join(".", above) + ".";
        return secondaryGroups.stream()
                .filter(group -> queues.find(prefix + group) != null)
                .findFirst()
                .orElse("");
    }

    /** The parts of a path; dots at its end do not count. */
    static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("\\.", -1)) {
            parts.add(part.strip());
        }
        while (!parts.isEmpty() && parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return parts;
    }
}
