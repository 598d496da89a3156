import type { Cell } from './scores';

/**
 * How many lattice points cells cover together, each a square of one side, their corners a stride apart. Counted strip by
 * strip between the squares' edges, so that the effort depends on the cells' own extent, not on the slide's.
 */
export const unionPoints = (cells: Cell[], side: number, stride: number): number => {
  if (stride >= side || cells.length < 2) return cells.length * side * side;
  const byRow = new Map<number, number[]>();
  let left = Infinity;
  let right = 0;
  for (const { row, column } of cells) {
    left = Math.min(left, column);
    right = Math.max(right, column);
    const columns = byRow.get(row);
    if (columns) columns.push(column);
    else byRow.set(row, [column]);
  }

  const rows = [...byRow.entries()].sort(([a], [b]) => a - b).map(([row, columns]) => ({ top: row * stride, columns }));
  const edges = [...new Set(rows.flatMap(({ top }) => [top, top + side]))].sort((a, b) => a - b);
  const covering = new Uint16Array(right - left + 1);
  let points = 0;
  let begin = 0;
  let end = 0;
  edges.slice(1).forEach((to, index) => {
    // Between two edges the same rows cover all lines.
    const from = edges[index]!;
    for (; end < rows.length && rows[end]!.top <= from; end++) for (const column of rows[end]!.columns) covering[column - left]!++;
    for (; begin < end && rows[begin]!.top + side <= from; begin++) for (const column of rows[begin]!.columns) covering[column - left]!--;
    points += (to - from) * lengthOf(covering, side, stride);
  });
  return points;
};

/** Points of one line that the squares cover whose columns are marked. */
const lengthOf = (covering: Uint16Array, side: number, stride: number): number => {
  let length = 0;
  let before = -Infinity;
  covering.forEach((rows, column) => {
    if (rows === 0) return;
    length += Math.min(side, (column - before) * stride);
    before = column;
  });
  return length;
};
