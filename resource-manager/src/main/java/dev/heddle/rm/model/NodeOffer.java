package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * What a node says of itself when it registers.
 *
 * @param total what it offers
 * @param physical what the machine has
 * @param rack where it stands; begins with a slash
 * @param address from which it called, an IP address as text
 * @param httpPort of its web server, or 0 where it has none
 * @param version of its software
 */
public record NodeOffer(Resource total, Resource physical, String rack, String address, int httpPort, String version) {
    /** What it offers where the memory and the cores are set by others, who say nothing of further kinds. */
    public Resource with(Resource memoryAndCores) {
        return new Resource(memoryAndCores.memoryMb(), memoryAndCores.vcores(), total.further());
    }

    /** A node in the default rack that offers all that it has. */
    public static NodeOffer of(Resource total, int httpPort, String version) {
        return new NodeOffer(total, total, Ask.DEFAULT_RACK, "", httpPort, version);
    }
}
