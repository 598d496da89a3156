import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson, messageOf, post } from '../api/client';
import type { ModelPage, ModelVersion, Schemas } from '../api/types';
import { Icon } from '../ui/icons';
import { tell } from '../ui/Toasts';

/** What is shown of a model's manifest. */
interface Manifest {
  decision_threshold?: number;
  spacing_um_px?: number;
  training?: { training_patches?: number; validation_at_threshold?: { point?: { auc?: number; balanced_accuracy?: number } } };
}

interface ModelsDialogProps {
  /** Name and version of the active model. */
  active: string | undefined;
  onChanged: () => void;
  onClose: () => void;
}

const nameOf = ({ name, version }: ModelVersion): string => `${name} ${version}`;

/** The models in storage: which one new slides are scored with, and the way to another; scored slides keep their results until they are scored again. */
export const ModelsDialog = ({ active, onChanged, onClose }: ModelsDialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [models, setModels] = useState<ModelVersion[]>();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
    getJson<ModelPage>('/api/models').then((page) => setModels(page.items), (failure) => setError(messageOf(failure)));
  }, []);

  const during = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setBusy(undefined);
    }
  };
  const activate = (model: ModelVersion) => during(nameOf(model), async () => {
    await post(`/api/models/${encodeURIComponent(model.name)}/${encodeURIComponent(model.version)}/activate`);
    tell(`New slides are scored with ${nameOf(model)}.`);
    onChanged();
  });
  const rescoreAll = () => during('all', async () => {
    const { accepted, refused } = (await (await post('/api/rescores', { all: true })).json()) as Schemas['RescoresAnswer'];
    tell(`${accepted} ${accepted === 1 ? 'slide is' : 'slides are'} scored again, behind new uploads.${refused.length > 0 ? ` ${refused.length} can’t be: ${refused[0]!.slide}: ${refused[0]!.reason}` : ''}`);
    dialog.current?.close();
  });

  return (
    <dialog class="models" ref={dialog} onClose={onClose} aria-labelledby="models-title">
      <div class="head"><h2 id="models-title">Models</h2><button class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}><Icon name="close" /></button></div>
      {error && <p class="notice bad" role="alert">{error}</p>}
      <ul>
        {models?.map((model) => (
          <li key={nameOf(model)}>
            <div><strong>{nameOf(model)}</strong><Facts model={model} /></div>
            {nameOf(model) === active ? <span class="chip good">Active</span>
              : <button onClick={() => void activate(model)} disabled={busy !== undefined} aria-label={`Activate ${nameOf(model)}`}>{busy === nameOf(model) ? 'Loading …' : 'Activate'}</button>}
          </li>
        ))}
      </ul>
      <div class="foot">
        <p class="muted">Scored slides keep their results. Score one again in its view, or all of them here.</p>
        <button onClick={() => void rescoreAll()} disabled={busy !== undefined || !active}><Icon name="retry" /> Score all slides again</button>
      </div>
    </dialog>
  );
};

const Facts = ({ model: { name, version } }: { model: ModelVersion }) => {
  const [manifest, setManifest] = useState<Manifest>();
  useEffect(() => {
    getJson<Manifest>(`/api/models/${encodeURIComponent(name)}/${encodeURIComponent(version)}`).then(setManifest, () => undefined);
  }, [name, version]);
  const point = manifest?.training?.validation_at_threshold?.point;
  const facts = manifest && [
    manifest.decision_threshold !== undefined && `threshold ${manifest.decision_threshold.toFixed(2)}`,
    manifest.spacing_um_px !== undefined && `${manifest.spacing_um_px} µm/px`,
    point?.auc !== undefined && `AUC ${point.auc.toFixed(3)} on validation cases`,
    manifest.training?.training_patches !== undefined && `${manifest.training.training_patches} training patches`,
  ].filter(Boolean).join(' · ');
  return <div class="muted">{facts ?? ' '}</div>;
};
