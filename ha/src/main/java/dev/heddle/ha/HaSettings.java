package dev.heddle.ha;

import dev.heddle.common.config.Setting;
import java.util.List;

/** Every setting that this module reads. */
public final class HaSettings {
    public static final Setting<String> ZOOKEEPER_ADDRESS = Setting.text(
            "hadoop.zk.address",
            "",
            "ZooKeeper servers that resource managers elect their leader on: host:port, several separated by commas.");

    public static final Setting<String> ZOOKEEPER_ADDRESS_OF_RESOURCE_MANAGER = Setting.text(
            "yarn.resourcemanager.zk-address",
            "",
            "YARN's older name for hadoop.zk.address; it wins where both are set.");

    public static final Setting<Integer> SESSION_TIMEOUT = Setting.integer(
            "hadoop.zk.timeout-ms",
            10_000,
            1_000,
            600_000,
            "ms",
            "How long ZooKeeper waits for a sign of life before it gives the leadership of a silent resource manager to"
                    + " another. YARN's older name yarn.resourcemanager.zk-timeout-ms is understood too.");

    public static final Setting<String> CLUSTER_ID = Setting.text(
            "yarn.resourcemanager.cluster-id",
            "heddle",
            "The cluster's name: resource managers with the same name on the same ZooKeeper elect one leader.");

    public static final Setting<String> ELECTION_BASE_PATH = Setting.text(
            "yarn.resourcemanager.ha.automatic-failover.zk-base-path",
            "/yarn-leader-election",
            "The znode below which a cluster's election happens, in a child that has the cluster's name.");

    public static final Setting<Long> CONNECT_LIMIT = Setting.millis(
            "heddle.ha.connect-limit-ms",
            15_000,
            "How long a resource manager that starts waits for ZooKeeper before it gives up.");

    public static final Setting<String> SERVER_ADDRESS = Setting.text(
            "heddle.zookeeper.address",
            "127.0.0.1:2181",
            "host:port that Heddle's own ZooKeeper server listens on; port 0 takes a free one. It asks nobody for a"
                    + " password: keep it on an address that only the cluster's machines reach.");

    public static final Setting<String> SERVER_DATA_DIRECTORY = Setting.text(
            "heddle.zookeeper.data-dir",
            "",
            "Directory in which Heddle's own ZooKeeper server keeps its data; required.");

    public static final Setting<Integer> SERVER_TICK = Setting.integer(
            "heddle.zookeeper.tick-ms",
            500,
            50,
            10_000,
            "ms",
            "The tick of Heddle's own ZooKeeper server: sessions time out after two ticks at the earliest.");

    private HaSettings() {}

    public static List<Setting<?>> all() {
        return List.of(
                ZOOKEEPER_ADDRESS,
                ZOOKEEPER_ADDRESS_OF_RESOURCE_MANAGER,
                SESSION_TIMEOUT,
                CLUSTER_ID,
                ELECTION_BASE_PATH,
                CONNECT_LIMIT,
                SERVER_ADDRESS,
                SERVER_DATA_DIRECTORY,
                SERVER_TICK);
    }
}
