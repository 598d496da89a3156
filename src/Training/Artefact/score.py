"""Scores patches with this model; prints prob_IDC a line. Needs only onnxruntime.

PATCHES holds uint8 RGB pixels, patch after patch, 50 x 50 x 3 bytes each, at the manifest's spacing; without it the golden
patches are scored and compared with what the manifest says.
"""
import argparse, hashlib, json, os, sys

import numpy
import onnxruntime

folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "config.json")) as manifest_file:
    manifest = json.load(manifest_file)
graphs = {graph["file"]: graph for graph in [manifest["onnx"], *manifest["onnx"].get("variants", [])]}
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("patches", nargs="?", metavar="PATCHES")
parser.add_argument("--file", choices=list(graphs), default=manifest["onnx"]["file"], help="which of the model's graphs (default: %(default)s)")
arguments = parser.parse_args()

graph = graphs[arguments.file]
with open(os.path.join(folder, graph["file"]), "rb") as model_file:
    model = model_file.read()
if hashlib.sha256(model).hexdigest() != graph["sha256"]:
    sys.exit(f"{graph['file']} is not the file that config.json names: download the bundle again.")

side = manifest["patch_size_pixels"]
source = arguments.patches or os.path.join(folder, manifest["golden"]["file"])
if not os.path.isfile(source) or os.path.getsize(source) % (side * side * 3):
    sys.exit(f"{source}: no file of whole patches, {side} x {side} x 3 bytes of RGB each. numpy.stack(patches).tofile('patches.bin') writes one.")
patches = numpy.fromfile(source, numpy.uint8).reshape(-1, side, side, 3)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
name = manifest["onnx"]["input"]
scores = [float(p) for i in range(0, len(patches), 64) for p in session.run(None, {name: patches[i : i + 64]})[0][:, 0]]
print("\n".join(f"{p:.6f}" for p in scores))
if not arguments.patches:
    tolerance = graph.get("tolerance", manifest["golden"]["tolerance"])
    worst = max(abs(p - q) for p, q in zip(scores, manifest["golden"]["probabilities"]))
    print(f"golden patches differ by {worst:.6f}, {'within' if worst <= tolerance else 'BEYOND'} {tolerance}", file=sys.stderr)
    sys.exit(0 if worst <= tolerance else 1)
