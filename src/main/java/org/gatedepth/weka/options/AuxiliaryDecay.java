package org.gatedepth.weka.options;

/** How the weight of the auxiliary losses changes from the first epoch to the last. */
public enum AuxiliaryDecay {
    /** It stays. */
    NONE,
    /** It falls by the same amount each epoch, to zero in the last. */
    LINEAR,
    /** It falls by the same factor each epoch, to one hundredth in the last. */
    EXPONENTIAL
}
