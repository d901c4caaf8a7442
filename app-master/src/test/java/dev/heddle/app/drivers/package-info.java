/** Drivers that tests pack into jars and submit. They run on the cluster and never in a test's own JVM. */
@NullMarked
package dev.heddle.app.drivers;

import org.jspecify.annotations.NullMarked;
