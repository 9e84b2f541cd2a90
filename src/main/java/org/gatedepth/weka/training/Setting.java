package org.gatedepth.weka.training;

import java.util.Locale;
import org.gatedepth.weka.model.Regularisation;

/**
 * What a run leaves to pilot runs.
 *
 * @param rows the rows, with the data preparation that they are encoded by
 * @param epochs passes over the rows
 * @param regularisation what is done against overfitting
 */
record Setting(PreparedRows rows, int epochs, Regularisation regularisation) {

    Setting withRows(PreparedRows other) {
        return new Setting(other, epochs, regularisation);
    }

    Setting withRegularisation(Regularisation other) {
        return new Setting(rows, epochs, other);
    }

    Setting withEpochs(int other) {
        return new Setting(rows, other, regularisation);
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
