/** The application master: hosts the driver, gets containers, runs executors in them, tells how far it is. */
@NullMarked
package dev.heddle.app.master;

import org.jspecify.annotations.NullMarked;
