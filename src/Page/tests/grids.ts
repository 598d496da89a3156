import type { Grid } from '../src/api/types';

const base64 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

/** A grid's answer at 4 µm/px on a slide of 0.5; the probabilities row by row, NaN where nothing was scored. */
export const gridOf = (columns: number, probabilities: Float32Array, stridePixels = 50): Grid => ({
  run: '0123456789abcdef',
  columns,
  rows: probabilities.length / columns,
  cellWidth: 400,
  cellHeight: 400,
  stepX: stridePixels * 8,
  stepY: stridePixels * 8,
  patchSidePixels: 50,
  stridePixels,
  targetUmPerPixel: 4,
  slideWidth: columns * stridePixels * 8,
  slideHeight: (probabilities.length / columns) * stridePixels * 8,
  umPerPixelX: 0.5,
  umPerPixelY: 0.5,
  decisionThreshold: 0.5,
  probabilities: base64(new Uint8Array(probabilities.buffer)),
  qualities: base64(new Uint8Array(probabilities.length)),
});
