package dev.heddle.rm;

import dev.heddle.common.config.Setting;
import dev.heddle.rm.wire.Submissions;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.StringUtils;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for applications: what they may ask for, and how much of them is remembered. */
final class SubmissionSettings {
    private static final int MILLION = 1_000_000;

    static final Setting<Integer> MAX_ATTEMPTS = Setting.integer(
            YarnConfiguration.RM_AM_MAX_ATTEMPTS,
            2,
            1,
            1000,
            "attempts",
            "How often an application's master is tried where the application does not say.");
    static final Setting<Integer> GLOBAL_MAX_ATTEMPTS = Setting.integer(
            YarnConfiguration.GLOBAL_RM_AM_MAX_ATTEMPTS,
            0,
            0,
            1000,
            "attempts",
            "How often an application's master is tried at most, whatever the application says; 0 stands for the value of"
                    + " " + YarnConfiguration.RM_AM_MAX_ATTEMPTS + ".");
    static final Setting<Integer> MAXIMUM_PRIORITY = Setting.integer(
            YarnConfiguration.MAX_CLUSTER_LEVEL_APPLICATION_PRIORITY,
            0,
            0,
            Integer.MAX_VALUE,
            "",
            "The highest priority of an application; higher ones are cut to it. Higher numbers are served first.");
    static final Setting<Integer> MAXIMUM_TAGS = Setting.integer(
            YarnConfiguration.RM_APPLICATION_MAX_TAGS,
            10,
            0,
            MILLION,
            "tags",
            "How many tags an application may have.");
    static final Setting<Integer> MAXIMUM_TAG_LENGTH = Setting.integer(
            YarnConfiguration.RM_APPLICATION_MAX_TAG_LENGTH,
            100,
            1,
            MILLION,
            "characters",
            "The length of the longest tag of an application.");
    static final Setting<Integer> MAXIMUM_TOKENS_CONF_BYTES = Setting.integer(
            YarnConfiguration.RM_DELEGATION_TOKEN_MAX_CONF_SIZE,
            12_800,
            0,
            100 * MILLION,
            "bytes",
            "The length of the longest configuration for the renewal of tokens that an application may bring.");
    static final Setting<Boolean> PLACED_BY_TAG = Setting.bool(
            YarnConfiguration.APPLICATION_TAG_BASED_PLACEMENT_ENABLED,
            false,
            "Whether an application with a tag userid=NAME is placed in a queue as one of that user's would be.");
    static final Setting<String> PLACING_BY_TAG = Setting.text(
            YarnConfiguration.APPLICATION_TAG_BASED_PLACEMENT_USER_WHITELIST,
            "",
            "The users whose applications may say so, separated by commas.");
    static final Setting<Integer> COMPLETED_APPLICATIONS = Setting.integer(
            YarnConfiguration.RM_MAX_COMPLETED_APPLICATIONS,
            1_000,
            0,
            MILLION,
            "applications",
            "How many applications that have ended are remembered.");
    static final Setting<Integer> ATTEMPTS = Setting.integer(
            "heddle.resourcemanager.attempts-per-application",
            50,
            1,
            MILLION,
            "attempts",
            "How many attempts of an application are remembered, the current one among them.");
    static final Setting<Integer> COMPLETED_CONTAINERS = Setting.integer(
            "heddle.resourcemanager.completed-containers-per-attempt",
            100,
            0,
            MILLION,
            "containers",
            "How many containers that have ended are remembered for each attempt. With 0 their reports are as YARN's, which"
                    + " knows those alone that hold room.");

    static final Setting<Boolean> AVOIDING = Setting.bool(
            YarnConfiguration.AM_SCHEDULING_NODE_BLACKLISTING_ENABLED,
            false,
            "Whether an application's next master keeps away from nodes where former ones failed.");
    static final Setting<Float> AVOIDED_SHARE = Setting.parsed(
            YarnConfiguration.AM_SCHEDULING_NODE_BLACKLISTING_DISABLE_THRESHOLD,
            YarnConfiguration.DEFAULT_AM_SCHEDULING_NODE_BLACKLISTING_DISABLE_THRESHOLD,
            "",
            "number from 0 to 1",
            "The share of all nodes from which on it goes there after all.",
            text -> {
                float value = Float.parseFloat(text);
                if (value >= 0 && value <= 1) {
                    return value;
                }
                throw new IllegalArgumentException(text);
            });

    private SubmissionSettings() {}

    /** Every setting, in the order of the reference page. */
    static List<Setting<?>> all() {
        return List.of(
                MAX_ATTEMPTS,
                GLOBAL_MAX_ATTEMPTS,
                MAXIMUM_PRIORITY,
                MAXIMUM_TAGS,
                MAXIMUM_TAG_LENGTH,
                MAXIMUM_TOKENS_CONF_BYTES,
                PLACED_BY_TAG,
                PLACING_BY_TAG,
                COMPLETED_APPLICATIONS,
                ATTEMPTS,
                COMPLETED_CONTAINERS,
                AVOIDING,
                AVOIDED_SHARE);
    }

    /** How many attempts an application may have at most. */
    static int globalMaxAttempts(Configuration configuration) {
        int global = GLOBAL_MAX_ATTEMPTS.get(configuration);
        return global > 0 ? global : MAX_ATTEMPTS.get(configuration);
    }

    /** From which share of all nodes on masters go where former ones failed after all; 0 where they always do. */
    static double avoidedShare(Configuration configuration) {
        float share = AVOIDED_SHARE.get(configuration);
        return AVOIDING.get(configuration) ? share : 0;
    }

    /** The users whose applications are placed as those of whom a tag names. */
    static Set<String> spokesmen(Configuration configuration) {
        String users = PLACING_BY_TAG.get(configuration);
        return PLACED_BY_TAG.get(configuration) ? Set.copyOf(StringUtils.getTrimmedStringCollection(users)) : Set.of();
    }

    static Submissions.Limits submissionLimits(Configuration configuration) {
        return new Submissions.Limits(
                MAXIMUM_TAGS.get(configuration),
                MAXIMUM_TAG_LENGTH.get(configuration),
                MAXIMUM_TOKENS_CONF_BYTES.get(configuration));
    }
}
