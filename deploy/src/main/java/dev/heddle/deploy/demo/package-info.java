/** A whole cluster on one machine, for a look at what Heddle does. */
@NullMarked
package dev.heddle.deploy.demo;

import org.jspecify.annotations.NullMarked;
