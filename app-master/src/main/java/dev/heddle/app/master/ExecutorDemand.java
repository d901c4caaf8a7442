package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.allocation.AllocationDecision;
import dev.heddle.app.allocation.AllocationLimits;
import dev.heddle.app.allocation.AllocationPolicy;
import dev.heddle.app.allocation.AllocationState;
import dev.heddle.app.allocation.Observation;
import dev.heddle.app.scheduling.TaskCounts;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** How many executors are wanted: a fixed number, or what {@link AllocationPolicy} says. Owned by the controller's thread. */
final class ExecutorDemand {
    private final @Nullable AllocationPolicy policy;
    private AllocationState state;

    private ExecutorDemand(@Nullable AllocationPolicy policy, AllocationState state) {
        this.policy = policy;
        this.state = state;
    }

    static ExecutorDemand from(Configuration conf) {
        if (ApplicationSettings.DYNAMIC_ENABLED.get(conf)) {
            return dynamic(new AllocationPolicy(AllocationLimits.from(conf)));
        }
        return fixed(ApplicationSettings.EXECUTOR_INSTANCES.get(conf));
    }

    static ExecutorDemand fixed(int executors) {
        return new ExecutorDemand(null, new AllocationState(executors, 1, null, false));
    }

    static ExecutorDemand dynamic(AllocationPolicy policy) {
        return new ExecutorDemand(policy, policy.initial());
    }

    int target() {
        return state.target();
    }

    /** To be called after each change of the number of pending tasks. */
    void tasksChanged(TaskCounts tasks, long nowMs) {
        if (policy != null) {
            state = tasks.pending() > 0 ? policy.backlogged(state, nowMs) : policy.emptied(state);
        }
    }

    /** Sets the target anew; returns the executors to give back. */
    List<String> decide(Observation observation, long nowMs) {
        if (policy == null) {
            return List.of();
        }
        AllocationDecision decision = policy.decide(state, observation, nowMs);
        state = decision.next();
        return decision.remove();
    }
}
