package dev.heddle.rm.scheduler.queue.config;

/** The keys of one queue, which begin with a prefix and the queue's path. */
public enum QueueKey {
    QUEUES("queues", "", "The names of the queues below it, parted by commas; none in a leaf."),
    CAPACITY(
            "capacity",
            "0",
            "What it is promised of its parent: a percentage (`40`), a weight among its siblings (`3w`) or an amount"
                    + " (`[memory=10240,vcores=12]`, memory in MB or with a unit)."),
    MAXIMUM_CAPACITY(
            "maximum-capacity",
            "100",
            "What it may have at most: a percentage of what its parent may have, or an amount where its capacity is one."),
    ALLOW_ZERO_SUM(
            "allow-zero-capacity-sum",
            "false",
            "Whether its children may be promised nothing while it is promised something itself."),
    ACCESSIBLE_LABELS(
            "accessible-node-labels",
            "as its parent",
            "The labels of the nodes that it may use besides those without a label, parted by commas; `*` for all, a"
                    + " space for none. With a label, `capacity`, `maximum-capacity` and `maximum-am-resource-percent`"
                    + " are what it has of the nodes with it: `accessible-node-labels.LABEL.capacity`."),
    DEFAULT_LABEL(
            "default-node-label-expression",
            "as its parent, where it may use the same labels",
            "The label of the nodes that applications get that name none."),
    MASTER_SHARE(
            "maximum-am-resource-percent",
            "as for the cluster",
            "How much of it may be taken by application masters, from 0 to 1."),
    MINIMUM_USER_LIMIT(
            "minimum-user-limit-percent",
            "as for the cluster",
            "How much each user is left with at least, in percent, when many want something."),
    USER_LIMIT_FACTOR(
            "user-limit-factor",
            "as for the cluster",
            "How many times what the queue is promised one user may have; negative for no limit."),
    USER_SETTINGS(
            "user-settings",
            "1",
            "With `.USER.weight`: how much a user counts beside others; also for the queues below."),
    MAXIMUM_APPLICATIONS(
            "maximum-applications",
            "its part of the cluster's",
            "How many applications that are not over it may have."),
    PARALLEL_APPLICATIONS(
            "max-parallel-apps",
            "as for the cluster",
            "How many applications in it, or below it, may run at the same time."),
    MAXIMUM_ALLOCATION(
            "maximum-allocation",
            "as its parent",
            "The largest container, such as `memory-mb=4096,vcores=2`; what is not named is as its parent's. Not over"
                    + " the cluster's."),
    MAXIMUM_ALLOCATION_MB("maximum-allocation-mb", "as its parent", "As the former, for the memory in MB alone."),
    MAXIMUM_ALLOCATION_VCORES("maximum-allocation-vcores", "as its parent", "As the former, for the cores alone."),
    MAXIMUM_LIFETIME(
            "maximum-application-lifetime",
            "as its parent",
            "How long an application may take at most, in s; 0 for ever."),
    DEFAULT_LIFETIME(
            "default-application-lifetime",
            "as its parent",
            "How long an application may take that does not say, in s."),
    DEFAULT_PRIORITY("default-application-priority", "0", "The priority of applications that name none."),
    STATE(
            "state",
            "as its parent, or RUNNING",
            "`RUNNING` or `STOPPED`: a stopped queue takes no applications, and neither do those below it."),
    PRIORITY("priority", "0", "The higher comes first, where its parent orders by `priority-utilization`."),
    ORDERING(
            "ordering-policy",
            "fifo",
            "Of a leaf: `fifo`, `fair`, `fifo-with-partitions`, `fifo-for-pending-apps` (the latter two as `fifo`). Of a"
                    + " parent: `utilization` or `priority-utilization`, by default as its parent's, then"
                    + " `utilization`."),
    ORDERING_BY_SIZE(
            "ordering-policy.fair.enable-size-based-weight",
            "false",
            "Whether `fair` counts what an application has in proportion to what it wants."),
    SUBMITTERS(
            "acl_submit_applications",
            "everybody in the root, nobody below",
            "Who may submit to it, or to the queues below: users, parted by commas, then a space, then groups."),
    ADMINISTRATORS(
            "acl_administer_queue",
            "everybody in the root, nobody below",
            "Who may change the applications in it, or in the queues below."),
    NO_PREEMPTION(
            "disable_preemption",
            "as its parent, or false",
            "Whether nothing is taken from its applications for other queues."),
    NO_PREEMPTION_INSIDE(
            "intra-queue-preemption.disable_preemption",
            "as its parent, or false",
            "Whether nothing is taken from its applications for others in it."),
    APPLICATION_ORDER(
            "application-order",
            "policy",
            "Of a leaf: `policy` for what `ordering-policy` says, `dominant` for whoever has the smallest part of the kind"
                    + " of resource that he has most of, which YARN's scheduler has no order for."),
    NODE_ORDER(
            "node-order",
            "as its parent, or spread",
            "Which of several nodes is taken: `spread` for one after the other, `pack` for the fullest.");

    /** Begins the keys that YARN knows. */
    static final String YARN = "yarn.scheduler.capacity.";

    /** Begins the keys that are Heddle's own. */
    static final String HEDDLE = "heddle.scheduler.";

    private static final String LABELS = "accessible-node-labels.";
    static final String WEIGHT = ".weight";

    private final String suffix;
    private final String unset;
    private final String description;

    QueueKey(String suffix, String unset, String description) {
        this.suffix = suffix;
        this.unset = unset;
        this.description = description;
    }

    private String prefix() {
        return isHeddles() ? HEDDLE : YARN;
    }

    /** The key of a queue. */
    public String of(String path) {
        return prefix() + path + "." + suffix;
    }

    /** The key of a queue for the nodes with a label, {@code ""} for those without. */
    String of(String path, String label) {
        return label.isEmpty() ? of(path) : YARN + path + "." + LABELS + label + "." + suffix;
    }

    /** Whether YARN knows no such key. */
    boolean isHeddles() {
        return this == NODE_ORDER || this == APPLICATION_ORDER;
    }

    /** Whether there is a key of the same name for each label. */
    boolean isOfLabels() {
        return this == CAPACITY || this == MAXIMUM_CAPACITY || this == MASTER_SHARE;
    }

    /** What stands behind the path. */
    public String suffix() {
        return suffix;
    }

    /** What holds where it is not set, in words or as it would be written. */
    public String unset() {
        return unset;
    }

    /** For the reference page. */
    public String description() {
        return description;
    }

    /** The whole key with a placeholder for the path. */
    public String pattern() {
        return of("PATH");
    }

    /** The label in a key of the form {@code accessible-node-labels.LABEL.…} behind a queue's path, or "" for another one. */
    static String label(String afterPath) {
        if (!afterPath.startsWith(LABELS)) {
            return "";
        }
        int end = afterPath.indexOf('.', LABELS.length());
        return end < 0 ? "" : afterPath.substring(LABELS.length(), end);
    }

    /** Whether a key of YARN's with this behind a queue's path is read. */
    static boolean isRead(String afterPath) {
        String label = label(afterPath);
        if (!label.isEmpty()) {
            String rest = afterPath.substring(LABELS.length() + label.length() + 1);
            for (QueueKey key : values()) {
                if (key.isOfLabels() && key.suffix.equals(rest)) {
                    return true;
                }
            }
            return false;
        }
        if (afterPath.startsWith(USER_SETTINGS.suffix + ".")) {
            return afterPath.endsWith(WEIGHT)
                    && afterPath.length() > USER_SETTINGS.suffix.length() + 1 + WEIGHT.length();
        }
        for (QueueKey key : values()) {
            if (!key.isHeddles() && key != USER_SETTINGS && key.suffix.equals(afterPath)) {
                return true;
            }
        }
        return false;
    }
}
