import { tableOf, type ColourMap } from './colours';
import type { Cell, Scores } from './scores';

/** Cells below the threshold step back, the more the further below they are: the tissue under them keeps its colours. */
const mostBelowThreshold = 0.5;

/** A picture of one pixel a cell, of the rectangle of the scored cells; cells that get no colour stay clear. */
export const paintCells = (scores: Scores, colourOf: (probability: number, cell: Cell) => [table: Uint8ClampedArray, colour: number, alpha: number] | undefined): HTMLCanvasElement => {
  const { firstColumn, firstRow, scoredColumns, scoredRows } = scores.grid;
  const canvas = document.createElement('canvas');

  // A canvas without a pixel can't be drawn.
  canvas.width = Math.max(1, scoredColumns);
  canvas.height = Math.max(1, scoredRows);
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(canvas.width, canvas.height);
  scores.forEach((cell, probability) => {
    const [table, colour, alpha] = colourOf(probability, cell) ?? [];
    if (!table) return;
    const pixel = ((cell.row - firstRow) * scoredColumns + cell.column - firstColumn) * 4;
    picture.data.set(table.subarray(colour! * 3, colour! * 3 + 3), pixel);
    picture.data[pixel + 3] = alpha!;
  });
  context.putImageData(picture, 0, 0);
  return canvas;
};

/** The heatmap, to be laid over the slide. */
export const paintHeatmap = (scores: Scores, map: ColourMap, threshold: number): HTMLCanvasElement => {
  const table = tableOf(map);
  return paintCells(scores, (probability) => [table, Math.round(probability * 255), probability >= threshold ? 255 : 255 * mostBelowThreshold * (0.2 + (0.8 * probability) / threshold)]);
};

/** The border of all cells with at least the threshold, in cells. */
export const outline = (scores: Scores, threshold: number): Path2D => {
  const { firstColumn, firstRow, scoredColumns, scoredRows } = scores.grid;
  const isIn = (row: number, column: number) => scores.at({ row, column }) >= threshold;
  const path = new Path2D();
  for (let row = firstRow; row <= firstRow + scoredRows; row++) {
    for (let column = firstColumn; column <= firstColumn + scoredColumns; column++) {
      if (isIn(row, column) !== isIn(row - 1, column)) {
        path.moveTo(column, row);
        path.lineTo(column + 1, row);
      }

      if (isIn(row, column) !== isIn(row, column - 1)) {
        path.moveTo(column, row);
        path.lineTo(column, row + 1);
      }
    }
  }

  return path;
};
