import { useEffect, useState } from 'preact/hooks';
import { messageOf, post } from '../api/client';
import type { TrainingRun } from '../api/types';
import { moment } from '../ui/format';
import { Icon } from '../ui/icons';
import { tell } from '../ui/Toasts';
import { Chart } from './Chart';
import { NetworkPicture } from './NetworkPicture';
import { wordsOf } from './OptionField';
import { Results } from './Results';
import { cancelRun, count, duration, hasEnded, isWatched, publishedEpoch, runPath, titleOf, toneOf, usePolled } from './runs';

const said: Partial<Record<TrainingRun['status'], string>> = {
  Queued: 'Waiting for a machine that trains.',
  Preparing: 'The data set is fetched and packed.',
  Publishing: 'The model is written to storage.',
  Interrupted: 'Its trainer ended in the midst of it; it goes on by itself.',
};

/** The mean of the points around each, a twentieth of the curve wide. */
const smoothed = <T extends { loss: number }>(points: T[]): T[] => {
  const reach = Math.floor(points.length / 40);
  return points.map((point, index) => {
    const near = points.slice(Math.max(0, index - reach), index + reach + 1);
    return { ...point, loss: near.reduce((sum, { loss }) => sum + loss, 0) / near.length };
  });
};

/** A training while it runs, and what came of it. */
export const RunView = ({ id }: { id: string }) => {
  const { value: run, error, again } = usePolled<TrainingRun>(runPath(id), isWatched);
  if (!run) return error ? <p class="notice bad" role="alert">{error}</p> : null;
  const stop = async () => {
    try {
      await cancelRun(id);
    } catch (failure) {
      tell(messageOf(failure));
    }

    again();
  };
  return (
    <>
      <div class="head-row">
        <h1><a href="#/training" aria-label="All trainings"><Icon name="back" /></a> {titleOf(run)}</h1>
        <span class={`chip ${toneOf(run.status)}`} data-testid="status">{run.isCancelRequested ? 'Stopping' : run.status}</span>
        {!hasEnded(run) && <button class="danger" onClick={() => void stop()} disabled={run.isCancelRequested}>Stop</button>}
      </div>
      {error && <p class="notice bad" role="alert">{error}</p>}
      {said[run.status] && <p class="muted">{said[run.status]}</p>}
      {run.reason && <p class={`notice ${run.status === 'Failed' ? 'bad' : ''}`}>{run.reason}</p>}
      {run.progress && <Progress run={run} />}
      {run.status === 'Succeeded' && !run.request.intakeOnly && <Published run={run} />}
      {run.status === 'Succeeded' && !run.request.intakeOnly && <Results id={run.id} />}
      {!run.request.intakeOnly && <Asked run={run} />}
    </>
  );
};

const Progress = ({ run }: { run: TrainingRun }) => {
  const { spentSeconds, cost, losses, training } = run.progress!;
  if (!training) return null;
  const stepsPerEpoch = training.steps / (run.request.options?.epochs ?? 1);
  const epochs = training.epochs;
  const figure = (name: string, colour: number, value: (epoch: (typeof epochs)[number]) => number) => ({ name, colour, points: epochs.map((epoch): [number, number] => [epoch.epoch, value(epoch)]) });
  const figures = publishedEpoch(run)?.validation;
  return (
    <section class="card" aria-label="Progress">
      <h2>Progress</h2>
      <progress value={training.step} max={training.steps} aria-label="Steps taken" />
      <dl class="figures">
        <div><dt>step</dt><dd>{count(training.step)} of {count(training.steps)}</dd></div>
        <div><dt>loss</dt><dd>{(losses.at(-1)?.loss ?? training.loss).toFixed(4)}</dd></div>
        {figures && <div><dt>AUC</dt><dd>{figures.auc.toFixed(3)}</dd></div>}
        <div><dt>patches/s</dt><dd>{training.patchesPerSecond.toFixed(0)}</dd></div>
        <div><dt>spent</dt><dd>{duration(spentSeconds)}</dd></div>
        {!hasEnded(run) && <div><dt>left</dt><dd>{duration(training.secondsLeft)}</dd></div>}
        {cost > 0 && <div><dt>cost</dt><dd>{cost.toFixed(2)}</dd></div>}
      </dl>
      <div class="charts">
        <Chart label="Training loss" xLabel="epoch" series={[{ name: 'as it was', colour: 0, isFaint: true, points: losses.map(({ step, loss }): [number, number] => [step / stepsPerEpoch, loss]) }, { name: 'smoothed', colour: 0, points: smoothed(losses).map(({ step, loss }): [number, number] => [step / stepsPerEpoch, loss]) }]} />
        <Chart
          label="Validation, uncalibrated at 0.5"
          xLabel="epoch"
          yRange={[0, 1]}
          series={[figure('AUC', 0, (epoch) => epoch.validation.auc), figure('balanced accuracy', 1, (epoch) => epoch.validation.balancedAccuracy), figure('F1', 2, (epoch) => epoch.validation.f1), figure('ECE', 3, (epoch) => epoch.validation.ece)]}
        />
      </div>
    </section>
  );
};

const Published = ({ run }: { run: TrainingRun }) => {
  const path = `/api/models/${run.modelName}/${run.request.modelVersion}`;
  const [active, setActive] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const model = titleOf(run);
  const look = () => fetch('/health/ready').then((answer) => answer.json()).then((readiness: { model?: string }) => setActive(readiness.model), () => undefined);
  useEffect(() => void look(), []);
  const activate = async () => {
    setIsBusy(true);
    try {
      await post(`${path}/activate`);
      await look();
      tell(`${model} is active: new slides are scored with it.`);
    } catch (failure) {
      tell(messageOf(failure));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <section class="card" aria-label="Model">
      <h2>Published as {model}</h2>
      <div class="row">
        {active === model ? <span class="chip good">active</span> : <button class="primary" onClick={() => void activate()} disabled={isBusy}>Activate</button>}
        <a class="button" href={`${path}/bundle`} download>Download the bundle</a>
        <a class="button" href={runPath(run.id, '/results/report.html')} target="_blank" rel="noreferrer">Open the report</a>
      </div>
      <p class="muted">The bundle holds the ONNX model, its manifest and card, and <code>score.py</code>, which scores patches with nothing but ONNX Runtime.</p>
    </section>
  );
};

const Asked = ({ run: { request } }: { run: TrainingRun }) => {
  const options = request.options ?? {};
  const split = request.trainingCases?.length
    ? `${request.trainingCases.length} cases to train on, ${request.validationCases?.length} to evaluate on`
    : `${request.leakingSplit ? 'by patch, which leaks' : 'by case'}, ${request.validationShare ?? 0.2} to evaluate on`;
  return (
    <details class="card">
      <summary><h2>What was asked for</h2></summary>
      <dl class="facts">
        <div><dt>Data set</dt><dd>{request.dataset}</dd></div>
        <div><dt>Split</dt><dd>{split}</dd></div>
        <div><dt>Asked for</dt><dd>{moment(request.requestedAt!)}</dd></div>
        {Object.entries(options).map(([name, value]) => <div key={name}><dt>{wordsOf(name)}</dt><dd>{String(value)}</dd></div>)}
      </dl>
      <NetworkPicture width={String(options.width)} depth={String(options.depth)} denseUnits={String(options.denseUnits)} />
    </details>
  );
};
