package org.gatedepth.weka.training;

import java.util.Locale;
import org.gatedepth.weka.model.Regularisation;

/**
 * What a run leaves to pilot runs.
 *
 * @param rows the rows, with the data preparation that they are encoded by
 * @param epochs passes over the rows
 * @param regularisation what is done against overfitting
 * @param temperature what the scores of the trained network are divided by
 */
record Setting(PreparedRows rows, int epochs, Regularisation regularisation, double temperature) {

    /** One that has not been tried. */
    Setting(PreparedRows rows, int epochs, Regularisation regularisation) {
        this(rows, epochs, regularisation, 1);
    }

    Setting withRows(PreparedRows other) {
        return new Setting(other, epochs, regularisation, temperature);
    }

    Setting withRegularisation(Regularisation other) {
        return new Setting(rows, epochs, other, temperature);
    }

    Setting withEpochs(int other) {
        return new Setting(rows, other, regularisation, temperature);
    }

    Setting withTemperature(double other) {
        return new Setting(rows, epochs, regularisation, other);
    }

    /** The setting in words. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%d epochs, weight decay %s, mixup %s, %s",
                epochs,
                regularisation.weightDecay(),
                regularisation.mixup(),
                rows.encoder().hasPieces() ? "numbers in pieces" : "numbers scaled");
    }
}
