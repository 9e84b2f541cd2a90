package org.gatedepth.report;

import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.report.time.OverTime;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationFeature;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Writes and reads the JSON form. Numbers that are NaN or infinite become the strings "NaN", "Infinity" and
 * "-Infinity".
 */
final class JsonForm {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String REMEDY = "; give the text that DepthReport.toJson() wrote.";

    private JsonForm() {}

    static String write(DepthReport report) {
        try {
            return MAPPER.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "This depth report cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    static DepthReport read(String json) {
        JsonNode tree = tree(json);
        if (!tree.isObject() || !tree.path("format").isInt()) {
            throw new IllegalArgumentException(
                    "This is JSON but not a depth report, because it has no number \"format\": \"" + beginning(json)
                            + "\"" + REMEDY);
        }
        int format = tree.get("format").asInt();
        if (format != DepthReport.FORMAT) {
            throw new IllegalArgumentException(
                    "This depth report has format " + format + ", but this Gatedepth reads format " + DepthReport.FORMAT
                            + ": read it with the Gatedepth that wrote it, or measure the network again.");
        }
        if (tree.path("lesions").isNull()) {
            throw new IllegalArgumentException("This depth report has null as its lesions" + REMEDY);
        }
        addWhatIsMissing((ObjectNode) tree);
        try {
            return MAPPER.treeToValue(tree, DepthReport.class);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(
                    "This depth report cannot be read at " + place(e) + ": " + sentence(e) + REMEDY, e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("This depth report cannot be read: " + sentence(e) + REMEDY, e);
        }
    }

    /** Reports of format 1 were written without losses, sequences, inputs and advice at first. */
    private static void addWhatIsMissing(ObjectNode report) {
        if (!report.has("losses")) {
            report.set("losses", MAPPER.valueToTree(LossHistory.NONE));
        }
        if (!report.has("time")) {
            report.set("time", MAPPER.valueToTree(OverTime.NONE));
        }
        if (!report.has("inputs")) {
            report.putArray("inputs");
        }
        if (!report.has("advice")) {
            report.putArray("advice");
        }
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new IllegalArgumentException(
                    "This is not JSON: \"" + beginning(json) + "\", " + sentence(e) + where + REMEDY, e);
        }
    }

    private static String beginning(String json) {
        String line = json.strip().replaceAll("\\s+", " ");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }

    /** The first line of what Jackson says. */
    private static String sentence(JsonProcessingException e) {
        String message = e.getOriginalMessage() == null ? e.getClass().getSimpleName() : e.getOriginalMessage();
        return message.lines().findFirst().orElse("").replaceAll("[.;]$", "");
    }

    /** The path to the fault, such as chains[0].now. */
    private static String place(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? "its top" : path.toString();
    }
}
