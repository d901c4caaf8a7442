package dev.heddle.rm.security;

/**
 * When the keys of tokens are replaced.
 *
 * @param amRm of tokens with which masters call the RM
 * @param node of tokens with which masters call nodes
 * @param container of tokens that let a container start
 * @param containerTokenValidMs how long one of the latter may be used
 */
public record KeyPlans(
        RollingKeys.Plan amRm, RollingKeys.Plan node, RollingKeys.Plan container, long containerTokenValidMs) {}
