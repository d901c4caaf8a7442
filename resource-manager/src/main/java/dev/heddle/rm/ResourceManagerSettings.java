package dev.heddle.rm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.config.Setting;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.security.KeyPlans;
import dev.heddle.rm.security.RollingKeys;
import dev.heddle.rm.wire.ConstraintSettings;
import dev.heddle.rm.wire.NodeListSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** The resource manager's settings: YARN's keys with YARN's meanings and defaults, and Heddle's own where YARN has none. */
public final class ResourceManagerSettings {
    private static final int MILLION = 1_000_000;
    private static final int SECONDS_PER_DAY = 24 * 60 * 60;

    public static final Setting<Integer> MINIMUM_ALLOCATION_MB = Setting.integer(
            YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB,
            1024,
            1,
            MILLION,
            "MB",
            "The smallest container; asks are rounded up to a multiple of it.");
    public static final Setting<Integer> MAXIMUM_ALLOCATION_MB = Setting.integer(
            YarnConfiguration.RM_SCHEDULER_MAXIMUM_ALLOCATION_MB,
            8192,
            1,
            100 * MILLION,
            "MB",
            "The largest container; larger asks are refused.");
    public static final Setting<Integer> MINIMUM_ALLOCATION_VCORES = Setting.integer(
            YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_VCORES,
            1,
            1,
            MILLION,
            "cores",
            "The fewest cores of a container.");
    public static final Setting<Integer> MAXIMUM_ALLOCATION_VCORES = Setting.integer(
            YarnConfiguration.RM_SCHEDULER_MAXIMUM_ALLOCATION_VCORES,
            4,
            1,
            MILLION,
            "cores",
            "The most cores of a container; larger asks are refused.");
    public static final Setting<Long> NODE_EXPIRY_MS = Setting.millis(
            YarnConfiguration.RM_NM_EXPIRY_INTERVAL_MS,
            600_000,
            "How long a node may be silent before its containers are given up.");
    public static final Setting<Long> MASTER_EXPIRY_MS = Setting.millis(
            YarnConfiguration.RM_AM_EXPIRY_INTERVAL_MS,
            600_000,
            "How long an application master may be silent before its attempt has failed.");
    public static final Setting<Long> GRANT_EXPIRY_MS = Setting.millis(
            YarnConfiguration.RM_CONTAINER_ALLOC_EXPIRY_INTERVAL_MS,
            600_000,
            "How long a granted container may wait to be started; its token is valid for as long.");
    public static final Setting<Long> UNTRACKED_NODE_MS = Setting.millis(
            YarnConfiguration.RM_NODEMANAGER_UNTRACKED_REMOVAL_TIMEOUT_MSEC,
            60_000,
            "How long a node that is gone, and in neither list of hosts where hosts are listed, is remembered.");
    public static final Setting<Integer> MASTER_KEY_INTERVAL_SECONDS = keyInterval(
            YarnConfiguration.RM_AMRM_TOKEN_MASTER_KEY_ROLLING_INTERVAL_SECS,
            "How often the key of the tokens with which application masters call is replaced; more than three times"
                    + " yarn.am.liveness-monitor.expiry-interval-ms.");
    public static final Setting<Integer> NODE_KEY_INTERVAL_SECONDS = keyInterval(
            YarnConfiguration.RM_NMTOKEN_MASTER_KEY_ROLLING_INTERVAL_SECS,
            "How often the key of the tokens with which application masters call nodes is replaced; more than three"
                    + " times yarn.nm.liveness-monitor.expiry-interval-ms.");
    public static final Setting<Integer> CONTAINER_KEY_INTERVAL_SECONDS = keyInterval(
            YarnConfiguration.RM_CONTAINER_TOKEN_MASTER_KEY_ROLLING_INTERVAL_SECS,
            "How often the key of the tokens that let containers start is replaced; more than three times"
                    + " yarn.nm.liveness-monitor.expiry-interval-ms.");
    public static final Setting<String> MINIMUM_NODE_VERSION = Setting.text(
            YarnConfiguration.RM_NODEMANAGER_MINIMUM_VERSION,
            "NONE",
            "The oldest version of node managers that may join; EqualToRM for Heddle's Hadoop libraries' own.");
    public static final Setting<Boolean> AUTOMATIC_FAILOVER = Setting.bool(
            YarnConfiguration.AUTO_FAILOVER_ENABLED,
            true,
            "Whether the leader of several resource managers is elected on ZooKeeper; otherwise all stand by until yarn"
                    + " rmadmin -transitionToActive.");
    public static final Setting<Integer> GONE_NODES = Setting.integer(
            "heddle.resourcemanager.gone-nodes",
            1_000,
            0,
            MILLION,
            "nodes",
            "How many nodes that are not used any more are remembered.");
    public static final Setting<Integer> PLACEMENTS_PER_PASS = Setting.integer(
            "heddle.resourcemanager.placements-per-pass",
            1_000,
            1,
            MILLION,
            "containers",
            "How many containers are placed at one go before other calls get their turn.");

    private ResourceManagerSettings() {}

    private static Setting<Integer> keyInterval(String key, String description) {
        return Setting.integer(key, SECONDS_PER_DAY, 1, Integer.MAX_VALUE, "s", description);
    }

    /**
     * When keys are replaced.
     *
     * @throws UserException if a setting cannot be used, or keys would be replaced before everybody knows them
     */
    static KeyPlans keyPlans(Configuration configuration) {
        return new KeyPlans(
                plan(configuration, MASTER_KEY_INTERVAL_SECONDS, MASTER_EXPIRY_MS),
                plan(configuration, NODE_KEY_INTERVAL_SECONDS, NODE_EXPIRY_MS),
                plan(configuration, CONTAINER_KEY_INTERVAL_SECONDS, NODE_EXPIRY_MS),
                GRANT_EXPIRY_MS.get(configuration));
    }

    private static RollingKeys.Plan plan(
            Configuration configuration, Setting<Integer> intervalSeconds, Setting<Long> expiryMs) {
        return RollingKeys.Plan.of(
                intervalSeconds.key(),
                TimeUnit.SECONDS.toMillis(intervalSeconds.get(configuration)),
                expiryMs.key(),
                expiryMs.get(configuration));
    }

    /** Every setting, in the order of the reference page. */
    public static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(List.of(
                MINIMUM_ALLOCATION_MB,
                MAXIMUM_ALLOCATION_MB,
                MINIMUM_ALLOCATION_VCORES,
                MAXIMUM_ALLOCATION_VCORES,
                NODE_EXPIRY_MS,
                MASTER_EXPIRY_MS,
                GRANT_EXPIRY_MS,
                UNTRACKED_NODE_MS,
                MASTER_KEY_INTERVAL_SECONDS,
                NODE_KEY_INTERVAL_SECONDS,
                CONTAINER_KEY_INTERVAL_SECONDS,
                MINIMUM_NODE_VERSION,
                AUTOMATIC_FAILOVER,
                GONE_NODES,
                PLACEMENTS_PER_PASS));
        all.addAll(IdentitySettings.all());
        all.addAll(NodeListSettings.all());
        all.addAll(TrackerSettings.all());
        all.addAll(ConstraintSettings.all());
        all.addAll(SubmissionSettings.all());
        all.addAll(AccessSettings.all());
        return List.copyOf(all);
    }

    /** As the keys of kinds say it, which win, or else the scheduler's. */
    private static int bound(
            Configuration configuration, ResourceKind kind, boolean maximum, Setting<Integer> ofScheduler) {
        Long ofKind = ResourceTypes.bound(configuration, kind, maximum);
        return ofKind == null ? ofScheduler.get(configuration) : (int) Math.min(Integer.MAX_VALUE, ofKind);
    }

    /**
     * The core's numbers.
     *
     * @throws UserException if a setting cannot be used, or a maximum is below its minimum
     */
    static CorePolicy policy(Configuration configuration) {
        ResourceKinds kinds = ResourceTypes.read(configuration);
        Resource minimum = new Resource(
                bound(configuration, ResourceKind.MEMORY, false, MINIMUM_ALLOCATION_MB),
                bound(configuration, ResourceKind.VCORES, false, MINIMUM_ALLOCATION_VCORES),
                kinds.minimum());
        Resource maximum = new Resource(
                bound(configuration, ResourceKind.MEMORY, true, MAXIMUM_ALLOCATION_MB),
                bound(configuration, ResourceKind.VCORES, true, MAXIMUM_ALLOCATION_VCORES),
                kinds.maximum());
        if (!minimum.fitsIn(maximum)) {
            throw new UserException("the smallest container (" + minimum + ") is larger than the largest (" + maximum
                    + "): correct yarn.scheduler.minimum-allocation-* or maximum-allocation-*");
        }
        return new CorePolicy(
                minimum,
                maximum,
                SubmissionSettings.globalMaxAttempts(configuration),
                PLACEMENTS_PER_PASS.get(configuration),
                new CorePolicy.Expiry(
                        NODE_EXPIRY_MS.get(configuration),
                        MASTER_EXPIRY_MS.get(configuration),
                        GRANT_EXPIRY_MS.get(configuration),
                        UNTRACKED_NODE_MS.get(configuration)),
                new CorePolicy.History(
                        SubmissionSettings.COMPLETED_APPLICATIONS.get(configuration),
                        SubmissionSettings.ATTEMPTS.get(configuration),
                        GONE_NODES.get(configuration)),
                SubmissionSettings.MAXIMUM_PRIORITY.get(configuration),
                SubmissionSettings.avoidedShare(configuration));
    }
}
