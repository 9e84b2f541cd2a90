package org.gatedepth.weka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The numbers that a trained classifier gives to Weka's Experimenter. */
public final class Measures {

    private static final Map<String, ToDoubleFunction<TrainingSummary>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("measureBlocks", TrainingSummary::depth);
        ALL.put("measureWidth", TrainingSummary::width);
        ALL.put("measureParameters", TrainingSummary::parameters);
        ALL.put("measureEpochs", TrainingSummary::epochs);
        ALL.put("measureBestEpoch", TrainingSummary::bestEpoch);
        ALL.put("measureTrainingSeconds", TrainingSummary::seconds);
        ALL.put("measureTrainingLoss", TrainingSummary::trainingLoss);
        ALL.put("measureValidationLoss", TrainingSummary::validationLoss);
        ALL.put("measureMeanGate", Measures::meanGate);
    }

    /** The names, which Weka wants to begin with "measure". */
    public static final List<String> NAMES = List.copyOf(ALL.keySet());

    private Measures() {}

    /**
     * One number.
     *
     * @param name one of {@link #NAMES}, in any case
     * @param summary what training said; null before it
     * @return the number; NaN before training and where there is none, as for the gates of a network without any
     * @throws IllegalArgumentException for another name
     */
    public static double get(String name, @Nullable TrainingSummary summary) {
        String known = NAMES.stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no measure '" + name + "': choose one of " + NAMES + "."));
        return summary == null
                ? Double.NaN
                : Objects.requireNonNull(ALL.get(known)).applyAsDouble(summary);
    }

    private static double meanGate(TrainingSummary summary) {
        return summary.gates().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }
}
