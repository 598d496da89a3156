import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf, send } from '../api/client';
import { mm2, percent } from '../ui/format';
import { Chart } from './Chart';
import { confusionOf, parsePredictions, type Evaluation, type Figures, type Prediction } from './evaluation';
import { count, runPath } from './runs';

const figures: [keyof Figures, string][] = [
  ['balanced_accuracy', 'balanced accuracy'], ['auc', 'AUC'], ['f1', 'F1'], ['accuracy', 'accuracy'], ['precision', 'precision'], ['recall', 'recall'], ['pr_auc', 'PR-AUC'], ['brier', 'Brier'], ['ece', 'ECE'],
];

/** What the model does on cases that it was not trained on. */
export const Results = ({ id }: { id: string }) => {
  const [evaluation, setEvaluation] = useState<Evaluation>();
  const [predictions, setPredictions] = useState<Prediction[]>();
  const [threshold, setThreshold] = useState(0.5);
  const [error, setError] = useState<string>();
  useEffect(() => {
    Promise.all([getJson<Evaluation>(runPath(id, '/results/evaluation.json')), send(runPath(id, '/results/predictions.csv')).then((answer) => answer.text())]).then(
      ([measured, csv]) => {
        setEvaluation(measured);
        setPredictions(parsePredictions(csv));
        setThreshold(measured.threshold);
      },
      (failure) => setError(messageOf(failure)),
    );
  }, [id]);
  if (error) return <p class="notice bad" role="alert">{error}</p>;
  if (!evaluation || !predictions) return null;
  return (
    <>
      <section class="card" aria-label="Results">
        <h2>On the validation cases</h2>
        <p class="muted">Calibrated; 95 % intervals over cases. Threshold {evaluation.threshold.toFixed(3)}, the best there for balanced accuracy, and 0.5 beside it.</p>
        <div class="table-scroll">
          <table>
            <thead><tr><th scope="col">Figure</th><th scope="col" class="number">at {evaluation.threshold.toFixed(3)}</th><th scope="col" class="number">at 0.5</th></tr></thead>
            <tbody>
              {figures.map(([name, label]) => (
                <tr key={name}><th scope="row">{label}</th>{[evaluation.at_threshold, evaluation.at_half].map((at, index) => <td class="number" key={index}>{fixed(at.point[name])} <span class="muted">{fixed(at.low[name])}–{fixed(at.high[name])}</span></td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <ConfusionView predictions={predictions} evaluation={evaluation} threshold={threshold} onChange={setThreshold} />
      <Errors id={id} />
      <Cases evaluation={evaluation} />
    </>
  );
};

/** A figure that is not defined is the text "NaN". */
const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');

const ConfusionView = ({ predictions, evaluation, threshold, onChange }: { predictions: Prediction[]; evaluation: Evaluation; threshold: number; onChange: (threshold: number) => void }) => {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusionOf(predictions, threshold);
  const idc = truePositives + falseNegatives;
  const others = falsePositives + trueNegatives;
  const roc: [number, number][] = [[0, 0], ...evaluation.curve.map((point): [number, number] => [point.false_positive_rate, point.sensitivity])];
  const reliability = (bins: Evaluation['reliability']) => bins.map((bin): [number, number] => [bin.mean_probability, bin.idc_share]);
  const diagonal = { name: 'as it should be', colour: 4, isDashed: true, points: [[0, 0], [1, 1]] as [number, number][] };
  return (
    <section class="card" aria-label="Confusion and curves">
      <h2>At a threshold of <output for="result-threshold">{threshold.toFixed(3)}</output></h2>
      <label class="visually-hidden" for="result-threshold">Threshold of the confusion matrix</label>
      <input id="result-threshold" type="range" min="0" max="1" step="0.005" value={threshold} onInput={(event) => onChange(Number(event.currentTarget.value))} />
      <div class="charts">
        <div class="table-scroll">
          <table class="confusion" data-testid="confusion">
            <thead><tr><td /><th scope="col">called IDC</th><th scope="col">called not IDC</th></tr></thead>
            <tbody>
              <tr><th scope="row">IDC</th><td class="right">{count(truePositives)}<span>{percent(truePositives / idc)}</span></td><td class="wrong">{count(falseNegatives)}<span>{percent(falseNegatives / idc)}</span></td></tr>
              <tr><th scope="row">not IDC</th><td class="wrong">{count(falsePositives)}<span>{percent(falsePositives / others)}</span></td><td class="right">{count(trueNegatives)}<span>{percent(trueNegatives / others)}</span></td></tr>
            </tbody>
          </table>
          <p class="muted">Balanced accuracy {((truePositives / idc + trueNegatives / others) / 2).toFixed(3)}, F1 {((2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives)).toFixed(3)}</p>
        </div>
        <Chart label="ROC" xLabel="share of others called IDC" xRange={[0, 1]} yRange={[0, 1]} series={[{ name: 'share of IDC found', colour: 0, points: roc }]} mark={[falsePositives / others, truePositives / idc]} />
        <Chart label="Reliability" xLabel="said probability" xRange={[0, 1]} yRange={[0, 1]} series={[{ name: 'calibrated', colour: 0, points: reliability(evaluation.reliability) }, { name: 'before', colour: 3, points: reliability(evaluation.uncalibrated_reliability) }, diagonal]} />
      </div>
    </section>
  );
};

const Errors = ({ id }: { id: string }) => (
  <section class="card" aria-label="Worst errors">
    <h2>Worst errors</h2>
    <div class="errors">
      {([['worst-false-positives.png', 'Called IDC, labelled not IDC'], ['worst-false-negatives.png', 'Labelled IDC, missed']] as const).map(([file, label]) => <ErrorSheet key={file} source={runPath(id, `/results/${file}`)} label={label} />)}
    </div>
  </section>
);

/** A model that makes no error of a kind has no picture of them. */
const ErrorSheet = ({ source, label }: { source: string; label: string }) => {
  const [isMissing, setIsMissing] = useState(false);
  return (
    <figure>
      <figcaption><h3>{label}</h3></figcaption>
      {isMissing ? <p class="muted">None.</p> : <img src={source} alt={`Patches: ${label}, the surest first`} loading="lazy" onError={() => setIsMissing(true)} />}
    </figure>
  );
};

const Cases = ({ evaluation }: { evaluation: Evaluation }) => (
  <details class="card">
    <summary><h2>Case by case</h2></summary>
    <div class="table-scroll">
      <table>
        <thead><tr><th scope="col">Case</th><th scope="col" class="number">Patches</th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">Balanced accuracy</th><th scope="col" class="number">IDC, mm²</th><th scope="col" class="number">predicted, mm²</th></tr></thead>
        <tbody>
          {evaluation.cases.map((one) => (
            <tr key={one.case}><th scope="row">{one.case}</th><td class="number">{count(one.patches)}</td><td class="number">{fixed(one.accuracy)}</td><td class="number">{one.balanced_accuracy === null ? '–' : fixed(one.balanced_accuracy)}</td><td class="number">{mm2(one.idc_mm2)}</td><td class="number">{mm2(one.predicted_idc_mm2)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  </details>
);
