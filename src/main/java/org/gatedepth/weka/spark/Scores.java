package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Locale;
import weka.core.Utils;

/** How well rows were predicted, by weight as in Weka's evaluation. Two of them can be added. */
final class Scores implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Keeps the logarithm finite where a network is certain and wrong. */
    private static final double SMALLEST_PROBABILITY = 1e-10;

    private final boolean nominal;
    private long rows;
    private double weight;
    private double correct;
    private double logLoss;
    private double predicted;
    private double actual;
    private double predictedSquared;
    private double actualSquared;
    private double product;
    private double absolute;
    private double squared;

    Scores(boolean nominal) {
        this.nominal = nominal;
    }

    /**
     * Adds a row.
     *
     * @param prediction the probability of each label, or a number
     * @param wanted the index of its label, or its number
     * @param itsWeight its weight
     */
    void add(double[] prediction, double wanted, double itsWeight) {
        rows++;
        weight += itsWeight;
        if (nominal) {
            correct += Utils.maxIndex(prediction) == (int) wanted ? itsWeight : 0;
            logLoss -= itsWeight * Math.log(Math.max(prediction[(int) wanted], SMALLEST_PROBABILITY));
            return;
        }
        double number = prediction[0];
        predicted += itsWeight * number;
        actual += itsWeight * wanted;
        predictedSquared += itsWeight * number * number;
        actualSquared += itsWeight * wanted * wanted;
        product += itsWeight * number * wanted;
        absolute += itsWeight * Math.abs(number - wanted);
        squared += itsWeight * (number - wanted) * (number - wanted);
    }

    Scores plus(Scores other) {
        rows += other.rows;
        weight += other.weight;
        correct += other.correct;
        logLoss += other.logLoss;
        predicted += other.predicted;
        actual += other.actual;
        predictedSquared += other.predictedSquared;
        actualSquared += other.actualSquared;
        product += other.product;
        absolute += other.absolute;
        squared += other.squared;
        return this;
    }

    /** The part of the rows whose label was predicted. */
    double accuracy() {
        return correct / weight;
    }

    /** The mean cross-entropy in nats. */
    double logLoss() {
        return logLoss / weight;
    }

    double correlation() {
        double ofPredicted = predictedSquared - predicted * predicted / weight;
        double ofActual = actualSquared - actual * actual / weight;
        double both = ofPredicted * ofActual;
        return both <= 0 ? 0 : (product - predicted * actual / weight) / Math.sqrt(both);
    }

    double meanAbsoluteError() {
        return absolute / weight;
    }

    double rootMeanSquaredError() {
        return Math.sqrt(squared / weight);
    }

    /** As lines of text. */
    String describe() {
        return nominal
                ? String.format(
                        Locale.ROOT,
                        "Held-out rows:           %,d%nAccuracy:                %.6f%nLog loss:                %.6f%n",
                        rows,
                        accuracy(),
                        logLoss())
                : String.format(
                        Locale.ROOT,
                        "Held-out rows:           %,d%nCorrelation:             %.6f%nMean absolute error:     %.6g%n"
                                + "Root mean squared error: %.6g%n",
                        rows,
                        correlation(),
                        meanAbsoluteError(),
                        rootMeanSquaredError());
    }
}
