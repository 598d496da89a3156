import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson, messageOf, send } from '../api/client';
import type { TrainingRun, TrainingRunPage, TrainingRunStatus } from '../api/types';
import { polling } from '../ui/polling';

const final: TrainingRunStatus[] = ['Succeeded', 'Failed', 'Cancelled'];

export const hasEnded = (run: TrainingRun): boolean => final.includes(run.status);

export const toneOf = (status: TrainingRunStatus): string =>
  status === 'Succeeded' ? 'good' : status === 'Failed' ? 'bad' : status === 'Interrupted' ? 'warn' : status === 'Cancelled' ? '' : 'busy';

export const modelOf = (run: TrainingRun): string => `${run.modelName} ${run.request.modelVersion}`;

/** What a run is of: a model, or only a data set's intake. */
export const titleOf = (run: TrainingRun): string => (run.request.intakeOnly ? `intake of ${run.request.dataset}` : modelOf(run));

export const runPath = (id: string, rest = ''): string => `/api/training-runs/${id}${rest}`;

export const cancelRun = (id: string): Promise<Response> => send(runPath(id), { method: 'DELETE' });

export const isWatched = (run: TrainingRun | undefined): boolean => !run || !hasEnded(run);

/** The epoch whose weights are published: with a patience the best, else the last; while it trains, so far. */
export const publishedEpoch = ({ request, progress }: TrainingRun) => {
  const epochs = progress?.training?.epochs ?? [];
  return (request.options?.patience ?? 0) > 0 && epochs.length > 0 ? epochs.reduce((best, epoch) => (epoch.validation.auc > best.validation.auc ? epoch : best)) : epochs.at(-1);
};

/** Asks again and again while there is something to see. */
export const usePolled = <T>(path: string, goesOn: (value: T) => boolean): { value: T | undefined; error: string | undefined; again: () => void } => {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(
    () =>
      polling(async (signal) => {
        try {
          const answer = await getJson<T>(path, signal);
          setValue(answer);
          setError(undefined);
          return goesOn(answer);
        } catch (failure) {
          if (!signal.aborted) setError(messageOf(failure));
          return true;
        }
      }),
    [path, turn],
  );
  return { value, error, again: () => setTurn((last) => last + 1) };
};

/** The next trainings of the listing, which holds intakes too: those of the first page that has any. */
export const nextTrainings = async (continuation: string | null, signal: AbortSignal): Promise<{ runs: TrainingRun[]; continuation: string | null }> => {
  for (let next = continuation; ;) {
    const page = await getJson<TrainingRunPage>(`/api/training-runs?top=100${next ? `&continuation=${next}` : ''}`, signal);
    const runs = page.items.filter((run) => !run.request.intakeOnly);
    next = page.continuation;
    if (runs.length > 0 || !next) return { runs, continuation: next };
  }
};

/** Trainings, newest first, as far back as was asked; those that have not ended are asked for again and again. */
export const useRuns = (): { runs: TrainingRun[] | undefined; error: string | undefined; more: (() => void) | undefined } => {
  const [runs, setRuns] = useState<TrainingRun[]>();
  const [error, setError] = useState<string>();
  const [pages, setPages] = useState(1);
  const known = useRef<TrainingRun[]>([]);
  const next = useRef<string | null>(null);
  useEffect(() => {
    let isRead = false;
    return polling(async (signal) => {
      try {
        if (isRead) {
          const fresh = await Promise.all(known.current.filter(isWatched).map((run) => getJson<TrainingRun>(runPath(run.id), signal)));
          known.current = known.current.map((run) => fresh.find((one) => one.id === run.id) ?? run);
        } else {
          const page = await nextTrainings(next.current, signal);
          known.current = [...known.current, ...page.runs];
          next.current = page.continuation;
          isRead = true;
        }

        setRuns(known.current);
        setError(undefined);
      } catch (failure) {
        if (!signal.aborted) setError(messageOf(failure));
      }

      return !isRead || known.current.some(isWatched);
    });
  }, [pages]);
  return { runs, error, more: next.current ? () => setPages((count) => count + 1) : undefined };
};

/** Hours, minutes and seconds, as many as are needed. */
export const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts[0] ? `${parts[0]} h ${parts[1]} min` : parts[1] ? `${parts[1]} min ${parts[2]} s` : `${parts[2]} s`;
};

export const count = (value: number): string => value.toLocaleString('en-GB');

/** Thousands and millions. */
export const short = (value: number): string => (value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value >= 1e3 ? `${(value / 1e3).toFixed(1)} k` : String(value));
