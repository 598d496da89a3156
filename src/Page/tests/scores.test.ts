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

    const regions = scores.regions(0.5);
    const count = scores.count(0.5);

    expect(regions).toHaveLength(19 * 16);
    expect(regions[0]!.areaMm2).toBeCloseTo(0.04, 9);
    expect(count.areaMm2).toBeCloseTo(19 * 16 * 0.04, 9);
  }, 10_000);
});

describe('of a part of the slide that was scored', () => {
  // Rows 100 and 101, columns 2000 to 2002; one cell is without tissue.
  const scores = new Scores(gridOf(3, Float32Array.from([0.9, NaN, 0.2, 0.8, 0.7, 0.1]), 50, 100, 2000));

  test('cells are told by their row and column on the slide', () => {
    expect(scores.at({ row: 101, column: 2001 })).toBeCloseTo(0.7, 6);
    expect(scores.cellAt(2000.5 * 400, 100.5 * 400)).toEqual({ row: 100, column: 2000 });
    expect(scores.cellAt(2001.5 * 400, 100.5 * 400)).toBeUndefined();
    expect(scores.nearest(0, 0)).toEqual({ row: 100, column: 2000 });
    expect(scores.leastCertain(0.5, 1)).toEqual([{ row: 101, column: 2001 }]);
    expect(scores.step({ row: 100, column: 2000 }, 0, 1)).toEqual({ row: 100, column: 2002 });
    expect(scores.step({ row: 101, column: 2002 }, 1, 0)).toEqual({ row: 101, column: 2002 });
  });

  test('nothing is scored around it', () => {
    for (const [row, column] of [[100, 2003], [101, 1999], [99, 2002], [102, 2000], [0, 0], [-1, 2000]] as const) expect(scores.at({ row, column })).toBeNaN();
  });

  test('a region lies where its cells are', () => {
    expect(scores.regions(0.5)).toMatchObject([{ cells: 3, top: 100, bottom: 102, left: 2000, right: 2002 }]);
  });

  test('each cell is handed over once', () => {
    const cells: string[] = [];
    scores.forEach(({ row, column }) => cells.push(`${row},${column}`));

    expect(cells).toEqual(['100,2000', '100,2002', '101,2000', '101,2001', '101,2002']);
  });
});

test('a slide of which nothing was scored has no cell and no region', () => {
  const scores = new Scores({ ...gridOf(1, new Float32Array(0)), scoredColumns: 0, scoredRows: 0 });

  expect(scores.at({ row: 0, column: 0 })).toBeNaN();
  expect(scores.regions(0)).toEqual([]);
  expect(scores.count(0)).toEqual({ patches: 0, positive: 0, areaMm2: 0, tissueMm2: 0 });
});
