import { differenceTable } from './colours';
import { paintCells } from './heatmap';
import type { Cell, Scores } from './scores';
import type { Layer, Place } from './Stage';

/** Lays a picture of the scored cells, one pixel each, where they are. */
const drawCells = (context: CanvasRenderingContext2D, { grid }: Scores, picture: HTMLCanvasElement): void =>
  context.drawImage(picture, grid.firstColumn * grid.stepX, grid.firstRow * grid.stepY, picture.width * grid.stepX, picture.height * grid.stepY);

/** The heatmap with the border of what is at least the threshold. */
export const heatmapLayer = (scores: Scores, picture: HTMLCanvasElement, border: Path2D, opacity: number): Layer => {
  const { stepX, stepY } = scores.grid;
  return (context, scale) => {
    context.globalAlpha = opacity;
    drawCells(context, scores, picture);
    context.globalAlpha = 1;
    context.scale(stepX, stepY);
    context.lineWidth = 1.5 / (scale * stepX);
    context.strokeStyle = '#ff3d00';
    context.stroke(border);
  };
};

/** By how much another run's probability is higher (warm) or lower (cold), where both scored. */
export const differenceLayer = (first: Scores, second: Scores, opacity: number): Layer => {
  const picture = paintCells(first, (probability, cell) => {
    const difference = second.at(cell) - probability;
    return Number.isNaN(difference) ? undefined : [differenceTable, Math.round((difference + 1) * 127.5), 255 * Math.min(1, 0.15 + Math.abs(difference) * 2)];
  });
  return (context) => {
    context.globalAlpha = opacity;
    drawCells(context, first, picture);
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
