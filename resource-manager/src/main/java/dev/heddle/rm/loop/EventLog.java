package dev.heddle.rm.loop;

import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.state.ClusterState;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what operators look for: the lives of applications, attempts and nodes, each event once, with its reason. */
public final class EventLog implements Publisher {
    private static final Logger log = LoggerFactory.getLogger(EventLog.class);

    @Override
    public void publish(ClusterState state, List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.Durable
                    || event instanceof AttemptEvent.AttemptRegistered
                    || event instanceof NodeEvent.NodeJoined
                    || event instanceof NodeEvent.NodeStateChanged
                    || event instanceof NodeEvent.NodeDecommissioning
                    || event instanceof NodeEvent.NodeResized
                    || event instanceof NodeEvent.NodeListsReplaced
                    || event instanceof NodeEvent.NodeGone) {
                log.info("{}", event);
            } else if (event instanceof ContainerEvent.PreemptionNoticed notice) {
                log.info("told: {}", notice.why());
            } else if (event instanceof QueueEvent.PreemptionObserved observed) {
                log.info(
                        "preemption is only observed; {} containers would go",
                        observed.sentences().size());
                observed.sentences().forEach(sentence -> log.info("would go: {}", sentence));
            } else if (event instanceof ApplicationEvent.LogsReported report && isFailure(report.state())) {
                log.warn("{}", event);
            }
        }
    }

    private static boolean isFailure(LogState state) {
        return switch (state) {
            case RUNNING_WITH_FAILURE, FAILED, TIMED_OUT -> true;
            case NOT_STARTED, RUNNING, SUCCEEDED -> false;
        };
    }
}
