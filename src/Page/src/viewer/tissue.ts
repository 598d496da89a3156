/** A part of a mask, in its pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Stroke {
  /** What the mask was before the stroke. */
  before: number;
  /** Start and length of each row of pixels that the stroke turned: to turn them again is to undo it. */
  turned: number[];
}

const mostUndo = 30;

/** The pixels of a mask, 1 where there is tissue, and the strokes on them. */
export class Tissue {
  private readonly strokes: Stroke[] = [];
  /** Each state of the mask has a number of its own, so that it can be told from the one that the app knows. */
  private state = 0;
  private newest = 0;
  private known = 0;

  /**
   * @param pixelWidth Level-0 pixels along a pixel of the mask.
   * @param pixelHeight Level-0 pixels down a pixel of the mask.
   */
  constructor(readonly width: number, readonly height: number, readonly pixels: Uint8Array, readonly pixelWidth: number, readonly pixelHeight: number) {}

  get canUndo(): boolean {
    return this.strokes.length > 0;
  }

  /** True where it has strokes that the app does not know. */
  get isPainted(): boolean {
    return this.state !== this.known;
  }

  beginStroke(): void {
    this.strokes.push({ before: this.state, turned: [] });
    if (this.strokes.length > mostUndo) this.strokes.shift();
    this.state = ++this.newest;
  }

  /** Makes a circle in level-0 pixels tissue or not, as part of the last stroke; tells which part of the mask it is in. */
  dab(x: number, y: number, radius: number, isTissue: boolean): Box {
    const { width, height, pixels, pixelWidth, pixelHeight } = this;
    const turned = this.strokes.at(-1)?.turned ?? [];
    const value = isTissue ? 1 : 0;
    const top = Math.max(0, Math.floor((y - radius) / pixelHeight));
    const bottom = Math.min(height - 1, Math.floor((y + radius) / pixelHeight));
    const left = Math.max(0, Math.floor((x - radius) / pixelWidth));
    const right = Math.min(width - 1, Math.floor((x + radius) / pixelWidth));
    for (let row = top; row <= bottom; row++) {
      let start = -1;
      for (let column = left; column <= right + 1; column++) {
        const index = row * width + column;
        const turns = column <= right && pixels[index] !== value && Math.hypot((column + 0.5) * pixelWidth - x, (row + 0.5) * pixelHeight - y) <= radius;
        if (turns) {
          pixels[index] = value;
          if (start < 0) start = index;
        } else if (start >= 0) {
          turned.push(start, index - start);
          start = -1;
        }
      }
    }

    return { left, top, width: Math.max(0, right - left + 1), height: Math.max(0, bottom - top + 1) };
  }

  /** Takes the last stroke back; tells which part of the mask it was in, undefined where there is none. */
  undo(): Box | undefined {
    const stroke = this.strokes.pop();
    if (!stroke) return undefined;
    this.state = stroke.before;
    let [left, top, right, bottom] = [this.width, this.height, 0, 0];
    for (let i = 0; i < stroke.turned.length; i += 2) {
      const [start, length] = [stroke.turned[i]!, stroke.turned[i + 1]!];
      for (let index = start; index < start + length; index++) this.pixels[index]! ^= 1;
      const row = Math.floor(start / this.width);
      [left, top] = [Math.min(left, start % this.width), Math.min(top, row)];
      [right, bottom] = [Math.max(right, (start % this.width) + length), Math.max(bottom, row + 1)];
    }

    return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
  }

  /** Notes, when the app has it, that it knows the mask as it is now. */
  keeping(): () => void {
    const { state } = this;
    return () => {
      this.known = state;
    };
  }
}
