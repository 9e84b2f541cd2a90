import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes the three example tables with sequences, always the same ones: {@code java examples/data/MakeSequences.java
 * examples/data}.
 */
public class MakeSequences {

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.writeString(folder.resolve("gestures.arff"), gestures(new Random(1)));
        Files.writeString(folder.resolve("cylinder-bell-funnel.arff"), series(new Random(2)));
        Files.writeString(folder.resolve("opinions.arff"), opinions(new Random(3)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /**
     * Strokes of a pen, each a bag of 8 to 24 points: a circle in one of two directions, or an eight. The points of the
     * two circles are the same; only their order tells the direction. Each point has the quadrant that it is in.
     */
    private static String gestures(Random random) {
        List<String> shapes = List.of("clockwise", "counterclockwise", "eight");
        StringBuilder table = new StringBuilder("""
                % Made by MakeSequences.java. CC0 1.0.
                @relation gestures
                @attribute points relational
                  @attribute x numeric
                  @attribute y numeric
                  @attribute quadrant {ne,nw,sw,se}
                @end points
                @attribute seconds numeric
                @attribute shape {clockwise,counterclockwise,eight}
                @data
                """);
        for (int row = 0; row < 240; row++) {
            int shape = row % 3;
            int points = 8 + random.nextInt(17);
            double start = 2 * Math.PI * random.nextDouble();
            double size = 0.7 + 0.6 * random.nextDouble();
            StringBuilder bag = new StringBuilder();
            for (int i = 0; i < points; i++) {
                double angle = start + (shape == 0 ? -1 : 1) * 2 * Math.PI * i / points;
                double x = size * Math.cos(angle) + 0.15 * random.nextGaussian();
                double y = size * (shape == 2 ? Math.sin(2 * angle) : Math.sin(angle)) + 0.15 * random.nextGaussian();
                String quadrant = y > 0 ? (x > 0 ? "ne" : "nw") : (x > 0 ? "se" : "sw");
                bag.append(i == 0 ? "" : "\\n").append(number(x)).append(',');
                bag.append(number(y)).append(',').append(quadrant);
            }
            double seconds = 0.05 * points + 0.1 * random.nextDouble();
            table.append('"').append(bag).append("\",");
            table.append(number(seconds)).append(',').append(shapes.get(shape)).append('\n');
        }
        return table.toString();
    }

    /**
     * Series of 60 steps with a plateau, a rise or a fall somewhere in noise. After N. Saito 1994, Local feature
     * extraction and its applications using a library of bases.
     */
    private static String series(Random random) {
        List<String> shapes = List.of("cylinder", "bell", "funnel");
        StringBuilder table = new StringBuilder("% Made by MakeSequences.java. CC0 1.0.\n");
        table.append("@relation cylinder-bell-funnel\n");
        for (int step = 1; step <= 60; step++) {
            table.append("@attribute t").append(step).append(" numeric\n");
        }
        table.append("@attribute shape {cylinder,bell,funnel}\n@data\n");
        for (int row = 0; row < 240; row++) {
            int shape = row % 3;
            int from = 8 + random.nextInt(9);
            int to = from + 15 + random.nextInt(29);
            double height = 3 + 0.5 * random.nextGaussian();
            for (int step = 0; step < 60; step++) {
                double part = (step - from) / (double) (to - from);
                boolean inside = step >= from && step <= to;
                double form = shape == 0 ? 1 : shape == 1 ? part : 1 - part;
                table.append(number((inside ? height * form : 0) + random.nextGaussian())).append(',');
            }
            table.append(shapes.get(shape)).append('\n');
        }
        return table.toString();
    }

    /** Sentences in which the order of words decides: "good, not bad" is praise, and "bad, not good" is none. */
    private static String opinions(Random random) {
        List<String> things =
                List.of("food", "room", "service", "coffee", "view", "bed", "staff", "breakfast", "price");
        List<String> good = List.of("good", "lovely", "clean", "friendly", "excellent");
        List<String> bad = List.of("bad", "awful", "dirty", "rude", "poor");
        List<String> when = List.of("as always", "this time", "in the evening", "for us", "again", "on Sunday");
        StringBuilder table = new StringBuilder("""
                % Made by MakeSequences.java. CC0 1.0.
                @relation opinions
                @attribute text string
                @attribute opinion {praise,complaint}
                @data
                """);
        for (int row = 0; row < 300; row++) {
            boolean praise = row % 2 == 0;
            String yes = pick(praise ? good : bad, random);
            String no = pick(praise ? bad : good, random);
            String thing = "the " + pick(things, random) + " was ";
            String sentence =
                    switch (random.nextInt(3)) {
                        case 0 -> thing + yes + ", not " + no;
                        case 1 -> thing + "not " + no + " but " + yes;
                        default -> thing + "anything but " + no + ", it was " + yes;
                    };
            boolean after = random.nextBoolean();
            String where = pick(when, random);
            table.append('\'')
                    .append(after ? sentence + " " + where : where + " " + sentence)
                    .append("',")
                    .append(praise ? "praise" : "complaint")
                    .append('\n');
        }
        return table.toString();
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
