package org.gatedepth.weka.model;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.gatedepth.report.Chain;
import org.gatedepth.report.DepthReport;
import org.jspecify.annotations.Nullable;

/** The numbers that a trained classifier gives to Weka's Experimenter. */
public final class Measures {

    private static final Map<String, ToDoubleFunction<TrainedModel>> ALL = new LinkedHashMap<>();

    static {
        put("measureBlocks", TrainingSummary::depth);
        put("measureWidth", TrainingSummary::width);
        put("measureParameters", TrainingSummary::parameters);
        put("measureEpochs", TrainingSummary::epochs);
        put("measureBestEpoch", TrainingSummary::bestEpoch);
        put("measureTrainingSeconds", TrainingSummary::seconds);
        put("measureTrainingLoss", TrainingSummary::trainingLoss);
        put("measureValidationLoss", Measures::validationLoss);
        put("measureMeanGate", Measures::meanGate);
        ALL.put("measureEffectiveDepth", model -> effectiveDepth(model.report()));
    }

    /** The names. Weka demands that they begin with "measure". */
    public static final List<String> NAMES = List.copyOf(ALL.keySet());

    private Measures() {}

    private static void put(String name, ToDoubleFunction<TrainingSummary> measure) {
        ALL.put(name, model -> measure.applyAsDouble(model.summary()));
    }

    /**
     * One number.
     *
     * @param name one of {@link #NAMES}, in any case
     * @param model what training left; null before it
     * @return the number; NaN, which Weka takes for none, before training and where there is none
     * @throws IllegalArgumentException for another name
     */
    public static double get(String name, @Nullable TrainedModel model) {
        String known = NAMES.stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no measure '" + name + "': choose one of " + NAMES + "."));
        return model == null
                ? Double.NaN
                : Objects.requireNonNull(ALL.get(known)).applyAsDouble(model);
    }

    private static double validationLoss(TrainingSummary summary) {
        Double loss = summary.validationLoss();
        return loss == null ? Double.NaN : loss;
    }

    private static double meanGate(TrainingSummary summary) {
        return summary.gates().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    /** That of the longest chain of blocks; measured at the first call, which takes some time. */
    private static double effectiveDepth(ModelReport report) {
        DepthReport there = report.orNull();
        return there == null
                ? Double.NaN
                : there.chains().stream()
                        .max(Comparator.comparingInt(Chain::depth))
                        .map(chain -> chain.now().effectiveDepth())
                        .orElse(Double.NaN);
    }
}
