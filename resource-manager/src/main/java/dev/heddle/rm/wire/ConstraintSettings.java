package dev.heddle.rm.wire;

import dev.heddle.common.config.Setting;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings that say what becomes of scheduling requests and placement constraints. */
public final class ConstraintSettings {
    static final Setting<Handler> HANDLER = Setting.parsed(
            YarnConfiguration.RM_PLACEMENT_CONSTRAINTS_HANDLER,
            Handler.DISABLED,
            "",
            "one of disabled, scheduler and placement-processor",
            "What becomes of scheduling requests: refused; kept until they are met; or given back when a number of"
                    + " calls has not met them.",
            Handler::parse);
    static final Setting<Integer> RETRY_ATTEMPTS = Setting.integer(
            YarnConfiguration.RM_PLACEMENT_CONSTRAINTS_RETRY_ATTEMPTS,
            YarnConfiguration.DEFAULT_RM_PLACEMENT_CONSTRAINTS_RETRY_ATTEMPTS,
            1,
            1_000_000,
            "calls",
            "How many calls of its application master a scheduling request may stay unmet with placement-processor.");

    private ConstraintSettings() {}

    /** Who places what is asked for by scheduling requests, in YARN's words. */
    enum Handler {
        DISABLED,
        SCHEDULER,
        PLACEMENT_PROCESSOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Handler parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * What is configured.
     *
     * @param tries of each request, as {@link SchedulingAsk#tries}
     */
    record Handling(boolean enabled, int tries) {
        static Handling of(Configuration configuration) {
            Handler handler = HANDLER.get(configuration);
            int tries = RETRY_ATTEMPTS.get(configuration);
            return new Handling(
                    handler != Handler.DISABLED,
                    handler == Handler.PLACEMENT_PROCESSOR ? tries : SchedulingAsk.PATIENT);
        }
    }

    /** Every setting of scheduling requests. */
    public static List<Setting<?>> all() {
        return List.of(HANDLER, RETRY_ATTEMPTS);
    }
}
