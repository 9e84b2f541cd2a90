package org.gatedepth.weka.model;

import java.io.Serializable;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.options.ResumedOptions;
import org.gatedepth.weka.table.TableEncoder;
import weka.core.Instances;

/**
 * Where a training run ended, so that it can be resumed.
 *
 * @param options the options of the run
 * @param encoder the data preparation
 * @param width units of a block
 * @param regularisation what was chosen against overfitting
 * @param temperature what the scores of the trained network are divided by
 * @param epochs epochs that the run was to have
 * @param network the network after the last epoch, with the state of its updater
 * @param best the best epoch so far
 * @param losses the losses of the epochs so far
 * @param epoch the last epoch
 * @param nanos nanoseconds that the epochs took
 */
public record TrainingState(
        NetworkOptions options,
        TableEncoder encoder,
        int width,
        Regularisation regularisation,
        double temperature,
        int epochs,
        StoredNetwork network,
        BestEpoch best,
        LossHistory losses,
        int epoch,
        long nanos)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A state that was stored without losses has none, and one without a temperature the temperature 1. */
    public TrainingState {
        temperature = temperature == 0 ? 1 : temperature;
        losses = losses == null ? LossHistory.NONE : losses;
    }

    /**
     * Refuses a change of a fixed option, and rows of another table.
     *
     * @param wanted the options that training is to be resumed with
     * @param rows the rows that it is to be resumed on
     * @throws IllegalArgumentException with one sentence
     */
    public void checkContinues(NetworkOptions wanted, Instances rows) {
        ResumedOptions.check(options, wanted);
        encoder.checkHeader(rows);
    }
}
