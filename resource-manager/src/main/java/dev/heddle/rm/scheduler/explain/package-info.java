/** Why somebody waits, in sentences. Worked out when somebody asks. */
@NullMarked
package dev.heddle.rm.scheduler.explain;

import org.jspecify.annotations.NullMarked;
