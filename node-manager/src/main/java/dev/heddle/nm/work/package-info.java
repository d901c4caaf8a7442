/** How blocking work leaves the writer thread and how its results come back. */
@NullMarked
package dev.heddle.nm.work;

import org.jspecify.annotations.NullMarked;
