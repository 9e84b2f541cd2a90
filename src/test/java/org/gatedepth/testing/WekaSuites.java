package org.gatedepth.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import weka.classifiers.AbstractClassifierTest;
import weka.classifiers.CheckClassifier;
import weka.classifiers.Classifier;
import weka.core.CheckGOE;
import weka.core.CheckOptionHandler;
import weka.core.OptionHandler;
import weka.core.Utils;
import weka.core.WekaPackageManager;

/**
 * Weka's own tests of a classifier. They find it by its name, so that they run on the classes of the build and, by
 * {@link #main}, on an installed package.
 */
public final class WekaSuites {

    public static final String CLASSIFIER = "weka.classifiers.functions.GatedNetwork";

    /** Small, since the suites look at how the classifier behaves and not at how good it is. */
    public static final String SMALL = "-depth 2 -width 4 -epochs 2";

    /** As what it trains is given, there are no pilot runs; and one network and not the mean of several. */
    public static final String ONE_NETWORK = "-members 1 -weight-decay 0.1 -mixup 0 -number-embedding NONE";

    /** Where {@code testRegression} keeps its reference; the folder is to be empty. */
    public static final Path REFERENCE = Path.of("target", "weka-reference").toAbsolutePath();

    static {
        System.setProperty("weka.test.Regression.root", REFERENCE.toString());
    }

    private WekaSuites() {}

    /** Weka's JUnit tests. */
    public static final class OfClassifier extends AbstractClassifierTest {

        private final String options;

        /**
         * A test.
         *
         * @param name one of {@link #names}
         * @param options of the classifier
         */
        public OfClassifier(String name, String options) {
            super(name);
            this.options = options;
        }

        @Override
        public Classifier getClassifier() {
            return classifier(options);
        }
    }

    /**
     * The names of Weka's JUnit tests. The first run of {@code testRegression} writes what the classifier predicts, and
     * the second one, at the end, compares.
     */
    public static List<String> names() {
        Stream<String> all = Arrays.stream(AbstractClassifierTest.class.getMethods())
                .map(method -> method.getName())
                .filter(name -> name.startsWith("test"))
                .sorted();
        return Stream.concat(all, Stream.of("testRegression")).toList();
    }

    /** A classifier with options, from wherever Weka finds it. */
    public static Classifier classifier(String options) {
        try {
            return (Classifier) Utils.forName(Classifier.class, CLASSIFIER, Utils.splitOptions(options));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The lines of {@code CheckClassifier}, whose exit code is 0 whatever it finds.
     *
     * @param bags whether each row has a bag, as Weka checks a classifier that can read bags; else the columns of rows
     *     are checked, and bags and texts among them
     */
    public static List<String> checkClassifier(String options, boolean bags) {
        StringBuilder said = new StringBuilder();
        CheckClassifier check = new CheckClassifier() {
            @Override
            protected boolean[] multiInstanceHandler() {
                return bags ? super.multiInstanceHandler() : new boolean[] {false, false};
            }

            @Override
            protected void print(Object message) {
                said.append(message);
            }

            @Override
            protected void println(Object message) {
                said.append(message).append('\n');
            }
        };
        check.setClassifier(classifier(options));
        check.doTests();
        return said.toString().lines().toList();
    }

    /**
     * Every "no" that {@code CheckClassifier} may say, and why.
     *
     * @param earlyExit whether rows may exit early, which numeric classes, bags and texts rule out
     * @param bags whether each row has a bag, and the predictors are those of its steps
     */
    public static List<String> expectedNos(boolean earlyExit, boolean bags) {
        List<String> no = new ArrayList<>();
        // It passes over a table again and again, as an IterativeClassifier, and does not learn row by row.
        no.add("updateable classifier...no");
        for (String type : earlyExit ? List.of("nominal") : List.of("nominal", "numeric")) {
            String predictors =
                    bags || earlyExit ? "numeric & nominal & date" : "numeric & nominal & string & date & relational";
            String mixed = " (" + type + " class, " + predictors + " predictors)...no (OK error message)";
            if (bags) {
                // A text within a step would be a sequence within a sequence.
                no.add(basic(type, "string"));
            } else if (earlyExit) {
                no.add(basic(type, "string"));
                no.add(basic(type, "relational"));
            }
            // No rows, no values, no classes: there is nothing to learn from, and it says so.
            no.add("handle zero training instances" + mixed);
            no.add("100% missing predictor values" + mixed);
            no.add("100% missing class values" + mixed);
        }
        // A date as the class is no quantity to add up, and a text or a table none to predict. Rows leave early by the
        // probability of a label, so that there is no numeric class with -early-exit.
        Stream<String> refused = Stream.of("date", "string", "relational");
        if (earlyExit) {
            refused = Stream.concat(Stream.of("numeric"), refused);
        }
        List<String> predictors = bags
                ? List.of("nominal", "numeric", "string", "date")
                : List.of("nominal", "numeric", "string", "date", "relational");
        refused.forEach(type -> predictors.forEach(each -> no.add(basic(type, each))));
        return no;
    }

    private static String basic(String type, String predictors) {
        return "basic predict (" + type + " class, " + predictors + " predictors)...no (OK error message)";
    }

    /** Whether {@code CheckOptionHandler} is content. */
    public static boolean checkOptions(String options) {
        CheckOptionHandler check = new CheckOptionHandler();
        check.setSilent(true);
        check.setOptionHandler((OptionHandler) classifier(options));
        check.doTests();
        return check.getSuccess();
    }

    /** Whether {@code CheckGOE}, the check of what the option window needs, is content. */
    public static boolean checkOptionWindow() {
        CheckGOE check = new CheckGOE();
        check.setSilent(true);
        check.setObject(classifier(SMALL));
        check.doTests();
        return check.getSuccess();
    }

    /**
     * Runs all of it on an installed package and prints a line for each result. Pilot runs are left to the suites on
     * the classes of the build.
     */
    public static void main(String[] arguments) throws Exception {
        String options = SMALL + " " + ONE_NETWORK;
        WekaPackageManager.loadPackages(false, true, false);
        ClassLoader loader = classifier(SMALL).getClass().getClassLoader();
        print("of a package: " + (loader != WekaSuites.class.getClassLoader()));
        for (String name : names()) {
            print(name + ": " + outcome(name, options));
        }
        print("CheckOptionHandler: " + checkOptions(SMALL));
        print("CheckGOE: " + checkOptionWindow());
        checkClassifier(options, true).forEach(WekaSuites::print);
    }

    /** The tests print, too: what counts are the lines that begin with a mark. */
    private static void print(String line) {
        System.out.println("\n# " + line);
    }

    private static String outcome(String name, String options) {
        try {
            new OfClassifier(name, options).runBare();
            return "passed";
        } catch (Throwable e) {
            return e.toString();
        }
    }
}
