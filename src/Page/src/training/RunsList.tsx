import { useState } from 'preact/hooks';
import type { TrainingRun } from '../api/types';
import { when } from '../ui/format';
import { Icon } from '../ui/icons';
import { Chart } from './Chart';
import { duration, hasEnded, publishedEpoch, titleOf, toneOf, useRuns } from './runs';

const mostCompared = 6;

/** All trainings, newest first; those that are ticked are compared. */
export const RunsList = () => {
  const { runs, error, more } = useRuns();
  const [compared, setCompared] = useState<string[]>([]);
  const chosen = runs?.filter((run) => compared.includes(run.id)) ?? [];
  const toggle = (id: string) => setCompared(compared.includes(id) ? compared.filter((one) => one !== id) : [...compared, id].slice(-mostCompared));
  return (
    <>
      <div class="head-row">
        <h1>Training</h1>
        <a class="button primary" href="#/training/new"><Icon name="plus" /> New training</a>
      </div>
      {error && <p class="notice bad" role="alert">{error}</p>}
      {runs?.length === 0 && (
        <div class="empty">
          <p>No training yet. A training makes a model of labelled patches; the model is published and can be activated for new slides.</p>
        </div>
      )}
      {runs && runs.length > 0 && (
        <div class="table-scroll">
          <table class="runs">
            <thead>
              <tr><th scope="col"><span class="visually-hidden">Compare</span></th><th scope="col">Model</th><th scope="col">Status</th><th scope="col">Data set</th><th scope="col" class="number">Epochs</th><th scope="col" class="number">AUC</th><th scope="col" class="number">Balanced accuracy</th><th scope="col" class="number">Time</th><th scope="col">Asked for</th></tr>
            </thead>
            <tbody>
              {runs.map((run) => {
                const figures = publishedEpoch(run)?.validation;
                return (
                  <tr key={run.id}>
                    <td><input type="checkbox" aria-label={`Compare ${titleOf(run)}`} checked={compared.includes(run.id)} onChange={() => toggle(run.id)} /></td>
                    <td><a href={`#/training/${run.id}`}>{titleOf(run)}</a></td>
                    <td><span class={`chip ${toneOf(run.status)}`}>{run.isCancelRequested && !hasEnded(run) ? 'Stopping' : run.status}</span></td>
                    <td>{run.request.dataset}</td>
                    <td class="number">{run.progress?.training?.epochs.length ?? 0} of {run.request.options?.epochs}</td>
                    <td class="number">{figures?.auc.toFixed(3) ?? '–'}</td>
                    <td class="number">{figures?.balancedAccuracy.toFixed(3) ?? '–'}</td>
                    <td class="number">{run.progress ? duration(run.progress.spentSeconds) : '–'}</td>
                    <td>{when(run.request.requestedAt!, Date.now())}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {more && <button class="quiet" onClick={more}>Older trainings</button>}
      {chosen.length > 0 ? <Comparison runs={chosen} /> : runs && runs.length > 1 && <p class="muted">Tick trainings to compare them.</p>}
    </>
  );
};

/** Curves over each other, and the hyperparameters that differ. */
const Comparison = ({ runs }: { runs: TrainingRun[] }) => {
  const names = Object.keys(runs[0]!.request.options ?? {}) as (keyof NonNullable<TrainingRun['request']['options']>)[];
  const differing = names.filter((name) => new Set(runs.map((run) => String(run.request.options?.[name]))).size > 1);
  const series = (figure: (epoch: NonNullable<NonNullable<TrainingRun['progress']>['training']>['epochs'][number]) => number) =>
    runs.map((run, colour) => ({ name: titleOf(run), colour, points: (run.progress?.training?.epochs ?? []).map((epoch): [number, number] => [epoch.epoch, figure(epoch)]) }));
  return (
    <section class="card" aria-label="Comparison">
      <h2>Comparison</h2>
      <div class="charts">
        <Chart label="Training loss" xLabel="epoch" series={series((epoch) => epoch.loss)} />
        <Chart label="Validation AUC" xLabel="epoch" series={series((epoch) => epoch.validation.auc)} />
      </div>
      <div class="table-scroll">
        <table>
          <thead><tr><th scope="col">What differs</th>{runs.map((run) => <th scope="col" class="number" key={run.id}>{titleOf(run)}</th>)}</tr></thead>
          <tbody>
            <tr><th scope="row">data set</th>{runs.map((run) => <td class="number" key={run.id}>{run.request.dataset}</td>)}</tr>
            {differing.map((name) => <tr key={name}><th scope="row">{name}</th>{runs.map((run) => <td class="number" key={run.id}>{String(run.request.options?.[name])}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
    </section>
  );
};
