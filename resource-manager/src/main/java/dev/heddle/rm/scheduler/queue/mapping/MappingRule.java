package dev.heddle.rm.scheduler.queue.mapping;

/**
 * What is done with which applications.
 *
 * @param otherwise what is done where the action leads to no leaf
 */
record MappingRule(Condition condition, Action action, Fallback otherwise) {
    /** Which applications. */
    sealed interface Condition {
        /** Every one. */
        record Always() implements Condition {}

        /**
         * Those of which a variable has a value.
         *
         * @param value with variables in it
         */
        record Variable(String name, String value) implements Condition {}

        /**
         * Those of the users in a group.
         *
         * @param name with variables in it
         */
        record Group(String name) implements Condition {}
    }

    /** What is done. */
    sealed interface Action {
        /**
         * They go to a queue.
         *
         * @param pattern a path, of which whole parts may be variables
         */
        record Place(String pattern) implements Action {}

        /** They are refused. */
        record Reject() implements Action {}

        /**
         * The rules that follow have another default queue; this one decides nothing.
         *
         * @param value with variables in it
         */
        record SetDefault(String value) implements Action {}
    }

    /** What is done instead. */
    enum Fallback {
        /** The next rule decides. */
        SKIP,
        /** It is refused. */
        REJECT,
        /** It goes to the default queue. */
        DEFAULT
    }
}
