package dev.heddle.rm.scheduler.queue.config;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How much users count beside others in a queue, with where that is written. */
record UserWeights(Map<String, Written> byUser) {
    static final UserWeights NONE = new UserWeights(Map.of());

    private static final double WHOLE = 100;

    /** A weight and its key. */
    record Written(String key, double weight) {}

    /** These, and what a queue below says, which wins. */
    UserWeights and(String path, Properties properties) {
        String prefix = QueueKey.USER_SETTINGS.of(path) + ".";
        Map<String, Written> weights = new TreeMap<>(byUser);
        for (String key : properties.all().keySet()) {
            if (key.startsWith(prefix)
                    && key.endsWith(QueueKey.WEIGHT)
                    && key.length() > prefix.length() + QueueKey.WEIGHT.length()) {
                String user = key.substring(prefix.length(), key.length() - QueueKey.WEIGHT.length());
                weights.put(user, new Written(key, properties.number(key, 1, Double.NEGATIVE_INFINITY)));
            }
        }
        return new UserWeights(weights);
    }

    /**
     * What holds in a leaf, once it is known to be possible there.
     *
     * @param minimumPercent of the users of the leaf, from 0 to 100
     */
    Map<String, Double> checked(String path, double minimumPercent, Properties properties) {
        double most = WHOLE / minimumPercent;
        Map<String, Double> weights = new HashMap<>();
        byUser.forEach((user, written) -> {
            if (written.weight() < 0 || written.weight() > most) {
                properties
                        .findings()
                        .fault(
                                written.key(),
                                "is " + Properties.plain(written.weight()) + ", but the users of " + path
                                        + " can have weights from 0 to " + Properties.plain(most) + " (100 / "
                                        + QueueKey.MINIMUM_USER_LIMIT.suffix() + ")",
                                "correct it, or lower " + QueueKey.MINIMUM_USER_LIMIT.of(path));
            } else {
                weights.put(user, written.weight());
            }
        });
        return weights;
    }
}
