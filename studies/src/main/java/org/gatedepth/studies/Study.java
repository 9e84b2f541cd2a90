package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A study: runs with different settings, and what is shown of their results.
 *
 * <p>Its class has a constructor without arguments, for the processes that {@link StudyRunner} starts, and a
 * {@code main} that calls {@link StudyRunner#main}.
 */
interface Study {

    /** Its name, which its files begin with, such as {@code depth-sweep}. */
    String name();

    /** The runs. Those of the quick form take three minutes at most together, on two cores. */
    List<RunSettings> runs(boolean quick);

    /**
     * Does one run.
     *
     * @return what was measured, by column; one row, or more of them where a run has a course (then with the same
     *     columns)
     */
    List<Map<String, Object>> run(RunSettings settings) throws Exception;

    /** What {@code RESULTS.md} shows of the results: a table in Markdown. */
    String table(ResultTable results);

    /** Draws the results, as {@code folder/name.svg} and, where there are more pictures, {@code name-what.svg}. */
    void draw(ResultTable results, Path folder) throws IOException;
}
