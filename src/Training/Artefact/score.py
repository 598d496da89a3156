"""Scores patches with this model: python3 score.py [PATCHES] [--file model-int8.onnx]

PATCHES holds uint8 RGB pixels, patch after patch, 50 x 50 x 3 bytes each, at the manifest's spacing; without it the golden
patches are scored and compared with what the manifest says. Prints prob_IDC a line. Needs only onnxruntime.
"""
import hashlib, json, os, sys

import numpy
import onnxruntime

folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "config.json")) as manifest_file:
    manifest = json.load(manifest_file)
arguments = sys.argv[1:]
graph = manifest["onnx"]
if "--file" in arguments:
    at = arguments.index("--file")
    graph = next(v for v in manifest["onnx"]["variants"] if v["file"] == arguments[at + 1])
    del arguments[at : at + 2]
with open(os.path.join(folder, graph["file"]), "rb") as model_file:
    model = model_file.read()
if hashlib.sha256(model).hexdigest() != graph["sha256"]:
    sys.exit(f"{graph['file']} is not the file that config.json names: download the bundle again.")

side = manifest["patch_size_pixels"]
source = arguments[0] if arguments else os.path.join(folder, manifest["golden"]["file"])
patches = numpy.fromfile(source, numpy.uint8).reshape(-1, side, side, 3)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
name = manifest["onnx"]["input"]
scores = [float(p) for i in range(0, len(patches), 64) for p in session.run(None, {name: patches[i : i + 64]})[0][:, 0]]
print("\n".join(f"{p:.6f}" for p in scores))
if not arguments:
    tolerance = graph.get("tolerance", manifest["golden"]["tolerance"])
    worst = max(abs(p - q) for p, q in zip(scores, manifest["golden"]["probabilities"]))
    print(f"golden patches differ by {worst:.6f}, {'within' if worst <= tolerance else 'BEYOND'} {tolerance}", file=sys.stderr)
