/** What the kernel says of the machine's processes. */
@NullMarked
package dev.heddle.nm.procfs;

import org.jspecify.annotations.NullMarked;
