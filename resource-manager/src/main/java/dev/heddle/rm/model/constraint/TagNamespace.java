package dev.heddle.rm.model.constraint;

import dev.heddle.rm.model.ApplicationId;

/** Whose containers a constraint looks at, seen from the application that has the constraint. Its text is YARN's. */
public sealed interface TagNamespace {
    /** One method for each kind, so that a new kind cannot be forgotten. */
    interface Cases<R> {
        R self();

        R notSelf();

        R all();

        R application(ApplicationId id);

        R applicationTag(String tag);
    }

    <R> R on(Cases<R> cases);

    /** Those that need no name. */
    enum Relative implements TagNamespace {
        /** The application's own. */
        SELF("self") {
            @Override
            public <R> R on(Cases<R> cases) {
                return cases.self();
            }
        },
        /** Those of every other application. */
        NOT_SELF("not-self") {
            @Override
            public <R> R on(Cases<R> cases) {
                return cases.notSelf();
            }
        },
        /** Those of every application. */
        ALL("all") {
            @Override
            public <R> R on(Cases<R> cases) {
                return cases.all();
            }
        };

        private final String word;

        Relative(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Those of one application, which need not be known. */
    record Application(ApplicationId id) implements TagNamespace {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.application(id);
        }

        @Override
        public String toString() {
            return "app-id/" + id;
        }
    }

    /** Those of the applications that were submitted with a tag. */
    record ApplicationTag(String tag) implements TagNamespace {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.applicationTag(tag);
        }

        @Override
        public String toString() {
            return "app-tag/" + tag;
        }
    }
}
