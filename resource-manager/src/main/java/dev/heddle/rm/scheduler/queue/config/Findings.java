package dev.heddle.rm.scheduler.queue.config;

import java.util.ArrayList;
import java.util.List;

/** What has been found so far while a configuration is read. */
public final class Findings {
    private final List<Finding> faults = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    /** Adds what makes the configuration unusable. */
    public void fault(String key, String wrong, String remedy) {
        faults.add(new Finding(key, wrong, remedy));
    }

    /** Adds what has another effect than a person may expect. */
    public void warn(String key, String wrong, String remedy) {
        warnings.add(new Finding(key, wrong, remedy));
    }

    public List<Finding> faults() {
        return List.copyOf(faults);
    }

    public List<Finding> warnings() {
        return List.copyOf(warnings);
    }
}
