package dev.heddle.rm.wire;

import dev.heddle.common.config.Setting;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings that say which nodes may join and how others leave; read at the start and whenever nodes are refreshed. */
public final class NodeListSettings {
    static final Setting<String> INCLUDED = Setting.text(
            YarnConfiguration.RM_NODES_INCLUDE_FILE_PATH,
            "",
            "File with the nodes that may join; where it is empty, all may.");
    static final Setting<String> EXCLUDED = Setting.text(
            YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH,
            "",
            "File with the nodes that may not join, or have to leave.");
    static final Setting<Integer> DECOMMISSION_TIMEOUT = Setting.integer(
            YarnConfiguration.RM_NODE_GRACEFUL_DECOMMISSION_TIMEOUT,
            YarnConfiguration.DEFAULT_RM_NODE_GRACEFUL_DECOMMISSION_TIMEOUT,
            -1,
            Integer.MAX_VALUE,
            "s",
            "How long a node that has to leave may take for what it runs, where neither the operator nor the file says;"
                    + " -1 sets no limit.");

    private NodeListSettings() {}

    /** Every setting of the lists of nodes. */
    public static List<Setting<?>> all() {
        return List.of(INCLUDED, EXCLUDED, DECOMMISSION_TIMEOUT);
    }
}
