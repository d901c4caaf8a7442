package dev.heddle.rm.security;

import dev.heddle.common.rpc.Caller;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Who may see, change and submit what: YARN's rules ({@code yarn.acl.enable}, {@code yarn.admin.acl}, the lists of queues
 * and those that applications bring). Safe for use by any thread.
 */
public final class Access {
    /**
     * The rules.
     *
     * @param enabled whether applications are guarded at all
     * @param onlyViewable whether lists of applications leave out what the reader may not see
     */
    public record Rules(boolean enabled, boolean onlyViewable) {}

    /** Who asks, with the groups that may matter. */
    public static final class Person {
        private final Rules rules;
        private final QueueAcls queues;
        private final String user;
        private final List<String> groups;
        private final boolean administrator;

        Person(Rules rules, QueueAcls queues, String user, List<String> groups, boolean administrator) {
            this.rules = rules;
            this.queues = queues;
            this.user = user;
            this.groups = groups;
            this.administrator = administrator;
        }

        public String user() {
            return user;
        }

        /** The primary one first; none where nobody's groups matter. */
        public List<String> groups() {
            return groups;
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

        /**
         * Whether submissions by this person to a queue are taken.
         *
         * @param queue its path, or the last part of it; one that there is not is for others to refuse
         */
        public boolean maySubmit(String queue) {
            QueueSpec known = queues.plan().queue(queue);
            return !rules.enabled() || known == null || submits(known.path()) || mayAdminister(known.path());
        }

        /** Whether the queue or one above it lists this person among its submitters; also where nothing is guarded. */
        public boolean submits(String path) {
            return queues.anyAbove(path, lists -> lists.submitters().has(user, groups));
        }

        /** Whether the queue or one above it lists this person among its administrators. */
        public boolean mayAdminister(String path) {
            return queues.anyAbove(path, lists -> lists.administrators().has(user, groups));
        }

        /** The queues that there are. */
        public QueuePlan queues() {
            return queues.plan();
        }

        /** Whether lists leave out what this person may not view. */
        public boolean seesOnlyViewable() {
            return rules.onlyViewable();
        }
    }

    private final Rules rules;
    private final Administrators administrators;
    private final Executor slow;
    private final CurrentQueues current;
    private volatile QueueAcls queues;

    /**
     * The rules' keeper.
     *
     * @param administrators who may do everything
     * @param slow for looking up groups, which may wait
     */
    public Access(Rules rules, CurrentQueues current, Administrators administrators, Executor slow) {
        this.rules = rules;
        this.current = current;
        this.queues = new QueueAcls(current.plan());
        this.administrators = administrators;
        this.slow = slow;
    }

    /** The lists of the plan that holds now. */
    private QueueAcls queues() {
        QueueAcls known = queues;
        QueuePlan plan = current.plan();
        if (known.isOf(plan)) {
            return known;
        }
        QueueAcls fresh = new QueueAcls(plan);
        queues = fresh;
        return fresh;
    }

    /** Who calls. Ready at once where nobody's groups matter. */
    public CompletionStage<Person> person(Caller caller) {
        QueueAcls acls = queues();
        if (!rules.enabled() && !acls.nameGroups() && !current.rules().needGroups()) {
            return CompletableFuture.completedFuture(person(acls, caller.user(), List.of()));
        }
        return CompletableFuture.supplyAsync(
                () -> person(acls, caller.user(), List.of(caller.identity().getGroupNames())), slow);
    }

    private Person person(QueueAcls acls, String user, List<String> groups) {
        return new Person(rules, acls, user, groups, administrators.has(user, groups));
    }
}
