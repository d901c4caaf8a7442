/** The queues as the files have them, from Hadoop's configuration to what the rest of the resource manager uses. */
@NullMarked
package dev.heddle.rm.queues;

import org.jspecify.annotations.NullMarked;
