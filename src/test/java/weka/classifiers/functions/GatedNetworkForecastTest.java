package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import weka.classifiers.evaluation.NumericPrediction;
import weka.classifiers.timeseries.WekaForecaster;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/** The base learner of Weka's package timeseriesForecasting, which makes a table of lagged values. */
@Tag("slow")
class GatedNetworkForecastTest {

    private static double value(int t) {
        return 100 + 10 * Math.sin(2 * Math.PI * t / 12);
    }

    @Test
    void forecastsAPeriodAhead() throws Exception {
        Instances series = new Instances("series", new ArrayList<>(List.of(new Attribute("sales"))), 0);
        for (int t = 0; t < 120; t++) {
            series.add(new DenseInstance(1, new double[] {value(t)}));
        }
        WekaForecaster forecaster = new WekaForecaster();
        forecaster.setFieldsToForecast("sales");
        forecaster.setBaseForecaster(Tables.quick("-epochs", "60", "-width", "16", "-learning-rate", "0.01"));
        forecaster.getTSLagMaker().setMinLag(1);
        forecaster.getTSLagMaker().setMaxLag(12);
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

        forecaster.buildForecaster(series, silent);
        forecaster.primeForecaster(series);
        List<List<NumericPrediction>> ahead = forecaster.forecast(12, silent);

        assertThat(ahead).hasSize(12);
        for (int t = 0; t < 12; t++) {
            assertThat(ahead.get(t).get(0).predicted()).isCloseTo(value(120 + t), within(2.0));
        }
    }
}
