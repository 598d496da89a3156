#!/usr/bin/python3
"""A model's ONNX graph run by PyTorch with the same weights (Debian: python3-torch python3-onnx).

  torch_session.py MODEL.onnx GOLDEN.bin THREADS PATCHES BATCH LAYOUT MODE [DEVICE]

LAYOUT is nchw or nhwc, the memory format of the convolutions' inputs. Prints patches/s over PATCHES patches of noise, then
the golden patches' probabilities. MODE is eager, inference mode as a script has it, or compiled: traced, frozen and
optimised for inference by PyTorch itself, which folds and fuses what it can. DEVICE is cpu, cuda, or cuda-half for weights
and activations in float16; patches come from page-locked memory then, and answers go back.
"""
import sys
import time
import warnings

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class Graph(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.nodes = [(n.op_type, list(n.input), n.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}) for n in graph.node]
        self.names = {}
        for i, tensor in enumerate(graph.initializer):
            self.names[tensor.name] = f"c{i}"
            self.register_buffer(f"c{i}", torch.from_numpy(numpy.array(numpy_helper.to_array(tensor))))
        self.input, self.output = graph.input[0].name, graph.output[0].name

    def forward(self, patches):
        values = {self.input: patches}

        def of(name):
            return values[name] if name in values else getattr(self, self.names[name])

        for operation, inputs, output, attributes in self.nodes:
            x = [of(name) for name in inputs]
            if operation == "Cast":
                y = x[0].to(torch.float16 if DEVICE == "cuda-half" else torch.float32)
            elif operation == "Mul":
                y = x[0] * x[1]
            elif operation == "Transpose":
                y = x[0].permute(attributes["perm"])
                y = y.contiguous(memory_format=torch.channels_last if LAYOUT == "nhwc" else torch.contiguous_format)
            elif operation == "Conv":
                y = F.conv2d(x[0], x[1], x[2], stride=attributes["strides"], padding=attributes["pads"][:2])
            elif operation == "BatchNormalization":
                y = F.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0.0, attributes.get("epsilon", 1e-5))
            elif operation == "Relu":
                y = F.relu(x[0])
            elif operation == "Add":
                y = x[0] + x[1]
            elif operation == "GlobalAveragePool":
                y = x[0].mean((2, 3), keepdim=True)
            elif operation == "Flatten":
                y = x[0].flatten(1)
            elif operation == "Gemm":
                y = F.linear(x[0], x[1], x[2])
            elif operation == "Sigmoid":
                y = torch.sigmoid(x[0])
            else:
                raise SystemExit(f"{operation} is not known here")
            values[output] = y
        return values[self.output]


MODEL, GOLDEN, THREADS, PATCHES, BATCH, LAYOUT, MODE = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6], sys.argv[7]
DEVICE = sys.argv[8] if len(sys.argv) > 8 else "cpu"
warnings.filterwarnings("ignore")
torch.set_num_threads(THREADS)
# PyTorch 2.6's second call of a traced graph never ends in its fuser of elementwise operations.
torch._C._jit_set_texpr_fuser_enabled(False)
golden = torch.from_numpy(numpy.fromfile(GOLDEN, dtype=numpy.uint8).reshape(-1, 50, 50, 3))
noise = torch.randint(0, 256, (BATCH, 50, 50, 3), dtype=torch.uint8)
with torch.inference_mode():
    graph = Graph(MODEL).eval()
    if DEVICE != "cpu":
        graph, noise, golden = graph.cuda(), noise.pin_memory(), golden.cuda()
    if DEVICE == "cuda-half":
        graph = graph.half()
    session = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(graph, noise))) if MODE == "compiled" else graph
    def score():
        return session(noise) if DEVICE == "cpu" else session(noise.cuda(non_blocking=True)).cpu()

    for _ in range(3):
        score()
    started = time.perf_counter()
    for _ in range(PATCHES // BATCH):
        score()
    print(PATCHES // BATCH * BATCH / (time.perf_counter() - started))
    print(" ".join(str(p) for p in graph(golden).flatten().tolist()))
