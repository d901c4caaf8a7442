/** Submits applications and follows them to their end. */
@NullMarked
package dev.heddle.app.submit;

import org.jspecify.annotations.NullMarked;
