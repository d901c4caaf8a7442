package dev.heddle.deploy;

import java.util.Objects;
import org.apache.hadoop.util.VersionInfo;
import picocli.CommandLine.Command;

/** {@code heddle version}. */
@Command(name = "version", description = "Show the versions of Heddle, of the protocols that it speaks, and of Java.")
final class VersionCommand extends HeddleCommand {
    @Override
    public Integer call() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        System.out.println("heddle " + Objects.requireNonNullElse(version, "(not packaged)")
                + ", YARN protocols of Hadoop " + VersionInfo.getVersion() + ", Java " + Runtime.version());
        return 0;
    }
}
