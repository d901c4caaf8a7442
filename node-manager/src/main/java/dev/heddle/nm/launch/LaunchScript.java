package dev.heddle.nm.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;
import org.apache.hadoop.yarn.util.Apps;

/**
 * The script that sets up a container's environment and becomes its command. Its text is a function of its arguments.
 *
 * <p>The order of the exports matters, since values may refer to variables that were set before: first what the node lets
 * through of its own, then what the node sets and nobody can override, then the application's, each after those that it
 * refers to.
 */
final class LaunchScript {
    /** What Hadoop's own classes need of the module system; applications ask for it by a placeholder. */
    private static final String ADD_OPENS = "--add-opens=java.base/java.lang=ALL-UNNAMED"
            + " --add-exports=java.base/sun.net.dns=ALL-UNNAMED --add-exports=java.base/sun.net.util=ALL-UNNAMED";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([A-Za-z_][A-Za-z0-9_]*)\\}\\}");

    private final NodeEnvironment node;
    private final LaunchRequest request;
    private final ContainerPaths paths;

    LaunchScript(NodeEnvironment node, LaunchRequest request, ContainerPaths paths) {
        this.node = node;
        this.request = request;
        this.paths = paths;
    }

    /**
     * The text of the script.
     *
     * @throws IllegalArgumentException if a variable has a name or a value that no shell can set; the message names it
     */
    String text() {
        StringBuilder script = new StringBuilder("#!/bin/bash\n\nset -o pipefail -e\n");
        Map<String, String> application = applicationVariables();
        Map<String, String> fixed = nodeVariables();
        new TreeMap<>(node.whitelisted()).forEach((name, value) -> {
            if (ShellText.isVariableName(name) && !fixed.containsKey(name)) {
                export(script, name, ShellText.literal(value));
            }
        });
        fixed.forEach((name, value) -> export(script, name, ShellText.literal(value)));
        export(script, "JVM_PID", "\"$$\"");
        application.keySet().removeAll(fixed.keySet());
        application.remove("JVM_PID");
        for (String name : inOrderOfReferences(application)) {
            export(script, name, ShellText.value(application.getOrDefault(name, "")));
        }
        String command = request.commands().stream().map(this::expand).collect(Collectors.joining(" "));
        return script.append("exec /bin/bash -c ")
                .append(ShellText.command(command))
                .append('\n')
                .toString();
    }

    private static void export(StringBuilder script, String name, String quoted) {
        script.append("export ").append(name).append('=').append(quoted).append('\n');
    }

    private Map<String, String> applicationVariables() {
        Map<String, String> variables = new TreeMap<>(request.environment());
        Apps.setEnvFromInputString(variables, node.administrator(), ":");
        variables.forEach((name, value) -> {
            if (!ShellText.isVariableName(name)) {
                throw new IllegalArgumentException("environment variable '" + name
                        + "': a name consists of letters, digits and underscores and does not begin with a digit");
            }
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("environment variable " + name + ": its value contains a NUL byte");
            }
        });
        variables.replaceAll((name, value) -> expand(value));
        return variables;
    }

    private Map<String, String> nodeVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(
                ApplicationConstants.CONTAINER_TOKEN_FILE_ENV_NAME,
                paths.tokenFile().toString());
        variables.put(Environment.CONTAINER_ID.key(), request.container().toString());
        variables.put(Environment.NM_PORT.key(), Integer.toString(node.port()));
        variables.put(Environment.NM_HOST.key(), node.host());
        variables.put(Environment.NM_HTTP_PORT.key(), Integer.toString(node.httpPort()));
        variables.put(Environment.LOCAL_DIRS.key(), joined(paths.applicationDirectories()));
        variables.put(Environment.LOCAL_USER_DIRS.key(), joined(paths.userDirectories()));
        variables.put(Environment.LOG_DIRS.key(), joined(paths.logDirectories()));
        variables.put(Environment.USER.key(), request.user());
        variables.put(Environment.LOGNAME.key(), request.user());
        variables.put(Environment.HOME.key(), node.userHome());
        variables.put(Environment.PWD.key(), paths.work().toString());
        variables.putAll(node.services());
        variables.put("PRELAUNCH_OUT", paths.prelaunchOut().toString());
        variables.put("PRELAUNCH_ERR", paths.prelaunchErr().toString());
        return variables;
    }

    private static String joined(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(","));
    }

    private String expand(String text) {
        String replaced = text.replace(
                        ApplicationConstants.LOG_DIR_EXPANSION_VAR, paths.log().toString())
                .replace(ApplicationConstants.CLASS_PATH_SEPARATOR, ":")
                .replace(ApplicationConstants.JVM_ADD_OPENS_VAR, ADD_OPENS);
        return PLACEHOLDER.matcher(replaced).replaceAll("\\${$1}");
    }

    private static List<String> inOrderOfReferences(Map<String, String> variables) {
        List<String> ordered = new ArrayList<>(variables.size());
        Set<String> seen = new HashSet<>();
        for (String name : variables.keySet()) {
            visit(name, variables, seen, ordered);
        }
        return ordered;
    }

    private static void visit(String name, Map<String, String> variables, Set<String> seen, List<String> ordered) {
        String value = variables.get(name);
        if (value == null || !seen.add(name)) {
            return;
        }
        for (String needed : ShellText.references(value)) {
            visit(needed, variables, seen, ordered);
        }
        ordered.add(name);
    }
}
