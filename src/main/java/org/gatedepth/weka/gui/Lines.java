package org.gatedepth.weka.gui;

import java.util.ArrayList;
import java.util.List;

/** Breaks texts into lines, since Swing shows a tip or a message in one line, however wide. */
final class Lines {

    /** Characters of a line: below 700 pixels in a font of 13 points. */
    private static final int WIDTH = 90;

    private Lines() {}

    /** The lines of a text; a word that is longer than a line, such as a path, is broken. */
    static List<String> of(String text) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            String rest = paragraph;
            while (rest.length() > WIDTH) {
                int space = rest.lastIndexOf(' ', WIDTH);
                int end = space > 0 ? space : WIDTH;
                lines.add(rest.substring(0, end));
                rest = rest.substring(space > 0 ? end + 1 : end);
            }
            lines.add(rest);
        }
        return lines;
    }

    /** A text with line ends, for a message. */
    static String plain(String text) {
        return String.join("\n", of(text));
    }

    /** A text as HTML, for a tip. */
    static String html(String text) {
        String escaped = String.join("<br>", of(text.replace("&", "&amp;").replace("<", "&lt;")));
        return "<html>" + escaped + "</html>";
    }
}
