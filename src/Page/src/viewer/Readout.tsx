import type { Cell, Scores } from './scores';

const flags = [[1, 'little tissue'], [2, 'blurred'], [4, 'pen or border']] as const;

interface ReadoutProps {
  cell: Cell | undefined;
  scores: Scores | undefined;
  threshold: number;
  /** The run beside it, where it has the same cells. */
  other: Scores | undefined;
}

/** What is known of the patch under the pointer. */
export const Readout = ({ cell, scores, threshold, other }: ReadoutProps) => {
  if (!cell || !scores) return null;
  const probability = scores.at(cell);
  const second = other?.at(cell) ?? NaN;
  const notes = flags.filter(([bit]) => scores.qualityAt(cell) & bit).map(([, text]) => text);
  return (
    <div class="readout" role="status" data-testid="readout">
      <strong>{probability.toFixed(3)}</strong> <span>{probability >= threshold ? 'IDC' : 'not IDC'}</span>
      {!Number.isNaN(second) && <span>beside it <strong>{second.toFixed(3)}</strong>, {second >= probability ? '+' : '−'}{Math.abs(second - probability).toFixed(3)}</span>}
      <span class="muted">row {cell.row}, column {cell.column}</span>
      {notes.length > 0 && <span class="chip warn">{notes.join(', ')}</span>}
    </div>
  );
};
