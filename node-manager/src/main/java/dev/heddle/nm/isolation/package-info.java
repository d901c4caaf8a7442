/** How containers are kept inside what they were granted, and apart from the machine and from each other. */
@NullMarked
package dev.heddle.nm.isolation;

import org.jspecify.annotations.NullMarked;
