/** Brings the files that a container asks for to this node, once each. */
@NullMarked
package dev.heddle.nm.localization;

import org.jspecify.annotations.NullMarked;
