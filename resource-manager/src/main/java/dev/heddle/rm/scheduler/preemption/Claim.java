package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;

/** Why somebody is to have what others have. */
public sealed interface Claim {
    /** Who is to have it. */
    ApplicationId application();

    /** The queue that it is in. */
    String queue();

    /** What counts of the container that it waits for. */
    Resource wanted();

    /** The reason, with its figures. */
    String why();

    /** As a person reads who it is. */
    default String whose() {
        return application() + " of queue " + queue();
    }

    /** How a queue stands in a partition. */
    record Standing(String queue, Resource used, Resource guaranteed) {
        @Override
        public String toString() {
            return "queue " + queue + " uses " + used + " and is guaranteed " + guaranteed;
        }
    }

    /** A queue has less than it is guaranteed, and another one more. */
    record Guarantee(ApplicationId application, String label, Standing owed, Standing owing, Resource wanted)
            implements Claim {
        @Override
        public String queue() {
            return owed.queue();
        }

        @Override
        public String why() {
            return "of the nodes " + (label.isEmpty() ? "without a label" : "with label " + label) + ", " + owed + ", "
                    + owing + ", and a container of " + wanted + " is waited for";
        }
    }

    /** An application in the same leaf is more urgent. */
    record Priority(ApplicationId application, String queue, int priority, int priorityOfOther, Resource wanted)
            implements Claim {
        @Override
        public String why() {
            return "it has priority " + priority + " and waits for a container of " + wanted
                    + ", and the other has priority " + priorityOfOther;
        }
    }

    /** An application in the same leaf is as urgent, and was there before. */
    record Age(ApplicationId application, String queue, Resource wanted) implements Claim {
        @Override
        public String why() {
            return "it was submitted earlier and waits for a container of " + wanted
                    + ", and the other has the same priority";
        }
    }

    /** A user of the same leaf has less than each may have. */
    record UserLimit(
            ApplicationId application, String queue, String user, Resource used, Resource limit, Resource wanted)
            implements Claim {
        @Override
        public String why() {
            return "user " + user + " uses " + used + ", over the limit of " + limit + ", and a container of " + wanted
                    + " is waited for";
        }
    }
}
