/** Which parts of Heddle may know of which. */
@NullMarked
package dev.heddle.deploy.layering;

import org.jspecify.annotations.NullMarked;
