#!/usr/bin/env python3
"""Layers over sequences (and one over images) in PyTorch on one thread: prints milliseconds of forward and backward.

The number is the median of the measurements, each of which is a mean over some seconds. No updater is run. The layers
are the fastest eager forms known to us: transform and gate are one convolution.
"""
import argparse
import statistics
import time

import torch
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--layer", choices=["tcn", "lstm", "attention", "conv2d"], required=True)
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--outputs", type=int, default=64)
parser.add_argument("--seconds", type=float, default=2)
parser.add_argument("--warmups", type=int, default=2)
parser.add_argument("--measurements", type=int, default=3)
args = parser.parse_args()
torch.manual_seed(1)
torch.set_num_threads(1)
SEQUENCES, LEVELS, KERNEL, HEADS, IMAGES, IMAGE = 32, 8, 3, 4, 128, 28


class Level(torch.nn.Module):
    """A causal dilated convolution with a highway gate."""

    def __init__(self, width, dilation):
        super().__init__()
        self.both = torch.nn.Conv1d(width, 2 * width, KERNEL, dilation=dilation)
        self.padding = (KERNEL - 1) * dilation

    def forward(self, x):
        h, t = self.both(F.pad(x, (self.padding, 0))).chunk(2, 1)
        return torch.lerp(x, torch.relu(h), torch.sigmoid(t))


if args.layer == "tcn":
    layer = torch.nn.Sequential(*[Level(args.width, 1 << i) for i in range(LEVELS)])
    x = torch.randn(SEQUENCES, args.width, args.steps)
    call = layer
elif args.layer == "lstm":
    layer = torch.nn.LSTM(args.width, args.width)
    x = torch.randn(args.steps, SEQUENCES, args.width)
    call = lambda x: layer(x)[0]
elif args.layer == "attention":
    layer = torch.nn.MultiheadAttention(args.width, HEADS, bias=False)
    x = torch.randn(args.steps, SEQUENCES, args.width)
    call = lambda x: layer(x, x, x, need_weights=False)[0]
else:
    layer = torch.nn.Conv2d(args.width, args.outputs, 3, padding=1, bias=False).to(memory_format=torch.channels_last)
    x = torch.randn(IMAGES, args.width, IMAGE, IMAGE).to(memory_format=torch.channels_last)
    call = layer
x.requires_grad_()
gradient = torch.randn_like(call(x))


def step():
    x.grad = None
    layer.zero_grad()
    call(x).backward(gradient)


def measure():
    start = time.perf_counter()
    calls = 0
    while True:
        step()
        calls += 1
        elapsed = time.perf_counter() - start
        if elapsed >= args.seconds:
            return 1e3 * elapsed / calls


for _ in range(args.warmups):
    measure()
print(statistics.median(measure() for _ in range(args.measurements)))
