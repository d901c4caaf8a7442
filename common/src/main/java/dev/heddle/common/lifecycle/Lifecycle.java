package dev.heddle.common.lifecycle;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The states of one kind of entity and the transitions between them that are allowed. Immutable.
 *
 * @param <S> the states, in the order in which a diagram shows them
 */
public final class Lifecycle<S extends Enum<S>> {
    private final String name;
    private final S initial;
    private final Map<S, Set<S>> successors;

    private Lifecycle(String name, S initial, Map<S, Set<S>> successors) {
        this.name = name;
        this.initial = initial;
        this.successors = successors;
    }

    /** Begins a table in which no transition is allowed yet. */
    public static <S extends Enum<S>> Builder<S> of(String name, Class<S> states, S initial) {
        return new Builder<>(name, states, initial);
    }

    public S initial() {
        return initial;
    }

    public boolean allows(S from, S to) {
        return successors.getOrDefault(from, Set.of()).contains(to);
    }

    /** Whether nothing follows this state. */
    public boolean isFinal(S state) {
        return successors.getOrDefault(state, Set.of()).isEmpty();
    }

    /**
     * Checks one transition.
     *
     * @return {@code to}
     * @throws IllegalStateException if the table does not allow it: a defect in the caller
     */
    public S transition(S from, S to) {
        if (!allows(from, to)) {
            throw new IllegalStateException(name + " cannot go from " + from + " to " + to);
        }
        return to;
    }

    /** The table as a Mermaid state diagram. */
    public String toMermaid() {
        StringBuilder diagram = new StringBuilder("stateDiagram-v2\n    [*] --> ").append(initial);
        diagram.append('\n');
        successors.forEach((from, targets) -> {
            if (targets.isEmpty()) {
                diagram.append("    ").append(from).append(" --> [*]\n");
            }
            targets.forEach(to -> diagram.append("    ")
                    .append(from)
                    .append(" --> ")
                    .append(to)
                    .append('\n'));
        });
        return diagram.toString();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Collects the transitions of a table. */
    public static final class Builder<S extends Enum<S>> {
        private final String name;
        private final S initial;
        private final Map<S, Set<S>> successors;

        private Builder(String name, Class<S> states, S initial) {
            this.name = name;
            this.initial = initial;
            this.successors = new EnumMap<>(states);
            for (S state : states.getEnumConstants()) {
                successors.put(state, EnumSet.noneOf(states));
            }
        }

        /** Allows the transitions from one state to each of the others. */
        public Builder<S> allow(S from, Set<S> to) {
            successors
                    .computeIfAbsent(from, state -> EnumSet.noneOf(from.getDeclaringClass()))
                    .addAll(to);
            return this;
        }

        public Lifecycle<S> build() {
            return new Lifecycle<>(name, initial, successors);
        }
    }
}
