package dev.heddle.rm.command;

/** Who answers which commands. */
public record CommandHandlers(
        ApplicationCommand.Handler applications,
        MasterCommand.Handler masters,
        NodeCommand.Handler nodes,
        CoreCommand.Handler core) {}
