/** What containers write: read safely, brought together in a remote file system, bounded and deleted in time. */
@NullMarked
package dev.heddle.nm.logs;

import org.jspecify.annotations.NullMarked;
