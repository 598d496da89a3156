import type { Grid } from '../src/api/types';

const base64 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

/**
 * A grid's answer at 4 µm/px on a slide of 0.5, whose first scored cell is at a row and column; the probabilities row by row,
 * NaN where nothing was scored.
 */
export const gridOf = (scoredColumns: number, probabilities: Float32Array, stridePixels = 50, firstRow = 0, firstColumn = 0): Grid => ({
  run: '0123456789abcdef',
  columns: firstColumn + scoredColumns + 3,
  rows: firstRow + probabilities.length / scoredColumns + 3,
  firstColumn,
  firstRow,
  scoredColumns,
  scoredRows: probabilities.length / scoredColumns,
  cellWidth: 400,
  cellHeight: 400,
  stepX: stridePixels * 8,
  stepY: stridePixels * 8,
  patchSidePixels: 50,
  stridePixels,
  targetUmPerPixel: 4,
  slideWidth: (firstColumn + scoredColumns + 4) * stridePixels * 8,
  slideHeight: (firstRow + probabilities.length / scoredColumns + 4) * stridePixels * 8,
  umPerPixelX: 0.5,
  umPerPixelY: 0.5,
  decisionThreshold: 0.5,
  probabilities: base64(new Uint8Array(probabilities.buffer)),
  qualities: base64(new Uint8Array(probabilities.length)),
});
