import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf, post, Problem } from '../api/client';
import type { TrainingOption, TrainingOptionPage, TrainingRun } from '../api/types';
import { Icon } from '../ui/icons';
import { DatasetChoice } from './DatasetChoice';
import { NetworkPicture } from './NetworkPicture';
import { OptionField } from './OptionField';

const first = ['epochs', 'batchSize', 'learningRate', 'optimizer', 'seed', 'precision'];
const ofNetwork = ['width', 'depth', 'denseUnits', 'dropout'];

/** It keeps the weights that a training begins with, and one begun here begins with random ones. */
const notHere = ['frozenGroups'];

type Split = 'case' | 'lists' | 'patch';

const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

const isNumber = (text: string, isWhole: boolean): boolean => text.trim() !== '' && (isWhole ? Number.isInteger(Number(text)) : Number.isFinite(Number(text)));

/** Everything that a training needs, with its defaults; what is wrong is told at its field, all at once. */
export const NewRun = () => {
  const [options, setOptions] = useState<TrainingOption[]>([]);
  const [values, setValues] = useState<Record<string, string>>({});
  const [dataset, setDataset] = useState('');
  const [split, setSplit] = useState<Split>('case');
  const [share, setShare] = useState('0.2');
  const [trainingCases, setTrainingCases] = useState('');
  const [validationCases, setValidationCases] = useState('');
  const [modelName, setModelName] = useState('');
  const [modelVersion, setModelVersion] = useState('1.0.0');
  const [faults, setFaults] = useState<Record<string, string[]>>({});
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);

  useEffect(() => {
    getJson<TrainingOptionPage>('/api/training-options').then(
      (page) => {
        setOptions(page.items.filter((option) => !notHere.includes(option.name)));
        setValues(Object.fromEntries(page.items.map((option) => [option.name, option.default])));
      },
      (failure) => setError(messageOf(failure)),
    );
  }, []);

  const faultOf = (field: string): string | undefined => faults[field]?.join(' ');
  const fields = (names: (name: string) => boolean) =>
    options.filter((option) => names(option.name)).map((option) => (
      <OptionField key={option.name} option={option} value={values[option.name] ?? ''} fault={faultOf(`options.${option.name}`)} onChange={(value) => setValues({ ...values, [option.name]: value })} />
    ));

  const start = async () => {
    const numbers = options.filter((option) => option.choices.length === 0).map(({ name, isWhole }) => ({ field: `options.${name}`, text: values[name] ?? '', isWhole }));
    if (split !== 'lists') numbers.push({ field: 'validationShare', text: share, isWhole: false });
    const typed = Object.fromEntries(numbers.filter(({ text, isWhole }) => !isNumber(text, isWhole)).map(({ field, text, isWhole }) => [field, [`'${text}' is no ${isWhole ? 'whole ' : ''}number.`]]));
    if (Object.keys(typed).length > 0) return setFaults(typed);
    setIsBusy(true);
    setFaults({});
    setError(undefined);
    try {
      const answer = await post('/api/training-runs', {
        dataset,
        modelName: modelName.trim(),
        modelVersion: modelVersion.trim(),
        ...(split === 'lists' ? { trainingCases: listOf(trainingCases), validationCases: listOf(validationCases) } : { validationShare: Number(share), leakingSplit: split === 'patch' }),
        options: Object.fromEntries(options.map(({ name, choices }) => [name, choices.length > 0 ? values[name] : Number(values[name])])),
      });
      location.hash = `#/training/${((await answer.json()) as TrainingRun).id}`;
    } catch (failure) {
      if (failure instanceof Problem && Object.keys(failure.errors).length > 0) setFaults(failure.errors);
      else setError(messageOf(failure));
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <form class="new-run" onSubmit={(event) => { event.preventDefault(); void start(); }}>
      <h1><a href="#/training" aria-label="All trainings"><Icon name="back" /></a> New training</h1>
      <DatasetChoice name={dataset} onChange={setDataset} fault={faultOf('dataset')} />
      <section class="card" aria-label="Split">
        <h2>Split</h2>
        <div class="choices" role="radiogroup" aria-label="How the cases are split">
          {([['case', 'By case, drawn'], ['lists', 'By lists of cases'], ['patch', 'By patch, which leaks']] as const).map(([value, label]) => (
            <label key={value}><input type="radio" name="split" checked={split === value} onChange={() => setSplit(value)} /> {label}</label>
          ))}
        </div>
        {split === 'lists' ? (
          <div class="fields">
            <div class="field"><label for="training-cases">Cases to train on</label><textarea id="training-cases" rows={4} value={trainingCases} onInput={(event) => setTrainingCases(event.currentTarget.value)} /><Fault text={faultOf('trainingCases')} /></div>
            <div class="field"><label for="validation-cases">Cases to choose and evaluate on</label><textarea id="validation-cases" rows={4} value={validationCases} onInput={(event) => setValidationCases(event.currentTarget.value)} /><Fault text={faultOf('validationCases')} /></div>
          </div>
        ) : (
          <div class="field narrow">
            <label for="share">Share to evaluate on</label>
            <input id="share" inputMode="decimal" value={share} onInput={(event) => setShare(event.currentTarget.value)} />
            <Fault text={faultOf('validationShare')} />
            <p class="muted">{split === 'case' ? 'Of the cases, with a like share of IDC on both sides. The article takes 0.2.' : 'Of the patches: those of one slide are on both sides, so the figures are too good, and every report says so.'}</p>
          </div>
        )}
      </section>
      <section class="card" aria-label="Network">
        <h2>Network</h2>
        <div class="fields">{fields((name) => ofNetwork.includes(name))}</div>
        {values['width'] && <NetworkPicture width={values['width']} depth={values['depth'] ?? ''} denseUnits={values['denseUnits'] ?? ''} />}
      </section>
      <section class="card" aria-label="Training">
        <h2>Training</h2>
        <div class="fields">{fields((name) => first.includes(name))}</div>
        <details open={Object.keys(faults).some((field) => field.startsWith('options.') && !first.includes(field.slice(8)))}>
          <summary>More</summary>
          <div class="fields">{fields((name) => !first.includes(name) && !ofNetwork.includes(name))}</div>
        </details>
      </section>
      <section class="card" aria-label="Model">
        <h2>Model</h2>
        <div class="fields">
          <div class="field"><label for="model-name">Name</label><input id="model-name" value={modelName} placeholder={`idc-wrn-${values['depth'] ?? ''}-${values['width'] ?? ''}`} onInput={(event) => setModelName(event.currentTarget.value)} /><Fault text={faultOf('modelName')} /></div>
          <div class="field"><label for="model-version">Version</label><input id="model-version" value={modelVersion} onInput={(event) => setModelVersion(event.currentTarget.value)} /><Fault text={faultOf('modelVersion')} /><p class="muted">A version that exists is never overwritten. It is published when the training ends, and not activated.</p></div>
        </div>
      </section>
      {error && <p class="notice bad" role="alert">{error}</p>}
      {Object.keys(faults).length > 0 && <p class="notice bad" role="alert">{Object.entries(faults).map(([field, texts]) => `${field}: ${texts.join(' ')}`).join(' ')}</p>}
      <div class="row"><button class="primary" type="submit" disabled={isBusy}><Icon name="play" /> Start training</button></div>
    </form>
  );
};

const Fault = ({ text }: { text: string | undefined }) => (text ? <p class="fault">{text}</p> : null);
