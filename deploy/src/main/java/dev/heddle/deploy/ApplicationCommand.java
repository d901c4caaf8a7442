package dev.heddle.deploy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle app}: what concerns one application, a subcommand for each question. */
@Command(
        name = "app",
        description = "Ask about an application.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = WhyCommand.class)
final class ApplicationCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
