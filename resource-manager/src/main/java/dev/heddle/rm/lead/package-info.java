/** What a resource manager has only while it leads. */
@NullMarked
package dev.heddle.rm.lead;

import org.jspecify.annotations.NullMarked;
