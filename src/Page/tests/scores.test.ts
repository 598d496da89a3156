import { describe, expect, test } from 'vitest';
import { Scores } from '../src/viewer/scores';
import { gridOf } from './grids';

/** Each lattice point of the slide that a cell covers. */
const coveredMm2 = (columns: number, indices: number[], stride: number): number => {
  const points = new Set<string>();
  for (const index of indices) {
    const [left, top] = [(index % columns) * stride, Math.floor(index / columns) * stride];
    for (let y = top; y < top + 50; y++) for (let x = left; x < left + 50; x++) points.add(`${x},${y}`);
  }

  return (points.size * 4 ** 2) / 1e6;
};

describe('areas', () => {
  test.each([7, 20, 25, 33, 49, 50, 60])('with a stride of %i are those of the union of the cells', (stride) => {
    const columns = 12;
    const probabilities = Float32Array.from({ length: columns * 9 }, (_, index) => ((index * 7919) % 101) / 100);
    const positive = [...probabilities.keys()].filter((index) => probabilities[index]! >= 0.6);

    const scores = new Scores(gridOf(columns, probabilities, stride));
    const count = scores.count(0.6);

    expect(count.positive).toBe(positive.length);
    expect(count.areaMm2).toBeCloseTo(coveredMm2(columns, positive, stride), 9);
    expect(count.tissueMm2).toBeCloseTo(coveredMm2(columns, [...probabilities.keys()], stride), 9);
  });

  test('of many regions on a large slide are counted at once, whatever the stride', () => {
    // 25 × 20 mm in steps of 33 px: every tenth row and column has one cell that is IDC.
    const [columns, rows] = [189, 151];
    const probabilities = Float32Array.from({ length: columns * rows }, (_, index) => (index % columns % 10 === 0 && Math.floor(index / columns) % 10 === 0 ? 0.9 : 0.1));
    const scores = new Scores(gridOf(columns, probabilities, 33));

    const begin = performance.now();
    const regions = scores.regions(0.5);
    const count = scores.count(0.5);

    expect(performance.now() - begin).toBeLessThan(2000);
    expect(regions).toHaveLength(19 * 16);
    expect(regions[0]!.areaMm2).toBeCloseTo(0.04, 9);
    expect(count.areaMm2).toBeCloseTo(19 * 16 * 0.04, 9);
  });
});
