package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import dev.heddle.common.config.NearestName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Names of settings as people give them: Heddle's own, Spark's for the same, Hadoop's. */
final class SettingNames {
    private static final String HEDDLE = "heddle.";
    private static final String SPARK = "spark.";
    private static final String HADOOP = "hadoop.";
    private static final Set<String> KNOWN =
            ApplicationSettings.all().stream().map(setting -> setting.key()).collect(Collectors.toUnmodifiableSet());

    private SettingNames() {}

    /**
     * Puts settings of equal rank under the keys by which they are read: {@code spark.X} becomes {@code heddle.X} where
     * Heddle has that setting and it is not given itself; {@code spark.hadoop.Y} and {@code heddle.hadoop.Y} become
     * {@code Y}. Other settings of Spark's mean nothing here and are left out, as Spark's users expect of a file that is
     * shared with Spark.
     *
     * @throws UserException on a key with Heddle's prefix that is no setting of an application
     */
    static Map<String, String> resolve(Map<String, String> layer) {
        Map<String, String> resolved = new LinkedHashMap<>();
        layer.forEach((key, value) -> {
            if (key.startsWith(SPARK)) {
                String own = HEDDLE + key.substring(SPARK.length());
                if (KNOWN.contains(own)) {
                    resolved.put(own, value);
                } else if (own.startsWith(HEDDLE + HADOOP)) {
                    resolved.put(own.substring((HEDDLE + HADOOP).length()), value);
                }
            }
        });
        layer.forEach((key, value) -> {
            if (key.startsWith(HEDDLE + HADOOP)) {
                resolved.put(key.substring((HEDDLE + HADOOP).length()), value);
            } else if (key.startsWith(HEDDLE)) {
                if (!KNOWN.contains(key)) {
                    throw new UserException("there is no setting " + key + " of an application"
                            + NearestName.of(key, KNOWN)
                                    .map(nearest -> "; the nearest is " + nearest)
                                    .orElse("")
                            + ": correct the name (docs/settings.md lists them) or remove it");
                }
                resolved.put(key, value);
            } else if (!key.startsWith(SPARK)) {
                resolved.put(key, value);
            }
        });
        return resolved;
    }
}
