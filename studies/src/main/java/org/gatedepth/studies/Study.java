package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    List<RunSettings> runs(boolean quick) throws IOException;

    /**
     * Does one run.
     *
     * @return what was measured, by column; one row, or more of them where a run has a course (then with the same
     *     columns)
     */
    List<Map<String, Object>> run(RunSettings settings) throws Exception;

    /** What its {@code main} was given beside the options of the runner; the processes of its runs get the same. */
    default List<String> arguments() {
        return List.of();
    }

    /** How long a run may take; without an end if it is empty. */
    default Optional<Duration> limit() {
        return Optional.empty();
    }

    /** What is kept of a run that is stopped at the limit, by column. */
    default Map<String, Object> overLimit() {
        throw new UnsupportedOperationException(name() + " has no limit for its runs");
    }

    /** What {@code RESULTS.md} shows of the results: a table in Markdown. */
    String table(ResultTable results) throws IOException;

    /** Draws the results, as {@code folder/name.svg} and, where there are more pictures, {@code name-what.svg}. */
    void draw(ResultTable results, Path folder) throws IOException;
}
