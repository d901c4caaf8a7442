package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.rm.scheduler.queue.PreemptionRules;
import java.util.ArrayList;
import java.util.List;

/** How queues get back what they are owed. */
final class PreemptionReader {
    private static final String POLICY = ClusterKey.PREEMPTION_POLICIES.unset();

    private PreemptionReader() {}

    static PreemptionRules read(Properties properties) {
        PreemptionRules unset = PreemptionRules.OFF;
        PreemptionRules.Pace pace = unset.pace();
        PreemptionRules.Inside inside = unset.inside();
        return new PreemptionRules(
                isOn(properties),
                properties.bool(ClusterKey.PREEMPTION_OBSERVE_ONLY.key(), unset.observeOnly()),
                new PreemptionRules.Pace(
                        properties.integer(ClusterKey.PREEMPTION_INTERVAL.key(), (int) pace.intervalMs(), 1),
                        properties.integer(ClusterKey.PREEMPTION_GRACE.key(), (int) pace.graceMs(), 0),
                        part(properties, ClusterKey.PREEMPTION_PER_ROUND, pace.perRound()),
                        part(properties, ClusterKey.PREEMPTION_NATURAL_TERMINATION, pace.naturalTermination())),
                properties.number(ClusterKey.PREEMPTION_IGNORED.key(), unset.ignoredOver(), 0),
                new PreemptionRules.Inside(
                        order(properties, inside.order()),
                        properties.number(ClusterKey.PREEMPTION_INSIDE_THRESHOLD.key(), inside.threshold(), 0),
                        part(properties, ClusterKey.PREEMPTION_INSIDE_LIMIT, inside.limit())));
    }

    /** Whether anything is taken from anybody: the monitor is switched on, and its policy is the one that is known here. */
    static boolean isOn(Properties properties) {
        return properties.bool(ClusterKey.PREEMPTION.key(), false) && isPolicyNamed(properties);
    }

    private static boolean isPolicyNamed(Properties properties) {
        List<String> named = properties.list(ClusterKey.PREEMPTION_POLICIES.key());
        return named == null || named.contains(POLICY);
    }

    /** Names the policies that nothing comes of. */
    static void tell(Properties properties) {
        List<String> named = properties.list(ClusterKey.PREEMPTION_POLICIES.key());
        if (named == null || !properties.bool(ClusterKey.PREEMPTION.key(), false)) {
            return;
        }
        List<String> unknown = new ArrayList<>(named);
        unknown.removeIf(POLICY::equals);
        if (!unknown.isEmpty() || !named.contains(POLICY)) {
            properties
                    .findings()
                    .warn(
                            ClusterKey.PREEMPTION_POLICIES.key(),
                            unknown.isEmpty()
                                    ? "names no policy"
                                    : "names " + String.join(", ", unknown) + ", of which nothing comes",
                            named.contains(POLICY)
                                    ? "what queues are owed is taken as " + POLICY + " says"
                                    : "nothing is taken from applications; remove it, or name " + POLICY);
        }
    }

    private static double part(Properties properties, ClusterKey key, double unset) {
        double value = properties.number(key.key(), unset, 0);
        if (value > 1) {
            properties.unreadable(key.key(), Properties.plain(value), "part of a whole, from 0 to 1");
            return unset;
        }
        return value;
    }

    private static PreemptionRules.Order order(Properties properties, PreemptionRules.Order unset) {
        String key = ClusterKey.PREEMPTION_INSIDE_ORDER.key();
        String text = properties.text(key);
        if (text == null) {
            return unset;
        }
        if (text.equalsIgnoreCase("userlimit_first")) {
            return PreemptionRules.Order.USER_LIMIT_FIRST;
        }
        if (text.equalsIgnoreCase("priority_first")) {
            return PreemptionRules.Order.PRIORITY_FIRST;
        }
        properties.unreadable(key, text, "order: userlimit_first or priority_first");
        return unset;
    }
}
