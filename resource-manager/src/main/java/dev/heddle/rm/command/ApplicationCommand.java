package dev.heddle.rm.command;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;

/**
 * What clients want of applications.
 *
 * @param <R> the reply
 */
public sealed interface ApplicationCommand<R> extends Command<R> {
    /** One method for each kind, so that a new kind cannot be left without an answer. */
    interface Handler {
        NewApplication takeApplicationId(TakeApplicationId command);

        Done submitApplication(SubmitApplication command);

        Killed killApplication(KillApplication command);

        Done failAttempt(FailAttempt command);

        Done signalContainer(SignalContainer command);

        Done moveApplication(MoveApplication command);

        Integer changePriority(ChangePriority command);

        Long changeLifetime(ChangeLifetime command);
    }

    /** A client wants to submit an application and asks for an id. */
    record TakeApplicationId() implements ApplicationCommand<NewApplication> {
        @Override
        public NewApplication on(CommandHandlers handlers) {
            return handlers.applications().takeApplicationId(this);
        }
    }

    record SubmitApplication(ApplicationId application, ApplicationSpec spec) implements ApplicationCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.applications().submitApplication(this);
        }
    }

    /**
     * A user wants an application ended.
     *
     * @param diagnostics what the application's report will say
     */
    record KillApplication(ApplicationId application, String diagnostics) implements ApplicationCommand<Killed> {
        @Override
        public Killed on(CommandHandlers handlers) {
            return handlers.applications().killApplication(this);
        }
    }

    /** A user wants an attempt ended as failed, so that the next one begins. */
    record FailAttempt(AttemptId attempt) implements ApplicationCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.applications().failAttempt(this);
        }
    }

    /** A user wants a container's process told something. */
    record SignalContainer(ContainerId container, ContainerSignal signal) implements ApplicationCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.applications().signalContainer(this);
        }
    }

    /** A user wants an application in another queue. */
    record MoveApplication(ApplicationId application, String queue) implements ApplicationCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.applications().moveApplication(this);
        }
    }

    /** A user wants an application served earlier or later. The reply is the priority that it has now. */
    record ChangePriority(ApplicationId application, int priority) implements ApplicationCommand<Integer> {
        @Override
        public Integer on(CommandHandlers handlers) {
            return handlers.applications().changePriority(this);
        }
    }

    /**
     * A user wants an application to end by itself at another time, in ms since 1970. The reply is the time at which it
     * does, which may be earlier where the queue has a maximum; it is what was asked for where the application is over.
     */
    record ChangeLifetime(ApplicationId application, long expiresAtMs) implements ApplicationCommand<Long> {
        @Override
        public Long on(CommandHandlers handlers) {
            return handlers.applications().changeLifetime(this);
        }
    }
}
