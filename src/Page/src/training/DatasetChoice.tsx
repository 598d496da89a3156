import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson, messageOf, post } from '../api/client';
import type { Dataset, DatasetPage, DatasetUploadAddress, TrainingRun } from '../api/types';
import { BlockUpload, type AskAddress } from '../uploads/BlockUpload';
import { percent } from '../ui/format';
import { Icon } from '../ui/icons';
import { IntakeView } from './IntakeView';
import { cancelRun, hasEnded, runPath } from './runs';

interface Props {
  name: string;
  onChange: (name: string) => void;
  fault: string | undefined;
}

const pollMs = 1500;

/** The data set's name that a zip's makes. */
const nameOf = (file: File): string => file.name.replace(/\.zip$/i, '').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'patches';

const freeName = (name: string, names: string[]): string => {
  for (let number = 2; ; number++) if (!names.includes(`${name}-${number}`)) return `${name}-${number}`;
};

/** Choose a data set or upload one; it is taken in at once, and its report shown. */
export const DatasetChoice = ({ name, onChange, fault }: Props) => {
  const [names, setNames] = useState<string[]>();
  const [dataset, setDataset] = useState<Dataset>();
  const [looks, setLooks] = useState(0);
  const [busy, setBusy] = useState<string>();
  /** A zip whose name is another data set's. */
  const [taken, setTaken] = useState<{ file: File; chosen: string }>();
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const stopping = useRef<AbortController | null>(null);

  const list = async () => {
    const listed = (await getJson<DatasetPage>('/api/datasets')).items.map((item) => item.name);
    setNames(listed);
    return listed;
  };

  useEffect(() => void list().catch((failure) => setError(messageOf(failure))), []);
  useEffect(() => {
    setDataset((shown) => (shown?.name === name ? shown : undefined));
    if (!name) return undefined;
    const stop = new AbortController();
    getJson<Dataset>(`/api/datasets/${name}`, stop.signal).then(setDataset, (failure) => stop.signal.aborted || setError(messageOf(failure)));
    return () => stop.abort();
  }, [name, looks]);

  const trying = async (work: (signal: AbortSignal) => Promise<void>) => {
    const stop = new AbortController();
    stopping.current = stop;
    setError(undefined);
    try {
      await work(stop.signal);
    } catch (failure) {
      if (!stop.signal.aborted) setError(messageOf(failure));
    } finally {
      setBusy(undefined);
    }
  };

  const takeIn = async (chosen: string, signal: AbortSignal) => {
    setBusy('Waiting for a trainer to take the data set in …');
    let run = (await (await post(`/api/datasets/${chosen}/intake`, undefined, signal)).json()) as TrainingRun;
    while (!hasEnded(run)) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      if (signal.aborted) {
        // What is uploaded stays; it can be taken in later.
        await cancelRun(run.id);
        return;
      }

      run = await getJson<TrainingRun>(runPath(run.id));
      if (run.status === 'Preparing') setBusy('Taking the data set in …');
    }

    if (run.status !== 'Succeeded') throw new Error(run.reason ?? `The intake is ${run.status}.`);
    setLooks((last) => last + 1);
  };

  /** Uploads a zip as a data set of its own, or into the one that is there. */
  const upload = (file: File, chosen: string, replaces: boolean) =>
    trying(async (signal) => {
      setTaken(undefined);
      if (!replaces && (await list()).includes(chosen)) {
        setTaken({ file, chosen });
        return;
      }

      setBusy(`Uploading ${file.name} …`);
      const ask: AskAddress = async (_, isAsked, asking) =>
        (await (await post('/api/datasets', { name: chosen, file: `${chosen}.zip`, length: file.size, replaces: isAsked }, asking)).json()) as DatasetUploadAddress;
      const state = await BlockUpload.begin(file, '', replaces, signal, ask);
      await new BlockUpload(file, state, (sent) => setBusy(`Uploading ${file.name}: ${percent(sent / file.size)}`), signal, ask).run();
      await list();
      onChange(chosen);
      await takeIn(chosen, signal);
    });

  const addCorrections = () =>
    trying(async (signal) => {
      await post(`/api/datasets/${name}/corrections`);
      await takeIn(name, signal);
    });

  return (
    <section class="card" aria-label="Data set">
      <h2>Data set</h2>
      <div class="row">
        <label>
          <span class="visually-hidden">Data set</span>
          <select value={name} onChange={(event) => onChange(event.currentTarget.value)} disabled={!!busy}>
            <option value="">{names?.length === 0 ? 'none yet' : 'choose …'}</option>
            {names?.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
        <input ref={input} type="file" accept=".zip,application/zip" hidden data-testid="dataset-file" onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) void upload(file, nameOf(file), false);
        }} />
        <button onClick={() => input.current?.click()} disabled={!!busy}><Icon name="upload" /> Upload a zip</button>
        {dataset && !dataset.isTakenIn && <button onClick={() => void trying((signal) => takeIn(name, signal))} disabled={!!busy}>Take in</button>}
        {dataset && <button onClick={() => void addCorrections()} disabled={!!busy}><Icon name="plus" /> Add reviewers’ corrections</button>}
        {busy && <button class="quiet" onClick={() => { stopping.current?.abort(); setBusy('Cancelling …'); }}>Cancel</button>}
      </div>
      <p class="muted" role="status">{busy ?? <>Patches of 50 × 50 px at 4 µm/px, named <code>{'{case}_idx5_x{X}_y{Y}_class{0|1}.png'}</code>; the Kaggle archive as it comes.</>}</p>
      {taken && (
        <div class="notice" role="alert">
          <p>There is a data set {taken.chosen} already. The zip can be a data set of its own, or go into that one, where it replaces {taken.chosen}.zip if there is one.</p>
          <div class="row">
            <button onClick={() => void upload(taken.file, freeName(taken.chosen, names ?? []), false)}>Upload as {freeName(taken.chosen, names ?? [])}</button>
            <button onClick={() => void upload(taken.file, taken.chosen, true)}>Put it into {taken.chosen}</button>
            <button class="quiet" onClick={() => setTaken(undefined)}>Cancel</button>
          </div>
        </div>
      )}
      {(error ?? fault) && <p class="fault" role="alert">{error ?? fault}</p>}
      {dataset && <IntakeView dataset={dataset} />}
    </section>
  );
};
