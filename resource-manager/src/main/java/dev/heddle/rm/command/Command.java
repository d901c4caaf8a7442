package dev.heddle.rm.command;

/**
 * Something that an edge asks of the core.
 *
 * @param <R> the reply
 */
public sealed interface Command<R> permits ApplicationCommand, MasterCommand, NodeCommand, AdminCommand, CoreCommand {
    /**
     * Calls the handler's method for this kind of command.
     *
     * @throws Refusal if the caller may mend what was asked
     */
    R on(CommandHandlers handlers);
}
