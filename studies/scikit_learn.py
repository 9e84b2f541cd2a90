"""Trains a model of scikit-learn with its default options on rows from standard input, and writes what it predicts.

python3 scikit_learn.py MODEL SEED; MODEL is HistGradientBoosting, RandomForest (300 trees) or MLP.

Input, big-endian: four 32-bit integers (labels of the class, or 0 for a numeric class; training rows; test rows; columns),
the columns of training and test rows as 32-bit reals with NaN for what is missing, the classes of the training rows as
64-bit reals. Output: 64-bit reals: seconds of training and of prediction, then for each test row the probability of each
label, or the predicted number. RandomForest and MLP get column means in place of NaN, MLP standardised columns and a
standardised numeric class.
"""
import sys
import time
import warnings

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def model(name, numeric, seed):
    if name == "HistGradientBoosting":
        kind = HistGradientBoostingRegressor if numeric else HistGradientBoostingClassifier
        return kind(random_state=seed)
    if name == "RandomForest":
        kind = RandomForestRegressor if numeric else RandomForestClassifier
        return make_pipeline(SimpleImputer(), kind(n_estimators=300, random_state=seed))
    if name == "MLP":
        kind = MLPRegressor if numeric else MLPClassifier
        network = make_pipeline(SimpleImputer(), StandardScaler(), kind(random_state=seed))
        return TransformedTargetRegressor(network, transformer=StandardScaler()) if numeric else network
    sys.exit("there is no model " + name)


def main():
    # MLP warns that its 200 epochs were not enough, and SimpleImputer of columns without any value.
    warnings.filterwarnings("ignore")
    content = sys.stdin.buffer.read()
    labels, train, test, columns = np.frombuffer(content, ">i4", 4)
    rows = np.frombuffer(content, ">f4", (train + test) * columns, 16).reshape(train + test, columns).astype(np.float64)
    classes = np.frombuffer(content, ">f8", train, 16 + rows.size * 4).astype(np.float64)
    learner = model(sys.argv[1], labels == 0, int(sys.argv[2]))

    begin = time.perf_counter()
    learner.fit(rows[:train], classes)
    trained = time.perf_counter()
    if labels == 0:
        predictions = learner.predict(rows[train:])
    else:
        # A label that no training row has gets the probability 0.
        predictions = np.zeros((test, labels))
        predictions[:, learner.classes_.astype(int)] = learner.predict_proba(rows[train:])
    end = time.perf_counter()

    output = np.concatenate([[trained - begin, end - trained], predictions.ravel()])
    sys.stdout.buffer.write(output.astype(">f8").tobytes())


if __name__ == "__main__":
    main()
