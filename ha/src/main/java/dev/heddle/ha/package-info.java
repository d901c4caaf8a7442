/** Who leads among several resource managers, decided on ZooKeeper, and a ZooKeeper server to decide it on. */
@NullMarked
package dev.heddle.ha;

import org.jspecify.annotations.NullMarked;
