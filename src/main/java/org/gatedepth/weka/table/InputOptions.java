package org.gatedepth.weka.table;

import java.io.Serializable;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.host.RunOption;

/**
 * The options of the data preparation.
 *
 * @param scaling how numbers are brought to one scale
 * @param numbers what the network is given of a number beside its scaled value
 * @param classWeights the weights of the class labels
 * @param embedFrom nominal attributes with at least so many labels are embedded, others get a column a label; at least
 *     3, since an attribute of two labels is one column anyway
 */
public record InputOptions(
        @RunOption("scaling") Scaling scaling,
        @RunOption("number-embedding") NumberEmbedding numbers,
        @RunOption(value = "class-weights", free = true) ClassWeights classWeights,
        @RunOption("embed-from") int embedFrom)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What is done if nothing is asked for: attributes of 100 labels or more are embedded. */
    public static final InputOptions DEFAULT =
            new InputOptions(Scaling.AUTO, NumberEmbedding.AUTO, ClassWeights.NONE, 100);

    /** The same with another embedding of numbers. */
    public InputOptions withNumbers(NumberEmbedding other) {
        return new InputOptions(scaling, other, classWeights, embedFrom);
    }

    /**
     * Those of the steps of sequences. AUTO is STANDARDISE and NONE there: quantiles would flatten the peaks of a
     * series, and pieces would make each of its steps many columns.
     */
    InputOptions ofSteps() {
        return new InputOptions(
                scaling == Scaling.AUTO ? Scaling.STANDARDISE : scaling,
                numbers == NumberEmbedding.AUTO ? NumberEmbedding.NONE : numbers,
                classWeights,
                embedFrom);
    }

    /** Checks the range of every value. */
    public InputOptions {
        OptionStrings.require(embedFrom >= 3, "embed-from", "a whole number of at least 3", embedFrom);
    }
}
