package org.gatedepth.weka.sequence;

import java.util.ArrayList;
import java.util.List;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Runs of numeric attributes as one series: step t has the t-th attribute of each run as its values. Steps at the end
 * whose values are all missing do not count, so that series may have different lengths.
 */
final class SeriesSteps extends Steps {

    private static final long serialVersionUID = 1L;

    /** By channel and step: the index of the attribute. */
    private final int[][] channels;

    /**
     * A series.
     *
     * @param channels one run of attributes for each channel, all of one length
     */
    SeriesSteps(List<List<Integer>> channels) {
        super(header(channels.size()));
        this.channels = channels.stream()
                .map(run -> run.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private static Instances header(int channels) {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (int c = 1; c <= channels; c++) {
            attributes.add(new Attribute("channel " + c));
        }
        return new Instances("series", attributes, 0);
    }

    @Override
    public List<Integer> attributes() {
        List<Integer> all = new ArrayList<>();
        for (int[] run : channels) {
            for (int attribute : run) {
                all.add(attribute);
            }
        }
        return all;
    }

    @Override
    public List<Instance> steps(Instance row) {
        List<Instance> steps = new ArrayList<>();
        int known = 1;
        for (int t = 0; t < channels[0].length; t++) {
            double[] values = new double[channels.length];
            for (int c = 0; c < values.length; c++) {
                values[c] = row.value(channels[c][t]);
                known = Double.isNaN(values[c]) ? known : t + 1;
            }
            steps.add(step(values));
        }
        return steps.subList(0, known);
    }
}
