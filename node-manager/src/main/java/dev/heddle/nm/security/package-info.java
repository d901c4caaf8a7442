/** Verifies the tokens that the resource manager signs for this node. */
@NullMarked
package dev.heddle.nm.security;

import org.jspecify.annotations.NullMarked;
