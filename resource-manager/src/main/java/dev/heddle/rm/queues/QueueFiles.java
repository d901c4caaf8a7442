package dev.heddle.rm.queues;

import dev.heddle.common.UserException;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.ClusterKey;
import dev.heddle.rm.scheduler.queue.config.Finding;
import dev.heddle.rm.scheduler.queue.config.Findings;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReading;
import dev.heddle.rm.scheduler.queue.mapping.MappingRuleReader;
import dev.heddle.rm.scheduler.queue.mapping.MappingRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** Reads the queues, and the rules that choose one, from Hadoop's configuration. */
public final class QueueFiles {
    /** Begin the keys of queues and users, whose names are not known beforehand; all of them are reviewed when they are read. */
    public static final List<String> PREFIXES =
            List.of("yarn.scheduler.capacity.root.", "yarn.scheduler.capacity.user.", "heddle.scheduler.root.");

    private QueueFiles() {}

    /**
     * Reads both.
     *
     * @throws UserException with every fault, one a line
     */
    public static QueueSetup read(Configuration configuration, QueuePlanReader.Cluster cluster) {
        Map<String, String> properties = properties(configuration);
        QueuePlanReading reading = QueuePlanReader.read(properties, cluster);
        if (reading instanceof QueuePlanReading.Usable usable) {
            Findings findings = new Findings();
            MappingRules rules = rules(properties, usable.plan(), findings);
            if (findings.faults().isEmpty()) {
                List<Finding> warnings = new ArrayList<>(usable.warnings());
                warnings.addAll(findings.warnings());
                return new QueueSetup(usable.plan(), rules, warnings);
            }
            throw unusable(findings.faults());
        }
        throw unusable(((QueuePlanReading.Faulty) reading).faults());
    }

    private static UserException unusable(List<Finding> faults) {
        return new UserException(faults.stream().map(Finding::toString).collect(Collectors.joining("\n")));
    }

    private static MappingRules rules(Map<String, String> properties, QueuePlan plan, Findings findings) {
        String file = MappingRuleReader.file(properties);
        String text = file == null ? null : text(file, findings);
        return file != null && text == null
                ? MappingRules.none(plan)
                : MappingRuleReader.read(properties, text, plan, findings);
    }

    private static @Nullable String text(String file, Findings findings) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            findings.fault(
                    ClusterKey.RULE_FILE.key(), "is " + file + ", which cannot be read (" + e + ")", "correct it");
            return null;
        }
    }

    /** The keys that concern queues, with what stands for variables in their values. */
    private static Map<String, String> properties(Configuration configuration) {
        Map<String, String> properties = new HashMap<>();
        for (ClusterKey key : ClusterKey.values()) {
            put(properties, configuration, key.key());
        }
        for (Map.Entry<String, String> entry : configuration) {
            if (PREFIXES.stream().anyMatch(entry.getKey()::startsWith)) {
                put(properties, configuration, entry.getKey());
            }
        }
        return properties;
    }

    private static void put(Map<String, String> properties, Configuration configuration, String key) {
        String value = configuration.get(key);
        if (value != null) {
            properties.put(key, value);
        }
    }
}
