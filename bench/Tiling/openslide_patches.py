"""Cuts a slide's tissue into 50 x 50 px patches at 4 um/px with OpenSlide, as Python tools do: openslide_patches.py SLIDE LEVEL

LEVEL is "best" (the coarsest that is not coarser than 4 um/px) or a number. Prints seconds and patches. Needs Debian's
python3-openslide, python3-numpy and python3-pil.
"""
import sys
import time

import numpy
import openslide
from PIL import Image

SIDE, TARGET = 50, 4.0


def saturation(picture):
    return numpy.asarray(picture.convert("HSV"))[..., 1]


started = time.perf_counter()
slide = openslide.open_slide(sys.argv[1])
factor = TARGET / float(slide.properties[openslide.PROPERTY_NAME_MPP_X])
level = slide.get_best_level_for_downsample(factor + 1e-6) if sys.argv[2] == "best" else int(sys.argv[2])
step = SIDE * factor
columns, rows = int(slide.dimensions[0] / step), int(slide.dimensions[1] / step)

# Tissue: a tenth of a patch a pixel, colour above a fixed saturation.
thumbnail = slide.get_thumbnail((columns * 10, rows * 10)).resize((columns * 10, rows * 10))
tissue = (saturation(thumbnail) > 20).reshape(rows, 10, columns, 10).mean((1, 3)) >= 0.05
side = int(round(step / slide.level_downsamples[level]))
patches = []
for row, column in zip(*numpy.nonzero(tissue)):
    region = slide.read_region((int(round(column * step)), int(round(row * step))), level, (side, side)).convert("RGB")
    patches.append(numpy.asarray(region if side == SIDE else region.resize((SIDE, SIDE), Image.BOX)))
print(f"{time.perf_counter() - started:.4f} {len(patches)}")
