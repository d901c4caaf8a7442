package dev.heddle.rm.scheduler.queue.config;

/** The keys that hold for all queues, or for the rules that choose one. */
public enum ClusterKey {
    MAXIMUM_APPLICATIONS(
            "yarn.scheduler.capacity.maximum-applications",
            "10000",
            "How many applications that are not over there may be in the cluster; a queue without a limit of its own may"
                    + " have its part of it."),
    QUEUE_MAXIMUM_APPLICATIONS(
            "yarn.scheduler.capacity.global-queue-max-application",
            "",
            "As `maximum-applications` of each queue that has none of its own."),
    MASTER_SHARE(
            "yarn.scheduler.capacity.maximum-am-resource-percent",
            "0.1",
            "How much of a queue may be taken by application masters, from 0 to 1."),
    MINIMUM_USER_LIMIT(
            "yarn.scheduler.capacity.minimum-user-limit-percent",
            "100",
            "As the key of a queue, for those that have none of their own."),
    USER_LIMIT_FACTOR(
            "yarn.scheduler.capacity.user-limit-factor",
            "1",
            "As the key of a queue, for those that have none of their own."),
    PARALLEL_APPLICATIONS(
            "yarn.scheduler.capacity.max-parallel-apps",
            "",
            "How many applications may run at the same time in each queue that has no limit of its own."),
    USER_PARALLEL_APPLICATIONS(
            "yarn.scheduler.capacity.user.max-parallel-apps",
            "",
            "How many applications of one user may run at the same time; `user.NAME.max-parallel-apps` is for one user."),
    RESOURCE_CALCULATOR(
            "yarn.scheduler.capacity.resource-calculator",
            "org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator",
            "What counts of a resource: the memory alone (`DefaultResourceCalculator`), or whichever kind is the"
                    + " scarcest (`DominantResourceCalculator`)."),
    NODE_LOCALITY_DELAY(
            "yarn.scheduler.capacity.node-locality-delay",
            "40",
            "How many opportunities an application lets pass for a node that it names, before a node in the rack will"
                    + " do; -1 for none."),
    RACK_LOCALITY_DELAY(
            "yarn.scheduler.capacity.rack-locality-additional-delay",
            "-1",
            "How many more it lets pass until any node will do; -1 for a number that grows with the containers that are"
                    + " asked for."),
    LOCALITY_WAIT(
            "heddle.scheduler.locality-wait-ms",
            "3000",
            "After how long a node in the rack will do all the same, and after twice as long any node: where few nodes"
                    + " have room, opportunities are rare; -1 for never."),
    LEGACY_QUEUE_MODE(
            "yarn.scheduler.capacity.legacy-queue-mode.enabled",
            "true",
            "Whether the children of a queue must all have percentages, all weights or all amounts."),
    QUEUE_MAPPINGS(
            "yarn.scheduler.capacity.queue-mappings",
            "",
            "Which queue takes whose applications: `u:USER:QUEUE` and `g:GROUP:QUEUE`, parted by commas, the first that"
                    + " fits; `%user`, `%primary_group`, `%secondary_group` and `%application` stand for what they say."),
    APPLICATION_MAPPINGS(
            "yarn.scheduler.queue-placement-rules.app-name",
            "",
            "The same by the application's name, after the former: `NAME:QUEUE`."),
    OVERRIDE(
            "yarn.scheduler.capacity.queue-mappings-override.enable",
            "false",
            "Whether the rules hold also for applications that name another queue than `default`."),
    RULE_KINDS(
            "yarn.scheduler.queue-placement-rules",
            "user-group",
            "`user-group` and `app-name`, which both stand for all rules; other kinds are not supported."),
    RULE_FORMAT(
            "yarn.scheduler.capacity.mapping-rule-format",
            "legacy",
            "`legacy` for the keys above, `json` for those below."),
    RULE_JSON("yarn.scheduler.capacity.mapping-rule-json", "", "The rules in JSON."),
    RULE_FILE("yarn.scheduler.capacity.mapping-rule-json-file", "", "The file with the rules in JSON."),
    PREEMPTION(
            "yarn.resourcemanager.scheduler.monitor.enable",
            "false",
            "Whether queues that are owed a part of what they are guaranteed get it from those that have more than theirs."),
    PREEMPTION_POLICIES(
            "yarn.resourcemanager.scheduler.monitor.policies",
            "org.apache.hadoop.yarn.server.resourcemanager.monitor.capacity.ProportionalCapacityPreemptionPolicy",
            "By which rules: there is one that is known here, and nothing is taken from anybody where it is not named."),
    PREEMPTION_OBSERVE_ONLY(
            "yarn.resourcemanager.monitor.capacity.preemption.observe_only",
            "false",
            "Whether what would be taken is only written to the log, each time that it is something else."),
    PREEMPTION_INTERVAL(
            "yarn.resourcemanager.monitor.capacity.preemption.monitoring_interval",
            "3000",
            "How often that is looked at, in ms; not more often than once a second."),
    PREEMPTION_GRACE(
            "yarn.resourcemanager.monitor.capacity.preemption.max_wait_before_kill",
            "15000",
            "How long before a container is ended its master is told, in ms."),
    PREEMPTION_PER_ROUND(
            "yarn.resourcemanager.monitor.capacity.preemption.total_preemption_per_round",
            "0.1",
            "How much of the cluster may be about to be taken at the same time, from 0 to 1."),
    PREEMPTION_IGNORED(
            "yarn.resourcemanager.monitor.capacity.preemption.max_ignored_over_capacity",
            "0.1",
            "How far over its guarantee a queue may be without anything being taken: 0.1 for a tenth of it."),
    PREEMPTION_NATURAL_TERMINATION(
            "yarn.resourcemanager.monitor.capacity.preemption.natural_termination_factor",
            "0.2",
            "How much of what is owed is taken at a time, from 0 to 1: the rest is expected to end by itself meanwhile."),
    PREEMPTION_INSIDE(
            "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.enabled",
            "false",
            "Whether applications of a higher priority, and users who are below their limit, get what they want from"
                    + " others in the same queue."),
    PREEMPTION_INSIDE_ORDER(
            "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.preemption-order-policy",
            "userlimit_first",
            "Whether nothing is taken from users who are not over their limit (`userlimit_first`), or priorities alone"
                    + " count (`priority_first`)."),
    PREEMPTION_INSIDE_THRESHOLD(
            "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.minimum-threshold",
            "0.5",
            "How much of its guarantee a queue must use before anything is taken inside it, from 0 to 1."),
    PREEMPTION_INSIDE_LIMIT(
            "yarn.resourcemanager.monitor.capacity.preemption.intra-queue-preemption.max-allowable-limit",
            "0.2",
            "How much of a queue's guarantee may be about to be taken inside it at the same time, from 0 to 1.");

    /** Begins the keys of users. */
    static final String USER = "yarn.scheduler.capacity.user.";

    /** Ends the keys of users. */
    static final String OF_USER = ".max-parallel-apps";

    private final String key;
    private final String unset;
    private final String description;

    ClusterKey(String key, String unset, String description) {
        this.key = key;
        this.unset = unset;
        this.description = description;
    }

    /** The whole key. */
    public String key() {
        return key;
    }

    /** The default as it would be written, or nothing where there is none. */
    public String unset() {
        return unset;
    }

    /** For the reference page. */
    public String description() {
        return description;
    }
}
