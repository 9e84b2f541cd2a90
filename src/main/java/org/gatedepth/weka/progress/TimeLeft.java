package org.gatedepth.weka.progress;

/** The end of a line of progress, which says how much longer it takes. */
public final class TimeLeft {

    private TimeLeft() {}

    /** Such as {@code ", 1 min 5 s left"}; empty below a second, which a reader does not wait for. */
    public static String of(double seconds) {
        return seconds < 1 ? "" : ", " + duration(Math.round(seconds)) + " left";
    }

    private static String duration(long whole) {
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}
