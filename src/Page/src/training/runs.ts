import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf } from '../api/client';
import type { TrainingRun, TrainingRunStatus } from '../api/types';

const pollMs = 2000;

const final: TrainingRunStatus[] = ['Succeeded', 'Failed', 'Cancelled'];

export const hasEnded = (run: TrainingRun): boolean => final.includes(run.status);

export const toneOf = (status: TrainingRunStatus): string =>
  status === 'Succeeded' ? 'good' : status === 'Failed' ? 'bad' : status === 'Interrupted' ? 'warn' : status === 'Cancelled' ? '' : 'busy';

export const modelOf = (run: TrainingRun): string => `${run.modelName} ${run.request.modelVersion}`;

/** What a run is of: a model, or only a data set's intake. */
export const titleOf = (run: TrainingRun): string => (run.request.intakeOnly ? `intake of ${run.request.dataset}` : modelOf(run));

export const runPath = (id: string, rest = ''): string => `/api/training-runs/${id}${rest}`;

export const isWatched = (run: TrainingRun | undefined): boolean => !run || !hasEnded(run);

/** Asks again and again while there is something to see. */
export const usePolled = <T>(path: string, goesOn: (value: T) => boolean): { value: T | undefined; error: string | undefined; again: () => void } => {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      let next = true;
      try {
        const answer = await getJson<T>(path, stop.signal);
        setValue(answer);
        setError(undefined);
        next = goesOn(answer);
      } catch (failure) {
        if (stop.signal.aborted) return;
        setError(messageOf(failure));
      }

      if (next && !stop.signal.aborted) timer = window.setTimeout(() => void ask(), pollMs);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, turn]);
  return { value, error, again: () => setTurn((last) => last + 1) };
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
