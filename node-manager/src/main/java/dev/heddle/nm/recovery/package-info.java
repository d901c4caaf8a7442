/** What survives a node manager, and how the next one takes it over. */
@NullMarked
package dev.heddle.nm.recovery;

import org.jspecify.annotations.NullMarked;
