package dev.heddle.app.master;

import java.util.List;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerStatus;

/** What the resource manager says, told by the thread that speaks with it. */
interface ContainerEvents {
    void granted(List<Container> containers);

    void completed(List<ContainerStatus> statuses);

    /**
     * The resource manager does not talk to this attempt any more. Comes last.
     *
     * @param reason one line
     */
    void disowned(String reason);

    /** Between 0 and 1. */
    float progress();
}
