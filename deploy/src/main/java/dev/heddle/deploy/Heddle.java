package dev.heddle.deploy;

import dev.heddle.app.submit.SubmitCommand;
import dev.heddle.common.UserException;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code heddle}. Whatever goes wrong ends in one line on standard error and a status that is not zero: 2 for a
 * command line that cannot be understood, 1 for the rest. Stack traces appear with {@code --verbose} alone.
 */
@Command(
        name = "heddle",
        description = "A cluster resource manager that speaks YARN's protocols.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            SubmitCommand.class,
            ApplicationCommand.class,
            ResourceManagerCommand.class,
            NodeManagerCommand.class,
            ZooKeeperCommand.class,
            VersionCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Daemons, submit and app read yarn-site.xml from the directory in HADOOP_CONF_DIR.",
            "'heddle help COMMAND' explains one command."
        })
public final class Heddle {
    static final String VERBOSE = "--verbose";

    private static final int STATUS_FAILURE = 1;
    private static final List<String> DAEMONS = List.of("resource-manager", "node-manager", "zookeeper");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    private Heddle() {}

    public static void main(String[] arguments) {
        chooseLog(arguments);
        System.exit(commandLine().execute(arguments));
    }

    /** Before the first logger is made: daemons log what they do, commands only what is wrong. */
    private static void chooseLog(String[] arguments) {
        boolean daemon = arguments.length > 0 && DAEMONS.contains(arguments[0]);
        if (System.getProperty("log4j.configuration") == null) {
            System.setProperty(
                    "log4j.configuration", daemon ? "heddle-daemon-log.properties" : "heddle-command-log.properties");
        }
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Heddle(), Heddle::create);
        commandLine.setParameterExceptionHandler(Heddle::explainUsage);
        commandLine.setExecutionExceptionHandler(Heddle::explainFailure);
        commandLine.setExecutionStrategy(Heddle::run);
        return commandLine;
    }

    /** Submitting comes from a module that does not know the settings of the daemons, with which it shares its files. */
    private static <K> K create(Class<K> type) throws Exception {
        return type == SubmitCommand.class
                ? type.cast(new SubmitCommand(
                        configuration -> HeddleSettings.review(configuration).refuseUnknown()))
                : CommandLine.defaultFactory().create(type);
    }

    /** Runs the last command of the line; an error of the JVM's, a missing class say, is explained like an exception. */
    private static int run(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (Error e) {
            List<CommandLine> commands = parsed.asCommandLineList();
            throw new ExecutionException(commands.get(commands.size() - 1), e.toString(), e);
        }
    }

    private static int explainUsage(ParameterException e, String[] arguments) {
        CommandLine failed = e.getCommandLine();
        boolean unknownCommand = e instanceof UnmatchedArgumentException unmatched
                && failed.getParent() == null
                && !unmatched.isUnknownOption();
        String what = unknownCommand ? "unknown command '" + arguments[0] + "'" : oneLine(e);
        failed.getErr()
                .println("heddle: " + what + " (see '" + failed.getCommandSpec().qualifiedName() + " --help')");
        return failed.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int explainFailure(Exception e, CommandLine failed, ParseResult parsed) {
        boolean verbose = failed.getParseResult().hasMatchedOption(VERBOSE);
        Throwable failure = e instanceof ExecutionException ? Objects.requireNonNullElse(e.getCause(), e) : e;
        if (failure instanceof UserException) {
            failed.getErr().println("heddle: " + oneLine(failure));
        } else {
            failed.getErr()
                    .println("heddle: unexpected failure: " + failure.getClass().getName() + ": " + oneLine(failure)
                            + (verbose ? "" : " (run with " + VERBOSE + " for the stack trace)"));
        }
        if (verbose) {
            failure.printStackTrace(failed.getErr());
        }
        return STATUS_FAILURE;
    }

    private static String oneLine(Throwable e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "no message");
        return message.lines().findFirst().orElse("no message");
    }
}
