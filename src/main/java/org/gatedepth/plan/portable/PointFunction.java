package org.gatedepth.plan.portable;

/** Functions of one number that no loop of the plan knows: activations that ND4J computes in training. */
public enum PointFunction {
    /** {@code x} above 0, else {@code p·(exp(x) − 1)}. */
    ELU {
        @Override
        double of(double x, double p) {
            return x > 0 ? x : p * Math.expm1(x);
        }
    },
    /** Self-normalising: {@code λ·x} above 0, else {@code λ·α·(exp(x) − 1)}. */
    SELU {
        @Override
        double of(double x, double p) {
            return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
        }
    },
    /** {@code ln(1 + exp(x))}. */
    SOFTPLUS {
        @Override
        double of(double x, double p) {
            return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        }
    },
    /** {@code x/(1 + |x|)}. */
    SOFTSIGN {
        @Override
        double of(double x, double p) {
            return x / (1 + Math.abs(x));
        }
    },
    /** {@code x} above 0, else {@code p·x}. */
    LEAKY_RELU {
        @Override
        double of(double x, double p) {
            return x < 0 ? p * x : x;
        }
    },
    /** {@code x} between {@code p} and 6. */
    RELU6 {
        @Override
        double of(double x, double p) {
            return Math.min(Math.max(x, p), 6);
        }
    },
    /** {@code x} between −1 and 1. */
    HARD_TANH {
        @Override
        double of(double x, double p) {
            return Math.min(Math.max(x, -1), 1);
        }
    },
    /** {@code 0.2·x + 0.5} between 0 and 1. */
    HARD_SIGMOID {
        @Override
        double of(double x, double p) {
            return Math.min(Math.max(0.2 * x + 0.5, 0), 1);
        }
    },
    /** {@code x³}. */
    CUBE {
        @Override
        double of(double x, double p) {
            return x * x * x;
        }
    },
    /** {@code 1.7159·t} of {@code t = sign(y)·(1 − 1/(1 + |y| + y² + 1.41645·y⁴))} and {@code y = 2x/3}. */
    RATIONAL_TANH {
        @Override
        double of(double x, double p) {
            double y = Math.abs(2 * x / 3);
            return 1.7159 * Math.signum(x) * (1 - 1 / (1 + y + y * y + 1.41645 * y * y * y * y));
        }
    },
    /** {@code max(tanh(x), 0)}. */
    RECTIFIED_TANH {
        @Override
        double of(double x, double p) {
            return Math.max(Math.tanh(x), 0);
        }
    },
    /** 1 where {@code x > p}, else 0. */
    GREATER {
        @Override
        double of(double x, double p) {
            return x > p ? 1 : 0;
        }
    };

    /**
     * The function.
     *
     * @param p its parameter, where it has one
     */
    abstract double of(double x, double p);
}
