package org.gatedepth.weka.model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.gatedepth.report.Chain;
import org.gatedepth.report.DepthReport;

/**
 * The names that a report has in Weka. There a network has one chain of blocks, which texts, graph and charts number
 * from 1; a report names them by the layers of Deeplearning4j, such as {@code stack2/1} for block 6.
 */
public final class ReportNames {

    private ReportNames() {}

    /**
     * The report with the numbers of the blocks in the place of their identifiers, in its sentences, too.
     *
     * @param report a report as it was measured
     */
    public static DepthReport numbered(DepthReport report) {
        Map<String, String> names = new HashMap<>();
        for (Chain chain : report.chains()) {
            chain.blocks().forEach(block -> names.put(block, "block " + (names.size() + 1)));
        }
        if (report.chains().size() == 1) {
            names.put(report.chains().get(0).name(), "the network");
        }
        // A sentence may say "block stack/1". The longest first: the chain "stack" is a part of the block "stack/1".
        String identifiers = names.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        return identifiers.isEmpty()
                ? report
                : DepthReport.fromJson(Pattern.compile("(?<![\\w/])(?:block )?(" + identifiers + ")(?![\\w/])")
                        .matcher(report.toJson())
                        .replaceAll(found -> names.get(found.group(1))));
    }
}
