/** The node manager: starts containers on one machine on behalf of a resource manager. */
@NullMarked
package dev.heddle.nm;

import org.jspecify.annotations.NullMarked;
