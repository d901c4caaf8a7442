/** The node manager on the wire: what it answers, and what it says to the resource manager. */
@NullMarked
package dev.heddle.nm.wire;

import org.jspecify.annotations.NullMarked;
