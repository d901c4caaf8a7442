/** Immutable pictures of applications and nodes for readers outside the core's thread. */
@NullMarked
package dev.heddle.rm.snapshot;

import org.jspecify.annotations.NullMarked;
