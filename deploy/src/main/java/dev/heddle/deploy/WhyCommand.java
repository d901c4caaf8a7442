package dev.heddle.deploy;

import dev.heddle.app.submit.ResourceManagerClient;
import dev.heddle.common.UserException;
import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.common.rpc.client.LeaderSearch;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code heddle app why}. It asks with the protocol that every resource manager of YARN's kind speaks. */
@Command(
        name = "why",
        description = {
            "Say what an application waits for, each thing on a line, or how it ended.",
            "Where Hadoop's own resource manager leads, the lines are what that one says of the application."
        })
final class WhyCommand extends HeddleCommand {
    @Parameters(
            paramLabel = "APPLICATION",
            converter = Id.class,
            description = "Its id, such as application_1700000000000_0001.")
    @Nullable
    ApplicationId application;

    @Spec
    @Nullable
    CommandSpec spec;

    private final Map<String, String> environment;

    WhyCommand() {
        this(System.getenv());
    }

    /**
     * The command in some environment.
     *
     * @param environment names the directory with the configuration
     */
    WhyCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (application == null || spec == null) {
            throw new IllegalStateException("called without a command line");
        }
        YarnConfiguration configuration = ConfigurationFiles.load(environment);
        HeddleSettings.review(configuration).refuseUnknown();
        Standing.lines(report(configuration, application))
                .forEach(spec.commandLine().getOut()::println);
        return 0;
    }

    private static ApplicationReport report(YarnConfiguration configuration, ApplicationId id) {
        try (ResourceManagerClient client = new ResourceManagerClient(configuration)) {
            try {
                return client.report(id);
            } catch (ApplicationNotFoundException e) {
                throw new UserException(
                        "the resource manager does not know " + id
                                + ": it was never submitted there, or ended so long ago that it is forgotten ('yarn"
                                + " application -list -appStates ALL' lists what is known)",
                        e);
            } catch (IOException e) {
                throw LeaderSearch.passesOn(e) ? client.unreachable(e) : refused(id, e);
            } catch (YarnException e) {
                throw refused(id, e);
            }
        }
    }

    private static UserException refused(ApplicationId id, Exception e) {
        return new UserException(
                "the resource manager does not tell of " + id + ": "
                        + String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " "),
                e);
    }

    private static final class Id implements ITypeConverter<ApplicationId> {
        @Override
        public ApplicationId convert(String text) {
            try {
                return ApplicationId.fromString(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + text + "' is no application's id, such as application_1700000000000_0001");
            }
        }
    }
}
