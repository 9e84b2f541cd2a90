package org.gatedepth.report;

import org.gatedepth.report.drawing.Html;
import org.gatedepth.report.input.InputImportance;

/** The last section of the page: how its numbers are defined and measured, and the papers that they come from. */
final class Methods {

    private static final String VEIT = "Veit et al. 2016, arXiv 1605.06431";
    private static final String SRIVASTAVA = "Srivastava et al. 2015, arXiv 1507.06228";

    private Methods() {}

    /** The definitions of what the report has. */
    static String of(DepthReport report) {
        StringBuilder out = new StringBuilder();
        add(
                out,
                "Before training",
                "measured on the same network with the initial weights that its configuration and its seed give.");
        if (!report.chains().isEmpty()) {
            flow(out);
        }
        if (!report.gates().isEmpty()) {
            add(
                    out,
                    "Gate",
                    "T(x) in y = T(x)·H(x) + (1 − T(x))·x, where H is what the block computes. Open: the share of"
                            + " the gates above 0.5, as a mean over the examples. Ever open: the share of the"
                            + " units whose gate is above 0.5 for at least one example (" + SRIVASTAVA
                            + ", figures 2 and 3).");
        }
        if (!report.time().nothing()) {
            add(
                    out,
                    "Gradient by lag",
                    "‖v·∂y/∂x‖, the norm of the gradient of a layer's output y at the last step of a sequence with"
                            + " respect to its input x so many steps before, in random directions v, as a mean over the"
                            + " sequences (Pascanu et al. 2013, arXiv 1211.5063).");
            add(
                    out,
                    "Receptive field",
                    "the number of steps that one output depends on: 1 + (kernel − 1)·Σ dilations for a temporal"
                            + " convolutional net (Bai et al. 2018, arXiv 1803.01271).");
        }
        if (!report.skips().isEmpty()) {
            add(
                    out,
                    "Weighted skip",
                    "y = α·x + β·F(x), where F is what the block computes. The size of beta is the mean of |β| over"
                            + " the units (Bachlechner et al. 2020, arXiv 2003.04887).");
        }
        if (!report.dense().isEmpty()) {
            add(
                    out,
                    "Which block reads which",
                    "the mean absolute weight of a block on the features of an earlier one"
                            + " (Huang et al. 2016, arXiv 1608.06993, figure 5).");
        }
        if (!report.lesions().single().isEmpty()) {
            add(
                    out,
                    "Blocks left out",
                    "a block returns only what comes through its skip, without new training (" + VEIT
                            + ", figures 3 and 5; " + SRIVASTAVA + ", figure 4). The least useful block is the one"
                            + " whose absence alone changes the fewest predictions. Blocks are idle if at most 1 % of"
                            + " the predictions change when all of them are left out together.");
        }
        if (!report.inputs().isEmpty()) {
            add(
                    out,
                    "Inputs",
                    "the values of an input are exchanged at random among the examples, as a mean over "
                            + InputImportance.REPEATS + " exchanges (permutation importance: Breiman 2001, Random"
                            + " Forests, section 10; Fisher et al. 2019, arXiv 1801.01489). Of two inputs that say the"
                            + " same, each alone looks unimportant.");
        }
        if (!report.heads().isEmpty()) {
            add(
                    out,
                    "Heads",
                    "an example exits at the first head that gives a class a probability of at least "
                            + HeadReport.CONFIDENCE
                            + ". Overthinking: the share of the examples that are correct at the head and wrong at the"
                            + " last output (Kaya et al. 2019, arXiv 1810.07052).");
        }
        return Html.section("How this is measured", "<dl>\n" + out + "</dl>\n");
    }

    private static void flow(StringBuilder out) {
        add(
                out,
                "Signal",
                "‖x‖, the Euclidean norm of what a block returns, as a mean over the examples"
                        + " (Glorot and Bengio 2010).");
        add(
                out,
                "Error signal, gradient",
                "‖∂L/∂x‖, the norm of the gradient of an example's loss with respect to what a block returns, as a"
                        + " mean over the examples. It vanishes if its norm before the first block is below "
                        + Flow.VANISHED + " times that after the last, and explodes above " + (int) Flow.EXPLODED
                        + " times (Hochreiter 1991; Glorot and Bengio 2010).");
        add(
                out,
                "Gain",
                "the root mean square of the singular values of a block's Jacobian, estimated with random vectors"
                        + " (Saxe et al. 2014, arXiv 1312.6120). Gain to the end: the same for the product of the"
                        + " Jacobians from here on. Values near 1 everywhere are called dynamical isometry"
                        + " (Pennington et al. 2017, arXiv 1711.04735).");
        add(
                out,
                "Change",
                "‖y − skip(x)‖ / ‖y‖, where y is what the block returns and skip(x) what comes through its skip"
                        + " (Greff et al. 2017, arXiv 1612.07771).");
        add(
                out,
                "Effective depth",
                "the mean length of the gradient's paths, which is the number of blocks whose computation a path"
                        + " passes; estimated from sampled paths (" + VEIT + ", section 4.3 and figure 6).");
    }

    private static void add(StringBuilder out, String term, String meaning) {
        out.append("<dt>").append(Html.escape(term)).append("</dt><dd>");
        out.append(Html.escape(Sentences.capital(meaning)));
        out.append("</dd>\n");
    }
}
