package dev.heddle.nm.launch;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * What an application wants to run in a container.
 *
 * @param user who runs it
 * @param commands joined by spaces, as YARN does
 * @param environment in the application's words, before expansion
 * @param credentials of the application, for reading its files and for the container itself; nobody changes them
 * @param acls who besides the user may see or change the application
 */
public record LaunchRequest(
        ContainerId container,
        String user,
        List<String> commands,
        Map<String, String> environment,
        Credentials credentials,
        Map<ApplicationAccessType, String> acls) {
    public LaunchRequest {
        commands = List.copyOf(commands);
        environment = Map.copyOf(environment);
        acls = Map.copyOf(acls);
    }

    public String application() {
        return container.getApplicationAttemptId().getApplicationId().toString();
    }

    /** What is to run instead, for the same user and with the same credentials. */
    public LaunchRequest running(List<String> otherCommands, Map<String, String> otherEnvironment) {
        return new LaunchRequest(container, user, otherCommands, otherEnvironment, credentials, acls);
    }

    // Neither the environment nor the credentials belong in a log.
    @Override
    public String toString() {
        return "launch of " + container;
    }
}
