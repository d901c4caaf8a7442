package dev.heddle.app.master;

import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.Container;

/** Starts executors in containers. */
interface ExecutorStarter {
    /**
     * Returns at once.
     *
     * @param failed told the reason, on another thread, if the node does not take the container
     */
    void start(String executorId, Container container, Consumer<String> failed);
}
