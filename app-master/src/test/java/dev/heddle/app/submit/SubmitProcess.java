package dev.heddle.app.submit;

import picocli.CommandLine;

/** {@link SubmitCommand} in a process of its own. */
final class SubmitProcess {
    private SubmitProcess() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SubmitCommand()).execute(args));
    }
}
