import { send, slidePath } from '../api/client';
import type { Grid } from '../api/types';
import type { Layer, Place } from './Stage';

const tint: [number, number, number, number] = [0, 150, 136, 110];
const mostUndo = 30;

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
  private readonly picture: HTMLCanvasElement;
  private readonly undone: ImageData[] = [];
  private last: Place | undefined;
  private strokes = 0;
  private saved = 0;

  private constructor(
    private readonly slideId: string,
    private readonly tissue: ImageData,
    private readonly pixelWidth: number,
    private readonly pixelHeight: number,
    private readonly umPerPixel: number,
  ) {
    this.picture = document.createElement('canvas');
    this.picture.width = tissue.width;
    this.picture.height = tissue.height;
    this.show();
  }

  static async load(slideId: string, grid: Grid, signal: AbortSignal): Promise<Mask> {
    const png = await createImageBitmap(await (await send(slidePath(slideId, '/mask'), { signal })).blob());
    const canvas = document.createElement('canvas');
    canvas.width = png.width;
    canvas.height = png.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(png, 0, 0);
    const tissue = context.getImageData(0, 0, png.width, png.height);
    for (let i = 0; i < tissue.data.length; i += 4) {
      tissue.data.set(tissue.data[i]! + tissue.data[i + 1]! + tissue.data[i + 2]! > 0 ? tint : [0, 0, 0, 0], i);
    }

    // A mask of the app's own size has its scale; any other covers the slide from edge to edge.
    const unit = unitOf(grid);
    const [width, height] = sizeOf(grid, unit);
    const isOwn = png.width === width && png.height === height;
    return new Mask(
      slideId,
      tissue,
      isOwn ? (unit * grid.targetUmPerPixel) / grid.umPerPixelX : grid.slideWidth / png.width,
      isOwn ? (unit * grid.targetUmPerPixel) / grid.umPerPixelY : grid.slideHeight / png.height,
      grid.umPerPixelX,
    );
  }

  get canUndo(): boolean {
    return this.undone.length > 0;
  }

  /** True where it has strokes that the app does not know. */
  get isPainted(): boolean {
    return this.strokes !== this.saved;
  }

  readonly layer: Layer = (context) => {
    context.drawImage(this.picture, 0, 0, this.picture.width * this.pixelWidth, this.picture.height * this.pixelHeight);
  };

  beginStroke(): void {
    this.strokes++;
    this.undone.push(new ImageData(new Uint8ClampedArray(this.tissue.data), this.tissue.width, this.tissue.height));
    if (this.undone.length > mostUndo) this.undone.shift();
    this.last = undefined;
  }

  /** Paints from the last place of the stroke to this one. */
  stroke(place: Place, radiusUm: number, isTissue: boolean): void {
    const radius = radiusUm / this.umPerPixel;
    const from = this.last ?? place;
    const steps = Math.max(1, Math.ceil(Math.hypot(place.x - from.x, place.y - from.y) / (radius / 2)));
    for (let step = 1; step <= steps; step++) {
      this.dab(from.x + ((place.x - from.x) * step) / steps, from.y + ((place.y - from.y) * step) / steps, radius, isTissue ? tint : [0, 0, 0, 0]);
    }

    this.last = place;
    this.show();
  }

  undo(): void {
    const before = this.undone.pop();
    if (before) {
      this.tissue.data.set(before.data);
      this.strokes--;
    }

    this.show();
  }

  /** Gives the mask to the app, which scores the slide again by it. */
  async save(): Promise<void> {
    const { strokes } = this;
    const canvas = document.createElement('canvas');
    canvas.width = this.tissue.width;
    canvas.height = this.tissue.height;
    const white = new ImageData(this.tissue.width, this.tissue.height);
    for (let i = 0; i < white.data.length; i += 4) white.data.set(this.tissue.data[i + 3] ? [255, 255, 255, 255] : [0, 0, 0, 255], i);
    canvas.getContext('2d')!.putImageData(white, 0, 0);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    await send(slidePath(this.slideId, '/mask'), { method: 'PUT', body: png, headers: { 'Content-Type': 'image/png' } });
    this.saved = strokes;
  }

  private dab(x: number, y: number, radius: number, value: number[]): void {
    const { width, height, data } = this.tissue;
    const top = Math.max(0, Math.floor((y - radius) / this.pixelHeight));
    const bottom = Math.min(height - 1, Math.floor((y + radius) / this.pixelHeight));
    const left = Math.max(0, Math.floor((x - radius) / this.pixelWidth));
    const right = Math.min(width - 1, Math.floor((x + radius) / this.pixelWidth));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        if (Math.hypot((column + 0.5) * this.pixelWidth - x, (row + 0.5) * this.pixelHeight - y) <= radius) data.set(value, (row * width + column) * 4);
      }
    }
  }

  private show(): void {
    this.picture.getContext('2d')!.putImageData(this.tissue, 0, 0);
  }
}
