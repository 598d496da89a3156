import type { Grid } from '../api/types';
import { unionPoints } from './union';

export interface Cell {
  row: number;
  column: number;
}

/** Connected cells with at least the threshold. */
export interface Region {
  cells: number;
  areaMm2: number;
  highest: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Count {
  patches: number;
  positive: number;
  areaMm2: number;
  tissueMm2: number;
}

/** The nine places around a cell, itself among them. */
const steps = Array.from({ length: 9 }, (_, step) => step);

const decode = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** A run's grid. What is held of it is the rectangle of the scored cells, row by row, NaN where one was not scored; cells are told by their row and column on the slide. */
export class Scores {
  private readonly probabilities: Float32Array;
  private readonly qualities: Uint8Array;
  private readonly scored: number[] = [];
  private readonly tissueMm2: number;

  constructor(readonly grid: Grid) {
    this.probabilities = new Float32Array(decode(grid.probabilities).buffer);
    this.qualities = decode(grid.qualities);
    this.probabilities.forEach((probability, index) => {
      if (!Number.isNaN(probability)) this.scored.push(index);
    });
    this.tissueMm2 = this.areaMm2(this.scored);
  }

  /** Hands over each scored cell with its probability, row by row. */
  forEach(take: (cell: Cell, probability: number) => void): void {
    for (const index of this.scored) take(this.cellOf(index), this.probabilities[index]!);
  }

  /** The scored cell at a place in level-0 pixels. */
  cellAt(x: number, y: number): Cell | undefined {
    const cell = { row: Math.floor(y / this.grid.stepY), column: Math.floor(x / this.grid.stepX) };
    return Number.isNaN(this.at(cell)) ? undefined : cell;
  }

  /** The scored cell nearest to a place in level-0 pixels. */
  nearest(x: number, y: number): Cell | undefined {
    const { stepX, stepY } = this.grid;
    const far = (index: number) => {
      const { row, column } = this.cellOf(index);
      return Math.hypot((column + 0.5) * stepX - x, (row + 0.5) * stepY - y);
    };
    const index = this.scored.reduce((best, next) => (best < 0 || far(next) < far(best) ? next : best), -1);
    return index < 0 ? undefined : this.cellOf(index);
  }

  /** True where both runs have the same cells, so that they can be told apart one by one. */
  hasGridOf({ grid }: Scores): boolean {
    return (['columns', 'rows', 'stepX', 'stepY', 'cellWidth', 'cellHeight'] as const).every((name) => this.grid[name] === grid[name]);
  }

  /** The next scored cell in a direction; the cell itself where there is none. */
  step({ row, column }: Cell, down: number, across: number): Cell {
    for (let far = 1; ; far++) {
      const next = { row: row + down * far, column: column + across * far };
      if (this.indexOf(next) === undefined) return { row, column };
      if (!Number.isNaN(this.at(next))) return next;
    }
  }

  at(cell: Cell): number {
    return this.probabilities[this.indexOf(cell) ?? -1] ?? NaN;
  }

  qualityAt(cell: Cell): number {
    return this.qualities[this.indexOf(cell) ?? -1] ?? 0;
  }

  count(threshold: number): Count {
    const positive = this.scored.filter((index) => this.probabilities[index]! >= threshold);
    return { patches: this.scored.length, positive: positive.length, areaMm2: this.areaMm2(positive), tissueMm2: this.tissueMm2 };
  }

  /** Connected regions, corner to corner too, as the result counts them; the largest first. */
  regions(threshold: number): Region[] {
    const columns = this.grid.scoredColumns;
    const seen = new Uint8Array(this.probabilities.length);
    const regions: Region[] = [];
    for (const start of this.scored) {
      if (seen[start] || this.probabilities[start]! < threshold) continue;
      const members: number[] = [start];
      seen[start] = 1;
      for (let next = 0; next < members.length; next++) {
        const index = members[next]!;
        const column = index % columns;
        for (const step of steps) {
          const across = column + (step % 3) - 1;
          const neighbour = index + (step % 3) - 1 + (Math.floor(step / 3) - 1) * columns;
          if (across >= 0 && across < columns && neighbour >= 0 && neighbour < seen.length && !seen[neighbour] && this.probabilities[neighbour]! >= threshold) {
            seen[neighbour] = 1;
            members.push(neighbour);
          }
        }
      }

      const across = members.map((index) => this.cellOf(index).column);
      const down = members.map((index) => this.cellOf(index).row);
      regions.push({
        cells: members.length,
        areaMm2: this.areaMm2(members),
        highest: members.reduce((most, index) => Math.max(most, this.probabilities[index]!), 0),
        left: across.reduce((a, b) => Math.min(a, b)),
        top: down.reduce((a, b) => Math.min(a, b)),
        right: across.reduce((a, b) => Math.max(a, b)) + 1,
        bottom: down.reduce((a, b) => Math.max(a, b)) + 1,
      });
    }

    return regions.sort((a, b) => b.areaMm2 - a.areaMm2 || b.highest - a.highest);
  }

  /** The cells nearest to the threshold. */
  leastCertain(threshold: number, count: number): Cell[] {
    return [...this.scored]
      .sort((a, b) => Math.abs(this.probabilities[a]! - threshold) - Math.abs(this.probabilities[b]! - threshold))
      .slice(0, count)
      .map((index) => this.cellOf(index));
  }

  /** Area of the union of cells: where patches overlap, tissue counts once, as the result counts it. */
  private areaMm2(indices: number[]): number {
    const { patchSidePixels: side, stridePixels: stride, targetUmPerPixel } = this.grid;
    return (unionPoints(indices.map((index) => this.cellOf(index)), side, stride) * targetUmPerPixel ** 2) / 1e6;
  }

  /** Where a cell is held; undefined outside the rectangle. */
  private indexOf({ row, column }: Cell): number | undefined {
    const { firstRow, firstColumn, scoredRows, scoredColumns } = this.grid;
    const [down, across] = [row - firstRow, column - firstColumn];
    return down >= 0 && across >= 0 && down < scoredRows && across < scoredColumns ? down * scoredColumns + across : undefined;
  }

  private cellOf(index: number): Cell {
    const { firstRow, firstColumn, scoredColumns } = this.grid;
    return { row: firstRow + Math.floor(index / scoredColumns), column: firstColumn + (index % scoredColumns) };
  }
}
