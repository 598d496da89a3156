import { tableOf, type ColourMap } from './colours';
import type { Scores } from './scores';

/** Cells below the threshold step back, the more the further below they are: the tissue under them keeps its colours. */
const mostBelowThreshold = 0.5;

/** A picture of one pixel a cell, to be laid over the slide. */
export const paintHeatmap = (scores: Scores, map: ColourMap, threshold: number): HTMLCanvasElement => {
  const { columns, rows } = scores.grid;
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(columns, rows);
  const table = tableOf(map);
  scores.probabilities.forEach((probability, index) => {
    if (Number.isNaN(probability)) return;
    const colour = Math.round(probability * 255) * 3;
    picture.data.set(table.subarray(colour, colour + 3), index * 4);
    picture.data[index * 4 + 3] = probability >= threshold ? 255 : 255 * mostBelowThreshold * (0.2 + (0.8 * probability) / threshold);
  });
  context.putImageData(picture, 0, 0);
  return canvas;
};

/** The border of all cells with at least the threshold, in cells. */
export const outline = (scores: Scores, threshold: number): Path2D => {
  const { columns, rows } = scores.grid;
  const isIn = (row: number, column: number) => row >= 0 && column >= 0 && row < rows && column < columns && scores.at({ row, column }) >= threshold;
  const path = new Path2D();
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
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
