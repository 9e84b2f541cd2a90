#!/usr/bin/env python3
"""Highway blocks in PyTorch on one thread: prints milliseconds of a training step and of an inference pass.

A step is forward, backward and Adam. Each number is the median of the measurements, each of which is a mean over some
seconds. --fused computes transform and gate by one matrix product, the fastest eager form known to us.
"""
import argparse
import math
import statistics
import time

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=50)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--blocks", type=int, default=50)
parser.add_argument("--classes", type=int, default=10)
parser.add_argument("--seconds", type=float, default=2)
parser.add_argument("--warmups", type=int, default=2)
parser.add_argument("--measurements", type=int, default=3)
parser.add_argument("--fused", action="store_true")
args = parser.parse_args()
torch.manual_seed(1)
torch.set_num_threads(1)
GATE_BIAS = min(-1.0, -math.log(args.blocks))


class Highway(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.transform, self.gate = torch.nn.Linear(width, width), torch.nn.Linear(width, width)
        torch.nn.init.constant_(self.gate.bias, GATE_BIAS)

    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return torch.relu(self.transform(x)) * t + x * (1 - t)


class FusedHighway(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.both = torch.nn.Linear(width, 2 * width)
        self.both.bias.data[width:].fill_(GATE_BIAS)

    def forward(self, x):
        h, t = self.both(x).chunk(2, -1)
        return torch.lerp(x, torch.relu(h), torch.sigmoid(t))


block = FusedHighway if args.fused else Highway
blocks = [block(args.width) for _ in range(args.blocks)]
network = torch.nn.Sequential(*blocks, torch.nn.Linear(args.width, args.classes))
adam = torch.optim.Adam(network.parameters(), 1e-3)
x = torch.randn(args.batch, args.width)
# Labels change from step to step: gradients of what has been learned are denormal numbers, which are slow.
labels = [torch.randint(0, args.classes, (args.batch,)) for _ in range(8)]
steps = 0


def step():
    global steps
    steps += 1
    adam.zero_grad()
    torch.nn.functional.cross_entropy(network(x), labels[steps % len(labels)]).backward()
    adam.step()


def inference():
    with torch.no_grad():
        torch.softmax(network(x), -1)


def measure(call):
    start = time.perf_counter()
    calls = 0
    while True:
        call()
        calls += 1
        elapsed = time.perf_counter() - start
        if elapsed >= args.seconds:
            return elapsed / calls * 1e3


def median(call):
    for _ in range(args.warmups):
        measure(call)
    return statistics.median(measure(call) for _ in range(args.measurements))


print(median(step), median(inference))
