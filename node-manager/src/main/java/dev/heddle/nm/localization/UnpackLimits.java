package dev.heddle.nm.localization;

/**
 * How much one archive or directory may become on this node.
 *
 * @param maxBytes of all files together
 * @param maxEntries files, directories and links
 */
public record UnpackLimits(long maxBytes, long maxEntries) {}
