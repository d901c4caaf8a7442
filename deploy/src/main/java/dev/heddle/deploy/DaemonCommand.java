package dev.heddle.deploy;

import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.Foreground;
import java.io.IOException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Option;

/** Runs a daemon in the foreground, from the configuration that the environment names. */
abstract class DaemonCommand extends HeddleCommand {
    @Option(
            names = "--exit-with-parent",
            description = "Stop when standard input ends, as it does when the process that holds its other end dies.")
    boolean exitWithParent;

    /** Starts the daemon; it serves when this returns. */
    abstract Daemon start(YarnConfiguration configuration);

    /** Returns only by an exception: a daemon that was started ends with the process. */
    @Override
    public final Integer call() throws Exception {
        if (exitWithParent) {
            Thread watch = new Thread(DaemonCommand::exitAtEndOfInput, "parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        Foreground.run(() -> start(ConfigurationFiles.load(System.getenv())), System.out);
        return 0;
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // What is written there means nothing.
            }
        } catch (IOException e) {
            // A broken pipe is an end too.
        }
        System.exit(0);
    }
}
