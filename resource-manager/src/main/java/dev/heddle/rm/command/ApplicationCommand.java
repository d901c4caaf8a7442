package dev.heddle.rm.command;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;

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
}
