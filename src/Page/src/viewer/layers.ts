import { differenceTable } from './colours';
import type { Cell, Scores } from './scores';
import type { Layer, Place } from './Stage';

/** The heatmap with the border of what is at least the threshold. */
export const heatmapLayer = (scores: Scores, picture: HTMLCanvasElement, border: Path2D, opacity: number): Layer => {
  const { columns, rows, stepX, stepY } = scores.grid;
  return (context, scale) => {
    context.globalAlpha = opacity;
    context.drawImage(picture, 0, 0, columns * stepX, rows * stepY);
    context.globalAlpha = 1;
    context.scale(stepX, stepY);
    context.lineWidth = 1.5 / (scale * stepX);
    context.strokeStyle = '#ff3d00';
    context.stroke(border);
  };
};

/** By how much another run's probability is higher (warm) or lower (cold), where both scored. */
export const differenceLayer = (first: Scores, second: Scores, opacity: number): Layer => {
  const { columns, rows, stepX, stepY } = first.grid;
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(columns, rows);
  first.probabilities.forEach((probability, index) => {
    const difference = second.probabilities[index]! - probability;
    if (Number.isNaN(difference)) return;
    const colour = Math.round((difference + 1) * 127.5) * 3;
    picture.data.set(differenceTable.subarray(colour, colour + 3), index * 4);
    picture.data[index * 4 + 3] = 255 * Math.min(1, 0.15 + Math.abs(difference) * 2);
  });
  context.putImageData(picture, 0, 0);
  return (target) => {
    target.globalAlpha = opacity;
    target.drawImage(canvas, 0, 0, columns * stepX, rows * stepY);
  };
};

const twice = (context: CanvasRenderingContext2D, scale: number, draw: () => void) => {
  for (const [colour, width] of [['#000', 4], ['#fff', 2]] as const) {
    context.lineWidth = width / scale;
    context.strokeStyle = colour;
    draw();
  }
};

/** The frame of one cell, seen on any ground. */
export const cellLayer = ({ grid }: Scores, { row, column }: Cell): Layer => (context, scale) =>
  twice(context, scale, () => context.strokeRect(column * grid.stepX, row * grid.stepY, grid.cellWidth, grid.cellHeight));

/** The brush where the keyboard has it. */
export const brushLayer = ({ x, y }: Place, radius: number): Layer => (context, scale) =>
  twice(context, scale, () => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  });
