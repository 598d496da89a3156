import type { Run } from '../api/types';
import { moment, percent } from '../ui/format';
import { differenceGradient } from './colours';
import type { Options } from './options';
import type { Cell, Scores } from './scores';
import type { Other } from './useOther';

interface CompareProps {
  runs: Run[];
  scores: Scores;
  other: Other | string | undefined;
  options: Options;
  onOptions: (part: Partial<Options>) => void;
  onCell: (cell: Cell) => void;
}

const listed = 20;

/** Chooses the run that is shown beside this one, and says how far the two agree. */
export const Compare = ({ runs, scores, other, options, onOptions, onCell }: CompareProps) => (
  <section>
    <h2>Compare</h2>
    <label class="field">Beside it
      <select value={options.other ?? ''} onChange={(event) => onOptions({ other: event.currentTarget.value || undefined })}>
        <option value="">nothing</option>
        {runs.map(({ run, model, decided }) => <option value={run} key={run}>{model}, {moment(decided)}</option>)}
      </select>
    </label>
    {options.other && (
      <div class="presets">
        <button aria-pressed={options.beside === 'heatmap'} onClick={() => onOptions({ beside: 'heatmap' })}>Its heatmap</button>
        <button aria-pressed={options.beside === 'difference'} onClick={() => onOptions({ beside: 'difference' })}>Difference</button>
      </div>
    )}
    {options.other && options.beside === 'difference' && <div class="gradient signed" aria-hidden="true"><div style={{ background: differenceGradient }} /><span>−1</span><span>difference</span><span>+1</span></div>}
    {typeof other === 'string' && <p class="muted" role="status">{other}</p>}
    {typeof other === 'object' && !scores.hasGridOf(other.scores) && <p class="muted">The two runs have other cells, so there is no difference cell by cell.</p>}
    {typeof other === 'object' && typeof other.comparison === 'object' && <Agreement comparison={other.comparison} onCell={onCell} />}
  </section>
);

const Agreement = ({ comparison, onCell }: { comparison: Exclude<Other['comparison'], string>; onCell: (cell: Cell) => void }) => {
  const { agreement, common, tumourAreaDifferenceMm2: more, meanAbsoluteDifference, flipped } = comparison;
  return (
    <>
      <p data-testid="agreement"><strong>{percent(agreement)}</strong> of {common} patches agree, each at its model’s threshold. The other predicts {Math.abs(more).toFixed(2)} mm² {more < 0 ? 'less' : 'more'} IDC; probabilities differ by {meanAbsoluteDifference.toFixed(3)} on average.</p>
      {flipped.length > 0 && (
        <ol class="finds" aria-label="Patches that change sides">
          {flipped.slice(0, listed).map(({ cell, first, second }, index) => (
            <li key={cell.key}>
              <button class="quiet" onClick={() => onCell({ row: cell.row ?? 0, column: cell.column ?? 0 })}><span>{index + 1}</span> <strong>{first.toFixed(2)} → {second.toFixed(2)}</strong> <span class="muted">row {cell.row}, column {cell.column}</span></button>
            </li>
          ))}
        </ol>
      )}
      {flipped.length > listed && <p class="muted">{flipped.length} patches change sides; the largest changes are listed.</p>}
    </>
  );
};
