import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf, slidePath } from '../api/client';
import type { Comparison, Grid, Run, RunPage } from '../api/types';
import { polling } from '../ui/polling';
import { Scores } from './scores';

export interface Other {
  run: Run;
  scores: Scores;
  /** How far the two agree; why that can't be told. */
  comparison: Comparison | string;
}

/** The slide's other complete runs; asked for again until they can be had. */
export const useRuns = (slideId: string, published: string | undefined): Run[] => {
  const [runs, setRuns] = useState<Run[]>([]);
  useEffect(() => {
    setRuns([]);
    if (!published) return undefined;
    return polling(async (signal) => {
      try {
        const page = await getJson<RunPage>(slidePath(slideId, '/runs'), signal);
        setRuns(page.items.filter((run) => run.run !== published));
        return false;
      } catch {
        return true;
      }
    });
  }, [slideId, published]);
  return runs;
};

/** The run that is looked at beside the published one; a text where it can't be had. */
export const useOther = (slideId: string, run: Run | undefined): Other | string | undefined => {
  const [other, setOther] = useState<Other | string>();
  useEffect(() => {
    setOther(undefined);
    if (!run) return undefined;
    const stop = new AbortController();
    Promise.all([
      getJson<Grid>(slidePath(slideId, `/grid?run=${run.run}`), stop.signal),
      getJson<Comparison>(slidePath(slideId, `/compare?with=${run.run}`), stop.signal).catch(messageOf),
    ]).then(
      ([grid, comparison]) => !stop.signal.aborted && setOther({ run, scores: new Scores(grid), comparison }),
      (error) => !stop.signal.aborted && setOther(messageOf(error)),
    );
    return () => stop.abort();
  }, [slideId, run?.run]);
  return other;
};
