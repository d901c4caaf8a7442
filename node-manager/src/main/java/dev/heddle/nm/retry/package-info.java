/** When a container whose process has failed is started again on the same node. */
@NullMarked
package dev.heddle.nm.retry;

import org.jspecify.annotations.NullMarked;
