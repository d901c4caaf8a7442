/** Where things lie in the local and log directories. */
@NullMarked
package dev.heddle.nm.directories;

import org.jspecify.annotations.NullMarked;
