package dev.heddle.nm.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By which address and name the containers of this machine are told to be reached. */
public record MachineAddress(String ip, String host) {
    private static final Logger log = LoggerFactory.getLogger(MachineAddress.class);

    /** This machine's, or null where it does not know its own name. Asks the system, which may block. */
    public static @Nullable MachineAddress local() {
        try {
            InetAddress address = InetAddress.getLocalHost();
            return new MachineAddress(address.getHostAddress(), address.getHostName());
        } catch (UnknownHostException e) {
            log.warn("this machine does not know its own name, so that containers are told without: {}", e.toString());
            return null;
        }
    }
}
