/** What containers and the machine use, and what is done about containers that use too much. */
@NullMarked
package dev.heddle.nm.watch;

import org.jspecify.annotations.NullMarked;
