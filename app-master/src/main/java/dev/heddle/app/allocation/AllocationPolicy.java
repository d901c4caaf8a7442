package dev.heddle.app.allocation;

import dev.heddle.app.scheduling.ExecutorActivity;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides how many executors an application should have, by the rules that Spark's users know as dynamic allocation: while
 * tasks wait, ask for one more executor, then two, then four, never for more than the tasks need; give executors back that
 * have been idle for long. Pure: the same state, observation and time always give the same decision.
 */
public final class AllocationPolicy {
    private final AllocationLimits limits;

    public AllocationPolicy(AllocationLimits limits) {
        this.limits = limits;
    }

    public AllocationState initial() {
        return new AllocationState(limits.initial(), 1, null, true);
    }

    /** Tasks wait, and none did before. */
    public AllocationState backlogged(AllocationState state, long nowMs) {
        if (state.addTimeMs() != null) {
            return state;
        }
        return new AllocationState(state.target(), state.addStep(), nowMs + limits.backlogMs(), state.initializing());
    }

    /** No task waits any more. */
    public AllocationState emptied(AllocationState state) {
        return new AllocationState(state.target(), 1, null, state.initializing());
    }

    /** To be asked at short intervals. */
    public AllocationDecision decide(AllocationState state, Observation observation, long nowMs) {
        List<String> timedOut = timedOut(observation, nowMs);
        boolean initializing = state.initializing() && timedOut.isEmpty() && !observation.submittedTasks();
        AllocationState next = new AllocationState(state.target(), state.addStep(), state.addTimeMs(), initializing);
        if (!initializing) {
            next = follow(next, observation, nowMs);
        }
        return new AllocationDecision(
                next, removable(timedOut, observation.executors().size(), next.target()));
    }

    private AllocationState follow(AllocationState state, Observation observation, long nowMs) {
        int need = need(observation);
        Long addTimeMs = state.addTimeMs();
        if (need < state.target()) {
            return new AllocationState(Math.max(need, limits.min()), 1, addTimeMs, false);
        }
        if (addTimeMs == null || nowMs < addTimeMs) {
            return state;
        }
        long nextTimeMs = nowMs + limits.sustainedBacklogMs();
        if (state.target() >= limits.max()) {
            return new AllocationState(state.target(), 1, nextTimeMs, false);
        }
        long wanted = (long) Math.max(state.target(), observation.executors().size()) + state.addStep();
        int target = (int) Math.max(limits.min(), Math.min(limits.max(), Math.min(wanted, need)));
        boolean wholeStep = target - state.target() == state.addStep();
        // The step doubles until it reaches what is needed, and never grows past what a number can hold.
        int addStep = wholeStep && state.addStep() <= Integer.MAX_VALUE / 2 ? state.addStep() * 2 : 1;
        return new AllocationState(target, addStep, nextTimeMs, false);
    }

    /** How many executors would run every task at once, times the ratio. */
    private int need(Observation observation) {
        double tasks = (double) observation.pendingTasks() + observation.runningTasks();
        return (int) Math.ceil(tasks * limits.ratio() / limits.slots());
    }

    private List<String> timedOut(Observation observation, long nowMs) {
        List<String> timedOut = new ArrayList<>();
        for (ExecutorActivity executor : observation.executors()) {
            if (executor.isIdle() && nowMs - executor.idleSinceMs() >= limits.idleMs()) {
                timedOut.add(executor.executorId());
            }
        }
        return timedOut;
    }

    private List<String> removable(List<String> timedOut, int executors, int target) {
        int spare = executors - Math.max(limits.min(), target);
        return timedOut.subList(0, Math.max(0, Math.min(spare, timedOut.size())));
    }
}
