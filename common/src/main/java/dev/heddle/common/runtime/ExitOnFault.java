package dev.heddle.common.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the fault and halts the process, so that a supervisor or a standby takes over from a sound state. */
public final class ExitOnFault implements FaultHandler {
    /** The exit status after a fault; {@code EX_SOFTWARE} of sysexits.h. */
    public static final int STATUS = 70;

    private static final Logger log = LoggerFactory.getLogger(ExitOnFault.class);

    @Override
    public void fatal(String what, Throwable cause) {
        log.error("fault while {}: the process ends", what, cause);
        // No shutdown hooks: they would act on the state that cannot be trusted.
        Runtime.getRuntime().halt(STATUS);
    }
}
