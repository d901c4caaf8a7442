package dev.heddle.rm.event;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import java.util.List;

/** What happens to the queues. */
public sealed interface QueueEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void queuesReplaced(QueuesReplaced event);

        void preemptionObserved(PreemptionObserved event);
    }

    /** Containers would be taken from applications, if that were not only looked at; others than before. */
    record PreemptionObserved(List<String> sentences) implements QueueEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.queues().preemptionObserved(this);
        }
    }

    /** Another plan of queues holds. Every application that is not over has its queue in it, as a leaf. */
    record QueuesReplaced(QueuePlan plan) implements QueueEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.queues().queuesReplaced(this);
        }
    }
}
