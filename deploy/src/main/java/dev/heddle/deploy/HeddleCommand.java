package dev.heddle.deploy;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A subcommand with the options that every one of Heddle's own has. {@link Heddle} acts on them. */
public abstract class HeddleCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(names = Heddle.VERBOSE, description = "Show the stack trace of an error.")
    boolean verbose;
}
