package org.gatedepth.block.attention;

/** What attention knows of the time of a step: without it the order of the other steps makes no difference. */
public enum Positions {
    /** Nothing, but for the direction of a causal layer. */
    NONE,
    /** A learned vector for each step up to the longest. */
    LEARNED,
    /** Sines and cosines of the step, of wavelengths from 2π to 10,000·2π steps, for any length. */
    SINUSOIDAL
}
