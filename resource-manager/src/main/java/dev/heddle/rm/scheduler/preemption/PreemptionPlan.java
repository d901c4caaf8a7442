package dev.heddle.rm.scheduler.preemption;

import java.util.List;

/** What would go, the first to be chosen first. */
public record PreemptionPlan(List<Loss> losses) {
    /** Nothing is owed to anybody, or there is nothing that would help. */
    public static final PreemptionPlan NOTHING = new PreemptionPlan(List.of());

    public PreemptionPlan {
        losses = List.copyOf(losses);
    }

    /** One for each container: who loses it, to whom, and why. */
    public List<String> sentences() {
        return losses.stream().map(Loss::sentence).toList();
    }
}
