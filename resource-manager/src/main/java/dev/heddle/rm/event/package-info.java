/** What has happened: the only means by which state changes. */
@NullMarked
package dev.heddle.rm.event;

import org.jspecify.annotations.NullMarked;
