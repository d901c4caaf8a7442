package dev.heddle.nm.services;

import dev.heddle.common.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * What the configuration says of one auxiliary service.
 *
 * @param classPath as for a shell; empty where the service is on this daemon's own
 * @param systemClasses in the notation of {@link ServiceClassLoader}; empty for the usual ones
 */
record ServiceDeclaration(String name, String className, String classPath, List<String> systemClasses) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * Reads all of them, in their order.
     *
     * @throws UserException if one cannot be what it says, or asks for what this node manager does not do
     */
    static List<ServiceDeclaration> read(Configuration configuration) {
        if (ServiceSettings.MANIFEST_ENABLED.get(configuration)) {
            throw new UserException(ServiceSettings.MANIFEST_ENABLED.key()
                    + " is true, but this node manager reads no manifest: name the services in "
                    + ServiceSettings.NAMES.key() + " and set it to false");
        }
        Map<String, ServiceDeclaration> declarations = new LinkedHashMap<>();
        for (String part : ServiceSettings.NAMES.get(configuration).split(",", -1)) {
            String name = part.trim();
            if (!name.isEmpty() && declarations.put(name, read(configuration, name)) != null) {
                throw new UserException(
                        ServiceSettings.NAMES.key() + " names the service " + name + " twice: remove one");
            }
        }
        return List.copyOf(declarations.values());
    }

    private static ServiceDeclaration read(Configuration configuration, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new UserException(ServiceSettings.NAMES.key() + ": The auxiliary service name: " + name
                    + " is invalid. The valid service name should only contain a-zA-Z0-9_ and cannot start with"
                    + " numbers.");
        }
        String remote = String.format(YarnConfiguration.NM_AUX_SERVICE_REMOTE_CLASSPATH, name);
        if (!configuration.getTrimmed(remote, "").isEmpty()) {
            throw new UserException(
                    remote + " is set, but this node manager does not fetch the classes of services: copy"
                            + " them to this machine, name them in " + classPathKey(name) + " and remove the key");
        }
        String classKey = String.format(YarnConfiguration.NM_AUX_SERVICE_FMT, name);
        String className = configuration.getTrimmed(classKey, "");
        if (className.isEmpty()) {
            throw new UserException(ServiceSettings.NAMES.key() + " names the service " + name + ", but " + classKey
                    + " does not say which class it is: set it, or remove the service");
        }
        return new ServiceDeclaration(
                name,
                className,
                configuration.getTrimmed(classPathKey(name), ""),
                List.of(configuration.getTrimmedStrings(
                        String.format(YarnConfiguration.NM_AUX_SERVICES_SYSTEM_CLASSES, name))));
    }

    private static String classPathKey(String name) {
        return String.format(YarnConfiguration.NM_AUX_SERVICES_CLASSPATH, name);
    }

    /** The setting that says where its jars are, for messages. */
    String classPathKey() {
        return classPathKey(name);
    }
}
