package dev.heddle.rm.command;

/** Who answers which commands. */
public record CommandHandlers(
        ApplicationCommand.Handler applications,
        MasterCommand.Handler masters,
        NodeCommand.Handler nodes,
        AdminCommand.Handler administration,
        CoreCommand.Handler core) {}
