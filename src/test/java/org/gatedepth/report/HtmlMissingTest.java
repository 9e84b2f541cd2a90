package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a user reads where the jars that draw the page are not on the class path. */
class HtmlMissingTest {
    @Test
    void bothJarsAreNamedAndTheClassThatIsMissing() {
        for (String missing :
                new String[] {"org/knowm/xchart/XYChart", "de/erichseifert/vectorgraphics2d/VectorGraphics2D"}) {
            assertThat(HtmlForm.missing(new NoClassDefFoundError(missing)))
                    .hasMessageContaining("org.knowm.xchart:xchart:3.8.8")
                    .hasMessageContaining("de.erichseifert.vectorgraphics2d:VectorGraphics2D:0.13")
                    .hasMessageContaining("(missing: " + missing + ")");
        }
    }
}
