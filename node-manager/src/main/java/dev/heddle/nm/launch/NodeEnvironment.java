package dev.heddle.nm.launch;

import java.util.Map;

/**
 * What every container's environment gets from its node.
 *
 * @param whitelisted variables of the node manager itself that containers inherit unless they set them
 * @param administrator variables that the configuration adds to what the container sets, in YARN's own notation:
 *     {@code NAME=value,NAME=value}
 * @param userHome the value of {@code HOME}
 * @param services what auxiliary services have to tell, as variables; secret from nobody
 */
public record NodeEnvironment(
        String host,
        int port,
        int httpPort,
        Map<String, String> whitelisted,
        String administrator,
        String userHome,
        Map<String, String> services) {}
