package dev.heddle.app.launch;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.ApplicationConstants;

/** How a container starts a JVM with Heddle's jars on its class path. */
public final class JavaProcess {
    private static final String LOCAL = "local:";
    private static final String LOG_CONFIGURATION = "dev/heddle/app/log4j.properties";

    private JavaProcess() {}

    /** The directory on every node that has Heddle's jars; empty where they are shipped with the application. */
    public static String jarsOnNodes(Configuration conf) {
        String value = ApplicationSettings.JARS.get(conf);
        if (value.isEmpty()) {
            return "";
        }
        String directory =
                value.startsWith(LOCAL) ? value.substring(LOCAL.length()).replaceAll("/\\*?$", "") : "";
        if (!directory.startsWith("/")) {
            throw new UserException(ApplicationSettings.JARS.key() + " is '" + value
                    + "', which is no local:/DIRECTORY; name the directory that has Heddle's jars on each node, or"
                    + " remove the setting");
        }
        return directory;
    }

    /** The environment: the JVM takes its class path from there. */
    public static Map<String, String> environment(Configuration conf) {
        String directory = jarsOnNodes(conf);
        String jars = directory.isEmpty() ? "{{PWD}}/" + ContainerFiles.LIBRARIES : directory;
        return Map.of("CLASSPATH", jars + "/*");
    }

    /**
     * The command line for a container's script.
     *
     * @param arguments plain words without anything that a shell would interpret
     */
    public static List<String> command(int heapMb, String mainClass, List<String> arguments) {
        List<String> words = new ArrayList<>();
        // The node's own Java where it names one, and otherwise the one on its PATH.
        words.add("${JAVA_HOME:+$JAVA_HOME/bin/}java");
        words.add("-server");
        words.add("-Xmx" + heapMb + "m");
        words.add("-XX:+ExitOnOutOfMemoryError");
        // Nodes may keep their files in directories whose names hold spaces.
        words.add("'-Djava.io.tmpdir={{PWD}}/tmp'");
        words.add("-Dlog4j.configuration=" + LOG_CONFIGURATION);
        words.add(mainClass);
        words.addAll(arguments);
        words.add("1>'" + ApplicationConstants.LOG_DIR_EXPANSION_VAR + "/stdout'");
        words.add("2>'" + ApplicationConstants.LOG_DIR_EXPANSION_VAR + "/stderr'");
        return List.of(String.join(" ", words));
    }
}
