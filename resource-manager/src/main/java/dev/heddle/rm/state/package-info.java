/** The state of the cluster, owned by the core's thread, and its lifecycle tables. */
@NullMarked
package dev.heddle.rm.state;

import org.jspecify.annotations.NullMarked;
