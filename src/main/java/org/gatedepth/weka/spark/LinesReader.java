package org.gatedepth.weka.spark;

import java.io.Reader;
import java.util.Iterator;

/** Lines as a text. */
final class LinesReader extends Reader {
    private final Iterator<String> lines;
    private String line = "";
    private int at;

    LinesReader(Iterator<String> lines) {
        this.lines = lines;
    }

    @Override
    public int read(char[] to, int offset, int length) {
        if (at == line.length()) {
            if (!lines.hasNext()) {
                return -1;
            }
            line = lines.next() + "\n";
            at = 0;
        }
        int count = Math.min(length, line.length() - at);
        line.getChars(at, at + count, to, offset);
        at += count;
        return count;
    }

    @Override
    public void close() {
        // The lines belong to another.
    }
}
