package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import weka.classifiers.Evaluation;
import weka.core.Instances;
import weka.core.Utils;
import weka.filters.Filter;
import weka.filters.unsupervised.attribute.Remove;

/**
 * Where auxiliary targets help, and where they harm: accuracy on the rows that were not trained on, mean and standard
 * deviation over five seeds, each with another split.
 *
 * <p>They help where their labels say more of what the class depends on (the vowel under its length), and harm where
 * they want other features and their loss weighs as much as the class's (the speaker beside the vowel).
 */
@Tag("slow")
class GatedNetworkAuxiliaryAccuracyTest {
    private static final int SEEDS = 5;

    /** Accuracies by seed without the auxiliary target and with it. */
    private record Comparison(double[] without, double[] with) {
        long better() {
            return IntStream.range(0, SEEDS).filter(i -> with[i] > without[i]).count();
        }

        double gain() {
            return Utils.mean(with) - Utils.mean(without);
        }
    }

    @Test
    void theVowelHelpsToTellItsLength() throws Exception {
        Comparison half = compare("vowel-length", "10", 495, "");
        Comparison fifth = compare("vowel-length", "10", 198, "");
        assertThat(half.gain()).isGreaterThan(0.015);
        assertThat(half.better()).isGreaterThanOrEqualTo(4);
        assertThat(fifth.gain()).isGreaterThan(0.015);
    }

    @Test
    void aHeadOfWeightZeroNeitherHelpsNorHarms() throws Exception {
        assertThat(compare("vowel-length", "10", 495, "-aux-weight 0").gain()).isBetween(-0.01, 0.01);
    }

    @Test
    void theSpeakerHarmsTheVowel() throws Exception {
        Comparison harmed = compare("vowel", "1", 198, "-aux-weight 1 -aux-depth 3");
        assertThat(harmed.gain()).isLessThan(-0.01);
        assertThat(harmed.better()).isLessThanOrEqualTo(1);
    }

    /** The same inputs both times: without an auxiliary target its attribute is removed. */
    private static Comparison compare(String name, String attribute, int trainingRows, String options)
            throws Exception {
        Instances table = Tables.example(name);
        Remove remove = new Remove();
        remove.setAttributeIndices(attribute);
        remove.setInputFormat(table);
        Instances bare = Filter.useFilter(table, remove);
        Comparison comparison = new Comparison(new double[SEEDS], new double[SEEDS]);
        for (int seed = 1; seed <= SEEDS; seed++) {
            comparison.without()[seed - 1] = accuracy(bare, trainingRows, seed, "");
            comparison.with()[seed - 1] =
                    accuracy(table, trainingRows, seed, "-aux-attributes " + attribute + " " + options);
        }
        System.out.printf(
                "%s, %d training rows: without %.4f +- %.4f; -aux-attributes %s %s %.4f +- %.4f, better with %d of %d"
                        + " seeds%n",
                name,
                trainingRows,
                Utils.mean(comparison.without()),
                Math.sqrt(Utils.variance(comparison.without())),
                attribute,
                options,
                Utils.mean(comparison.with()),
                Math.sqrt(Utils.variance(comparison.with())),
                comparison.better(),
                SEEDS);
        return comparison;
    }

    private static double accuracy(Instances table, int trainingRows, int seed, String options) throws Exception {
        Instances shuffled = new Instances(table);
        shuffled.randomize(new Random(seed));
        Instances training = new Instances(shuffled, 0, trainingRows);
        Instances test = new Instances(shuffled, trainingRows, shuffled.size() - trainingRows);
        GatedNetwork classifier = new GatedNetwork();
        // One network, since heads leave no room for members: the comparison is of the heads alone.
        classifier.setOptions(Utils.splitOptions("-members 1 -number-embedding NONE -S " + seed + " " + options));
        classifier.buildClassifier(training);
        Evaluation evaluation = new Evaluation(training);
        evaluation.evaluateModel(classifier, test);
        return evaluation.pctCorrect() / 100;
    }
}
