package dev.heddle.rm.command;

import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.List;

/**
 * What a master wants.
 *
 * @param asks rows that replace former ones
 * @param schedulingAsks containers that are to be placed under constraints
 * @param releases containers that it gives back
 * @param blacklist where it wants nothing any more, and where it does again
 * @param updates of containers that it has
 */
public record Wishes(
        List<Ask> asks,
        List<SchedulingAsk> schedulingAsks,
        List<ContainerId> releases,
        BlacklistChange blacklist,
        List<UpdateWish> updates) {
    public Wishes {
        asks = List.copyOf(asks);
        schedulingAsks = List.copyOf(schedulingAsks);
        releases = List.copyOf(releases);
        updates = List.copyOf(updates);
    }

    /** Wishes without scheduling requests. */
    public Wishes(List<Ask> asks, List<ContainerId> releases, BlacklistChange blacklist, List<UpdateWish> updates) {
        this(asks, List.of(), releases, blacklist, updates);
    }

    /** Scheduling requests alone. */
    public static Wishes of(List<SchedulingAsk> schedulingAsks) {
        return new Wishes(List.of(), schedulingAsks, List.of(), BlacklistChange.NONE, List.of());
    }

    public static Wishes of(List<Ask> asks, List<ContainerId> releases) {
        return new Wishes(asks, releases, BlacklistChange.NONE, List.of());
    }

    /** Hosts and racks; those that are in both lists come off. */
    public record BlacklistChange(List<String> additions, List<String> removals) {
        public static final BlacklistChange NONE = new BlacklistChange(List.of(), List.of());

        public BlacklistChange {
            additions = List.copyOf(additions);
            removals = List.copyOf(removals);
        }

        public boolean isEmpty() {
            return additions.isEmpty() && removals.isEmpty();
        }
    }
}
