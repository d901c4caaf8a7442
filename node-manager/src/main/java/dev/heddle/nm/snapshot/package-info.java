/** Pictures of the node for those who only read: pages, REST, metrics. */
@NullMarked
package dev.heddle.nm.snapshot;

import org.jspecify.annotations.NullMarked;
