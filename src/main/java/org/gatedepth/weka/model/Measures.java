package org.gatedepth.weka.model;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.gatedepth.report.Chain;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.input.InputImportance;
import org.jspecify.annotations.Nullable;

/** The numbers that a trained classifier gives to Weka's Experimenter, and to programs. */
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

    /** The measure of an attribute, before its name. */
    private static final String IMPORTANCE = "measureImportance:";

    private Measures() {}

    private static void put(String name, ToDoubleFunction<TrainingSummary> measure) {
        ALL.put(name, model -> measure.applyAsDouble(model.summary()));
    }

    /**
     * The names. Weka demands that they begin with "measure".
     *
     * @param model what training left, which adds {@code measureImportance:} and the name of each input that its report
     *     has; null before training, when the Experimenter asks for its columns
     */
    public static List<String> names(@Nullable TrainedModel model) {
        return Stream.concat(
                        ALL.keySet().stream(),
                        inputs(model).stream().map(InputImportance::input).map(IMPORTANCE::concat))
                .toList();
    }

    /**
     * One number.
     *
     * @param name one of {@link #names}, in any case but for the name of an input. The importance of an input is by how
     *     much the loss of the model rises when the values of that input are exchanged among the examples
     *     ({@link InputImportance})
     * @param model what training left; null before it
     * @return the number; NaN, which Weka takes for none, before training and where there is none
     * @throws IllegalArgumentException for another name
     */
    public static double get(String name, @Nullable TrainedModel model) {
        boolean ofInput = name.regionMatches(true, 0, IMPORTANCE, 0, IMPORTANCE.length());
        if (ofInput) {
            return model == null ? Double.NaN : importance(name, model);
        }
        ToDoubleFunction<TrainedModel> measure = ALL.keySet().stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .map(ALL::get)
                .orElseThrow(() -> unknown(name, model));
        return model == null ? Double.NaN : measure.applyAsDouble(model);
    }

    private static IllegalArgumentException unknown(String name, @Nullable TrainedModel model) {
        return new IllegalArgumentException("There is no measure '" + name + "': choose one of " + names(model) + ".");
    }

    /** The inputs of a report, which is measured if it is not there yet; none without a report. */
    private static List<InputImportance> inputs(@Nullable TrainedModel model) {
        DepthReport there = model == null ? null : model.report().orNull();
        return there == null ? List.of() : there.inputs();
    }

    private static double importance(String name, TrainedModel model) {
        String input = name.substring(IMPORTANCE.length());
        return inputs(model).stream()
                        .filter(measured -> measured.input().equals(input))
                        .findFirst()
                        .orElseThrow(() -> unknown(name, model))
                        .loss()
                - model.report().get().lesions().intact().loss();
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
