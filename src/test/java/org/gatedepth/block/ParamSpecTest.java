package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ParamSpecTest {
    @Test
    void refusesNamesThatDl4jWouldSplit() {
        assertThatThrownBy(() -> ParamSpec.bias("a_b", 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a parameter name must not be empty or contain '_', got \"a_b\"");
    }

    @Test
    void refusesEmptyShapes() {
        assertThatThrownBy(() -> ParamSpec.weight("W", 1, 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter W must have a positive shape, got [3, 0]");
    }

    @Test
    void aScopeStandsBeforeTheName() {
        assertThat(ParamSpec.weight("W", 1, 3, 2).scoped("H").scoped("b7").name())
                .isEqualTo("b7/H/W");
    }
}
