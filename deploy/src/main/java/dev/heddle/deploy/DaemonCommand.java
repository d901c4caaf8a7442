package dev.heddle.deploy;

import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.common.config.ConfigurationReview;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.Foreground;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Runs a daemon in the foreground, from the configuration that the environment names. */
abstract class DaemonCommand extends HeddleCommand {
    private static final Logger log = LoggerFactory.getLogger(DaemonCommand.class);

    @Option(
            names = "--exit-with-parent",
            description = "Stop when standard input ends, as it does when the process that holds its other end dies.")
    boolean exitWithParent;

    /** Starts the daemon; it serves when this returns. */
    abstract Daemon start(YarnConfiguration configuration);

    /** Files that the daemon reads besides those that all of them read. */
    List<String> moreFiles() {
        return List.of();
    }

    /** The groups of keys that are this daemon's, of which each that it does not read is told. */
    List<ConfigurationReview.Area> areas() {
        return List.of();
    }

    private YarnConfiguration configuration() {
        YarnConfiguration configuration = ConfigurationFiles.load(System.getenv(), moreFiles());
        ConfigurationReview review = HeddleSettings.review(configuration);
        review.refuseUnknown();
        review.ignored(areas()).forEach(log::warn);
        ResourceTypes.ignored(configuration).forEach(log::warn);
        return configuration;
    }

    /** Returns only by an exception: a daemon that was started ends with the process. */
    @Override
    public final Integer call() throws Exception {
        if (exitWithParent) {
            Thread watch = new Thread(DaemonCommand::exitAtEndOfInput, "parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        Foreground.run(() -> start(configuration()), System.out);
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
