package org.gatedepth.weka.options;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import org.gatedepth.weka.host.ChangedOptions;
import org.gatedepth.weka.host.OptionStrings;
import org.jspecify.annotations.Nullable;
import weka.core.CustomDisplayStringProvider;
import weka.core.Option;
import weka.core.OptionHandler;
import weka.core.OptionMetadata;

/**
 * The options of the auxiliary heads, as Weka's windows and command line read and write them. In the window of the
 * classifier's options they are one row, with a window of its own; on the command line they stand among those of the
 * classifier.
 *
 * <p>Two of the same values are equal: so Weka's windows know what was changed. The values are checked by
 * {@link AuxiliaryOptions}.
 */
public final class AuxiliarySettings implements OptionHandler, CustomDisplayStringProvider, Serializable {

    private static final long serialVersionUID = 1L;

    private int auxEvery = 0;
    private double auxWeight = 0.3;
    private AuxiliaryDecay auxDecay = AuxiliaryDecay.NONE;
    private String auxAttributes = "";
    private String auxSteps = "";
    private String auxDepth = "auto";
    private double earlyExit = 0;

    /** The defaults: no heads. */
    public AuxiliarySettings() {
        // They stand at the fields.
    }

    /** A description for Weka's windows. */
    public String globalInfo() {
        return "Auxiliary heads are further outputs of the network. They stand below the last block, and their losses"
                + " are added to that of the class in training. Those on the class (auxEvery) give the lower blocks a"
                + " gradient of their own; those on other attributes (auxAttributes), or on those of each step of a bag"
                + " (auxSteps), make these targets instead of inputs. With earlyExit a row is answered by the first"
                + " head on the class that is confident enough.";
    }

    /**
     * The options as a training run takes them.
     *
     * @throws IllegalArgumentException with one sentence, if a value is out of range
     */
    public AuxiliaryOptions checked() {
        return new AuxiliaryOptions(
                OptionStrings.orNull(auxEvery),
                auxWeight,
                auxDecay,
                auxAttributes,
                auxSteps,
                AuxiliaryOptions.depths(auxDepth),
                OptionStrings.orNull(earlyExit));
    }

    @Override
    public Enumeration<Option> listOptions() {
        return Collections.enumeration(Option.listOptionsForClass(AuxiliarySettings.class));
    }

    @Override
    public String[] getOptions() {
        return Option.getOptions(this, AuxiliarySettings.class);
    }

    /** Takes its options out of the array, and leaves the others in it. */
    @Override
    public void setOptions(String[] options) {
        OptionStrings.check(options, AuxiliarySettings.class);
        Option.setOptions(options, this, AuxiliarySettings.class);
    }

    /** What the row of the window shows. */
    @Override
    public String toDisplay() {
        String changed = ChangedOptions.line(this);
        return changed.isEmpty() ? "no auxiliary heads" : changed;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AuxiliarySettings that && Arrays.equals(getOptions(), that.getOptions());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(getOptions());
    }

    @OptionMetadata(
            displayName = "auxEvery",
            description =
                    "The number of blocks from one auxiliary head on the class to the next, all below the last block,"
                            + " or 0 for none (default 0).",
            commandLineParamName = "aux-every",
            commandLineParamSynopsis = "-aux-every <int>",
            displayOrder = 1)
    public int getAuxEvery() {
        return auxEvery;
    }

    public void setAuxEvery(int auxEvery) {
        this.auxEvery = auxEvery;
    }

    @OptionMetadata(
            displayName = "auxWeight",
            description = "The weight of the loss of each auxiliary head in the first epoch, against 1 for that of the"
                    + " class. The default is 0.3.",
            commandLineParamName = "aux-weight",
            commandLineParamSynopsis = "-aux-weight <number>",
            displayOrder = 2)
    public double getAuxWeight() {
        return auxWeight;
    }

    public void setAuxWeight(double auxWeight) {
        this.auxWeight = auxWeight;
    }

    @OptionMetadata(
            displayName = "auxDecay",
            description = "How the weight of the auxiliary losses falls: NONE, LINEAR or EXPONENTIAL (default NONE)."
                    + " LINEAR ends at zero in the last epoch, EXPONENTIAL at one hundredth.",
            commandLineParamName = "aux-decay",
            commandLineParamSynopsis = "-aux-decay <name>",
            displayOrder = 3)
    public AuxiliaryDecay getAuxDecay() {
        return auxDecay;
    }

    public void setAuxDecay(AuxiliaryDecay auxDecay) {
        this.auxDecay = auxDecay;
    }

    @OptionMetadata(
            displayName = "auxAttributes",
            description =
                    "The attributes that are learned by auxiliary heads instead of being inputs, as a range such as"
                            + " 2,4-last (default none). They are nominal or numeric, may be missing in training rows"
                            + " and are not read at prediction.",
            commandLineParamName = "aux-attributes",
            commandLineParamSynopsis = "-aux-attributes <range>",
            displayOrder = 4)
    public String getAuxAttributes() {
        return auxAttributes;
    }

    public void setAuxAttributes(String auxAttributes) {
        this.auxAttributes = auxAttributes;
    }

    @OptionMetadata(
            displayName = "auxSteps",
            description =
                    "The attributes of the steps of a bag that are learned at each step instead of being inputs, as a"
                            + " range (default none). They may be missing in training rows and are not read at"
                            + " prediction.",
            commandLineParamName = "aux-steps",
            commandLineParamSynopsis = "-aux-steps <range>",
            displayOrder = 5)
    public String getAuxSteps() {
        return auxSteps;
    }

    public void setAuxSteps(String auxSteps) {
        this.auxSteps = auxSteps;
    }

    @OptionMetadata(
            displayName = "auxDepth",
            description =
                    "The blocks after which the heads of the auxiliary attributes stand, or auto for half of the depth"
                            + " (default auto). It is one number for all, or one for each in their order, those of"
                            + " steps last, separated by commas.",
            commandLineParamName = "aux-depth",
            commandLineParamSynopsis = "-aux-depth <list or auto>",
            displayOrder = 6)
    public String getAuxDepth() {
        return auxDepth;
    }

    public void setAuxDepth(String auxDepth) {
        this.auxDepth = auxDepth;
    }

    @OptionMetadata(
            displayName = "earlyExit",
            description =
                    "The probability at which a row leaves at an auxiliary head on the class in prediction, at most 1,"
                            + " or 0 for never (default 0). With 0 all rows go through all blocks.",
            commandLineParamName = "early-exit",
            commandLineParamSynopsis = "-early-exit <number>",
            displayOrder = 7)
    public double getEarlyExit() {
        return earlyExit;
    }

    public void setEarlyExit(double earlyExit) {
        this.earlyExit = earlyExit;
    }
}
