import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf, slidePath } from '../api/client';
import type { Comparison, ModelPage } from '../api/types';
import { percent } from '../ui/format';
import type { Cell } from './scores';

const listed = 20;

/** What another model's last run on this slide says otherwise. */
export const Compare = ({ slideId, model, onCell }: { slideId: string; model: string; onCell: (cell: Cell) => void }) => {
  const [versions, setVersions] = useState<string[]>([]);
  const [chosen, setChosen] = useState('');
  const [result, setResult] = useState<Comparison | string>();
  useEffect(() => {
    getJson<ModelPage>('/api/models').then(
      (page) => setVersions(page.items.filter((one) => `${one.name} ${one.version}` !== model).map((one) => one.version)),
      () => setVersions([]),
    );
  }, [model]);
  useEffect(() => {
    setResult(undefined);
    if (!chosen) return undefined;
    const stop = new AbortController();
    getJson<Comparison>(slidePath(slideId, `/compare?with=${encodeURIComponent(chosen)}`), stop.signal).then(setResult, (error) => !stop.signal.aborted && setResult(messageOf(error)));
    return () => stop.abort();
  }, [slideId, chosen]);
  if (versions.length === 0) return null;
  return (
    <section>
      <label class="field">Compare with
        <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="">–</option>
          {versions.map((version) => <option key={version}>{version}</option>)}
        </select>
      </label>
      {typeof result === 'string' && <p class="muted" role="status">{result}</p>}
      {typeof result === 'object' && (
        <>
          <p><strong>{percent(result.agreement)}</strong> of {result.common} patches agree. {chosen} predicts {Math.abs(result.tumourAreaDifferenceMm2).toFixed(2)} mm² {result.tumourAreaDifferenceMm2 < 0 ? 'less' : 'more'} IDC.</p>
          <ol class="finds">
            {result.flipped.slice(0, listed).map(({ cell, first, second }, index) => (
              <li key={cell.key}>
                <button class="quiet" onClick={() => onCell({ row: cell.row ?? 0, column: cell.column ?? 0 })}><span>{index + 1}</span> <strong>{first.toFixed(2)} → {second.toFixed(2)}</strong> <span class="muted">row {cell.row}, column {cell.column}</span></button>
              </li>
            ))}
          </ol>
          {result.flipped.length > listed && <p class="muted">{result.flipped.length} patches change sides; the largest changes are listed.</p>}
        </>
      )}
    </section>
  );
};
