package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;

/** A container that may go. Of one round. */
final class Victim {
    final Container container;
    final Node node;
    final Budget budget;
    private final Holder holder;

    /** Whether its master has been told already, in an earlier round. */
    final boolean noticed;

    /** How dear it is: the cheaper one has the lower number. */
    final int rank;

    private boolean taken;

    /** The attempt that has it. */
    static final class Holder {
        final Attempt attempt;
        private final int rank;
        private int others;

        /** An attempt, with a rank: the lower, the sooner it loses something. */
        Holder(Attempt attempt, int rank) {
            this.attempt = attempt;
            this.rank = rank;
        }

        /** There is another container besides the master's. */
        void countOther() {
            others++;
        }
    }

    Victim(Container container, Node node, Budget budget, Holder holder, boolean noticed, int rank) {
        this.container = container;
        this.node = node;
        this.budget = budget;
        this.holder = holder;
        this.noticed = noticed;
        this.rank = rank;
    }

    Resource size() {
        return container.resource();
    }

    Attempt attempt() {
        return holder.attempt;
    }

    int holderRank() {
        return holder.rank;
    }

    /** Whether it may go as things are: a master only after everything that would go with it. */
    boolean mayGo() {
        return !taken && budget.isOpen() && (!container.isMaster() || (holder.others == 0 && budget.maySpareMaster()));
    }

    /** Its loss to somebody, for a container with a number. */
    Loss lost(int room, Claim claim) {
        return new Loss(
                container.id(),
                container.node(),
                container.resource(),
                container.isMaster(),
                holder.attempt.application().queue().path(),
                room,
                claim);
    }

    void take() {
        taken = true;
        budget.settle(size(), container.isMaster());
        if (!container.isMaster()) {
            holder.others--;
        }
    }
}
