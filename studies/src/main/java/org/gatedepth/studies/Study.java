package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A study: a grid of runs, and what is shown of their results.
 *
 * <p>Its class has a constructor without arguments, for the processes that {@link Grid} starts, and a {@code main} that calls
 * {@link Grid#main}.
 */
interface Study {

    /** Its name, which its files begin with, such as {@code depth-sweep}. */
    String name();

    /** The runs. Those of the quick form take three minutes at most together, on two cores. */
    List<Cell> cells(boolean quick);

    /**
     * Does one run.
     *
     * @return what was measured, by column; one row, or more of them where a run has a course (then with the same columns)
     */
    List<Map<String, Object>> run(Cell cell) throws Exception;

    /** What {@code RESULTS.md} shows of the results: a table in Markdown. */
    String table(Results results);

    /** Draws the results, as {@code folder/name.svg} and, where there are more pictures, {@code name-what.svg}. */
    void draw(Results results, Path folder) throws IOException;
}
