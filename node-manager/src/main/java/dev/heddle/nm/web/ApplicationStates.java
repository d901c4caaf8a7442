package dev.heddle.nm.web;

import dev.heddle.nm.snapshot.ApplicationSnapshot;
import java.util.Set;

/** YARN's words for where an application is on a node. */
final class ApplicationStates {
    static final String CLASS =
            "org.apache.hadoop.yarn.server.nodemanager.containermanager.application.ApplicationState";

    static final Set<String> ALL = Set.of(
            "NEW", "INITING", "RUNNING", "FINISHING_CONTAINERS_WAIT", "APPLICATION_RESOURCES_CLEANINGUP", "FINISHED");

    private ApplicationStates() {}

    /** @param containerLeft whether a container of it has not ended yet */
    static String of(ApplicationSnapshot application, boolean containerLeft) {
        if (!application.ending()) {
            return "RUNNING";
        }
        return containerLeft ? "FINISHING_CONTAINERS_WAIT" : "APPLICATION_RESOURCES_CLEANINGUP";
    }
}
