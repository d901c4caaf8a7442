package dev.heddle.rm.security;

import dev.heddle.common.rpc.Caller;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationSpec;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * Who may see, change and submit what: YARN's rules ({@code yarn.acl.enable}, {@code yarn.admin.acl}, the lists of queues
 * and those that applications bring). Safe for use by any thread.
 */
public final class Access {
    private static final String ROOT = "root";
    private static final String LEAF = "root.default";

    /**
     * The rules.
     *
     * @param enabled whether applications are guarded at all
     * @param leaf what is added for the one queue; what holds for the root holds there, too
     * @param onlyViewable whether lists of applications leave out what the reader may not see
     */
    public record Rules(boolean enabled, QueueRules root, QueueRules leaf, boolean onlyViewable) {}

    /** Who may do what in a queue. */
    public record QueueRules(AccessList administrators, AccessList submitters) {}

    /** Who asks, with the groups that may matter. */
    public static final class Person {
        private final Rules rules;
        private final String user;
        private final Set<String> groups;
        private final boolean administrator;

        Person(Rules rules, String user, Set<String> groups, boolean administrator) {
            this.rules = rules;
            this.user = user;
            this.groups = groups;
            this.administrator = administrator;
        }

        public String user() {
            return user;
        }

        /** Whether the reports of an application are for this person's eyes. */
        public boolean mayView(ApplicationSpec application) {
            return may(application, application.acls().view());
        }

        /** Whether this person may kill an application, or change it. */
        public boolean mayModify(ApplicationSpec application) {
            return may(application, application.acls().modify());
        }

        private boolean may(ApplicationSpec application, String list) {
            return !rules.enabled()
                    || administrator
                    || user.equals(application.user())
                    || mayAdminister(application.queue())
                    || (!list.equals(ApplicationAcls.NOBODY.view())
                            && AccessList.parse(list).has(user, groups));
        }

        /** Whether submissions by this person to the queue are taken. */
        public boolean maySubmit() {
            return !rules.enabled() || submits(LEAF) || mayAdminister(LEAF);
        }

        /** Whether the queue lists this person among its submitters; asked also where applications are not guarded. */
        public boolean submits(String queue) {
            return rules.root().submitters().has(user, groups)
                    || (!queue.equals(ROOT) && rules.leaf().submitters().has(user, groups));
        }

        /** Whether the queue lists this person among its administrators. */
        public boolean mayAdminister(String queue) {
            return rules.root().administrators().has(user, groups)
                    || (!queue.equals(ROOT) && rules.leaf().administrators().has(user, groups));
        }

        /** Whether lists leave out what this person may not view. */
        public boolean seesOnlyViewable() {
            return rules.onlyViewable();
        }
    }

    private final Rules rules;
    private final Administrators administrators;
    private final Executor slow;

    /**
     * The rules' keeper.
     *
     * @param administrators who may do everything
     * @param slow for looking up groups, which may wait
     */
    public Access(Rules rules, Administrators administrators, Executor slow) {
        this.rules = rules;
        this.administrators = administrators;
        this.slow = slow;
    }

    /** Who calls. Ready at once where nobody's groups matter. */
    public CompletionStage<Person> person(Caller caller) {
        if (!groupsMatter()) {
            return CompletableFuture.completedFuture(person(caller.user(), Set.of()));
        }
        return CompletableFuture.supplyAsync(() -> person(caller.user(), groups(caller.identity())), slow);
    }

    private Person person(String user, Set<String> groups) {
        return new Person(rules, user, groups, administrators.has(user, groups));
    }

    /** Lists that applications bring may name groups, so groups matter wherever applications are guarded. */
    private boolean groupsMatter() {
        return rules.enabled()
                || !rules.root().administrators().groups().isEmpty()
                || !rules.root().submitters().groups().isEmpty()
                || !rules.leaf().administrators().groups().isEmpty()
                || !rules.leaf().submitters().groups().isEmpty();
    }

    private static Set<String> groups(UserGroupInformation identity) {
        return Set.copyOf(List.of(identity.getGroupNames()));
    }
}
