import { send, slidePath } from '../api/client';
import type { Grid } from '../api/types';
import type { Layer, Place } from './Stage';
import { Tissue, type Box } from './tissue';

/** A pixel's four bytes, as a canvas takes them. */
const pixelOf = (...rgba: [number, number, number, number]): number => new Uint32Array(new Uint8Array(rgba).buffer)[0]!;

/** What is not tissue, what is: as it lies over the slide, and as the app reads it. */
const shown = [0, pixelOf(0, 150, 136, 110)] as const;
const kept = [pixelOf(0, 0, 0, 255), pixelOf(255, 255, 255, 255)] as const;

/** Pixels that are handed to a canvas, or taken from it, at a time. */
const bandPixels = 1 << 20;

const bandsOf = ({ left, top, width, height }: Box): Box[] => {
  const rows = Math.max(1, Math.floor(bandPixels / Math.max(1, width)));
  return Array.from({ length: width > 0 ? Math.ceil(height / rows) : 0 }, (_, band) => ({ left, top: top + band * rows, width, height: Math.min(rows, height - band * rows) }));
};

const paint = (canvas: HTMLCanvasElement, { pixels, width }: Tissue, box: Box, colours: readonly [number, number]): void => {
  const context = canvas.getContext('2d')!;
  for (const band of bandsOf(box)) {
    const picture = context.createImageData(band.width, band.height);
    const colour = new Uint32Array(picture.data.buffer);
    for (let row = 0; row < band.height; row++) {
      const from = (band.top + row) * width + band.left;
      for (let column = 0; column < band.width; column++) colour[row * band.width + column] = colours[pixels[from + column] as 0 | 1];
    }

    context.putImageData(picture, band.left, band.top);
  }
};

const canvasOf = (width: number, height: number): HTMLCanvasElement => Object.assign(document.createElement('canvas'), { width, height });

/** Target pixels along a mask's pixel, as the app makes masks: they divide side and stride, ten a cell at most. */
const unitOf = ({ patchSidePixels: side, stridePixels: stride }: Grid): number => {
  const common = Array.from({ length: stride }, (_, index) => index + 1).filter((unit) => side % unit === 0 && stride % unit === 0);
  return common.find((unit) => side / unit <= 10) ?? common.at(-1)!;
};

/** The size of the masks that the app makes of a slide. */
const sizeOf = (grid: Grid, unit: number): [number, number] => {
  const pixels = (slide: number, umPerPixel: number, count: number) =>
    Math.max(Math.ceil((slide * umPerPixel) / grid.targetUmPerPixel / unit - 1e-6), ((count - 1) * grid.stridePixels + grid.patchSidePixels) / unit);
  return [pixels(grid.slideWidth, grid.umPerPixelX, grid.columns), pixels(grid.slideHeight, grid.umPerPixelY, grid.rows)];
};

/** A slide's tissue mask that is shown and painted on: one pixel a few micrometres, tissue or not. */
export class Mask {
  private last: Place | undefined;

  private constructor(private readonly slideId: string, private readonly tissue: Tissue, private readonly picture: HTMLCanvasElement, private readonly umPerPixel: number) {
    this.show();
  }

  static async load(slideId: string, grid: Grid, signal: AbortSignal): Promise<Mask> {
    const png = await createImageBitmap(await (await send(slidePath(slideId, '/mask'), { signal })).blob());
    const { width, height } = png;
    const picture = canvasOf(width, height);
    const context = picture.getContext('2d')!;
    context.drawImage(png, 0, 0);
    png.close();
    const pixels = new Uint8Array(width * height);
    for (const band of bandsOf({ left: 0, top: 0, width, height })) {
      const { data } = context.getImageData(band.left, band.top, band.width, band.height);
      for (let i = 0; i < data.length; i += 4) pixels[band.top * width + i / 4] = data[i]! + data[i + 1]! + data[i + 2]! > 0 ? 1 : 0;
    }

    // A mask of the app's own size has its scale; any other covers the slide from edge to edge.
    const unit = unitOf(grid);
    const [ownWidth, ownHeight] = sizeOf(grid, unit);
    const [pixelWidth, pixelHeight] = width === ownWidth && height === ownHeight
      ? [(unit * grid.targetUmPerPixel) / grid.umPerPixelX, (unit * grid.targetUmPerPixel) / grid.umPerPixelY]
      : [grid.slideWidth / width, grid.slideHeight / height];
    return new Mask(slideId, new Tissue(width, height, pixels, pixelWidth, pixelHeight), picture, grid.umPerPixelX);
  }

  get canUndo(): boolean {
    return this.tissue.canUndo;
  }

  /** True where it has strokes that the app does not know. */
  get isPainted(): boolean {
    return this.tissue.isPainted;
  }

  readonly layer: Layer = (context) => {
    const { width, height, pixelWidth, pixelHeight } = this.tissue;
    context.drawImage(this.picture, 0, 0, width * pixelWidth, height * pixelHeight);
  };

  beginStroke(): void {
    this.tissue.beginStroke();
    this.last = undefined;
  }

  /** Paints from the last place of the stroke to this one. */
  stroke(place: Place, radiusUm: number, isTissue: boolean): void {
    const radius = radiusUm / this.umPerPixel;
    const from = this.last ?? place;
    const steps = Math.max(1, Math.ceil(Math.hypot(place.x - from.x, place.y - from.y) / (radius / 2)));
    for (let step = 1; step <= steps; step++) {
      this.show(this.tissue.dab(from.x + ((place.x - from.x) * step) / steps, from.y + ((place.y - from.y) * step) / steps, radius, isTissue));
    }

    this.last = place;
  }

  undo(): void {
    const box = this.tissue.undo();
    if (box) this.show(box);
  }

  /** Gives the mask to the app, which scores the slide again by it. */
  async save(): Promise<void> {
    const noteKept = this.tissue.keeping();
    const { width, height } = this.tissue;
    const canvas = canvasOf(width, height);
    paint(canvas, this.tissue, { left: 0, top: 0, width, height }, kept);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    await send(slidePath(this.slideId, '/mask'), { method: 'PUT', body: png, headers: { 'Content-Type': 'image/png' } });
    noteKept();
  }

  private show(box: Box = { left: 0, top: 0, width: this.tissue.width, height: this.tissue.height }): void {
    paint(this.picture, this.tissue, box, shown);
  }
}
