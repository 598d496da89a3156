import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getJson, messageOf, Problem, send, slidePath } from '../api/client';
import type { Grid, Slide } from '../api/types';
import { actOn } from '../slides/actions';
import { pictureEtagOf } from '../slides/pictures';
import { reasonOf } from '../slides/reason';
import { isInFlight } from '../slides/useSlides';
import { Icon } from '../ui/icons';
import { tell } from '../ui/Toasts';
import { CorrectionSheet } from './corrections';
import { Mask } from './mask';
import { Scores } from './scores';
import type { StageSlide } from './Stage';
import { Viewer } from './Viewer';

const pollMs = 2000;

interface Loaded {
  /** The slide as it was when all of this was read: with the result that is shown. */
  slide: Slide;
  /** The run whose result is shown. */
  run: string | undefined;
  stage: StageSlide;
  scores: Scores | undefined;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  /** Why the slide itself can't be seen. */
  unseen: string | undefined;
}

/** Masks with strokes that the app does not know, by slide, for who comes back to the slide. */
const painted = new Map<string, { run: string; mask: Mask }>();

/** What a viewer is served of the slide; undefined where it can't be shown by parts. */
const describe = async (slideId: string, signal: AbortSignal): Promise<{ width: number; height: number; lowestLevel: number } | string> => {
  try {
    const answer = await send(slidePath(slideId, '/deepzoom.dzi'), { signal });
    const size = new DOMParser().parseFromString(await answer.text(), 'application/xml').getElementsByTagName('Size')[0]!;
    return { width: Number(size.getAttribute('Width')), height: Number(size.getAttribute('Height')), lowestLevel: Number(answer.headers.get('Idc-Lowest-Level')) };
  } catch (error) {
    if (error instanceof Problem && [409, 422].includes(error.status)) return error.message;
    throw error;
  }
};

const orNothing = async <T,>(promise: Promise<T>): Promise<T | undefined> => {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
};

/** All of one run; `stale` where another one was published while it was read. */
const load = async (slide: Slide, signal: AbortSignal): Promise<Loaded | 'stale' | undefined> => {
  const { slideId } = slide;
  const run = slide.result?.run;
  const [seen, grid] = await Promise.all([describe(slideId, signal), orNothing(getJson<Grid>(slidePath(slideId, '/grid'), signal))]);
  if (grid && grid.run !== run) return 'stale';
  const kept = painted.get(slideId);
  if (kept && kept.run !== run) {
    painted.delete(slideId);
    tell('The slide has a new result. The strokes on its tissue mask that were not scored are gone.');
  }

  const [mask, sheet] = grid ? await Promise.all([kept?.run === run ? kept?.mask : orNothing(Mask.load(slideId, grid, signal)), CorrectionSheet.load(slideId, grid, signal)]) : [];
  if (grid && !sheet) return 'stale';
  const size = typeof seen === 'string' ? grid && { width: grid.slideWidth, height: grid.slideHeight, lowestLevel: undefined } : seen;
  return size && {
    slide,
    run,
    stage: { slideId, etag: pictureEtagOf(slide) ?? '', ...size },
    scores: grid && new Scores(grid),
    mask,
    sheet,
    unseen: typeof seen === 'string' ? seen : undefined,
  };
};

export const ViewerPage = ({ slideId }: { slideId: string }) => {
  const [slide, setSlide] = useState<Slide>();
  const [loaded, setLoaded] = useState<Loaded>();
  const [waiting, setWaiting] = useState<Loaded>();
  const [error, setError] = useState<string>();
  /** Why the result could not be read; it is read again for as long as this stands. */
  const [unread, setUnread] = useState<string>();
  const [turn, setTurn] = useState(0);
  const shown = useRef<Loaded>(undefined);
  shown.current = loaded;
  const show = (next: Loaded | undefined) => {
    painted.delete(slideId);
    setLoaded(next);
    setWaiting(undefined);
  };
  const refresh = useCallback(async () => {
    try {
      setSlide(await getJson<Slide>(slidePath(slideId)));
      setError(undefined);
    } catch (failure) {
      setError(messageOf(failure));
    }
  }, [slideId]);

  useEffect(() => {
    void refresh();
    const timer = setInterval(() => document.visibilityState === 'visible' && void refresh(), pollMs);
    return () => clearInterval(timer);
  }, [refresh]);

  const published = slide?.result?.run;
  const isThere = slide !== undefined && slide.status !== 'Deleted' && slide.etag != null;
  useEffect(() => {
    setUnread((last) => (isThere ? last : undefined));
    if (!slide || !isThere) return undefined;
    const stop = new AbortController();
    let timer = 0;
    const again = () => {
      timer = window.setInterval(() => document.visibilityState === 'visible' && setTurn((last) => last + 1), pollMs);
    };
    load(slide, stop.signal).then(
      (next) => {
        if (stop.signal.aborted) return;
        setUnread(undefined);
        if (next === 'stale') {
          void refresh();
          again();
        } else if (shown.current?.mask?.isPainted) setWaiting(next);
        else show(next);
      },
      (failure) => {
        if (stop.signal.aborted) return;
        setUnread(messageOf(failure));
        again();
      },
    );
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [isThere, published, turn]);

  useEffect(() => {
    // The strokes that it waited for are kept, or taken back.
    if (waiting && !loaded?.mask?.isPainted) show(waiting);
  });

  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => shown.current?.mask?.isPainted && event.preventDefault();
    const address = `#/slides/${slideId}`;
    addEventListener('beforeunload', ask);
    return () => {
      removeEventListener('beforeunload', ask);
      painted.delete(slideId);
      const { run, mask } = shown.current ?? {};
      if (!run || !mask?.isPainted) return;
      painted.set(slideId, { run, mask });
      tell('The tissue mask has strokes that are not scored yet.', { label: 'Back to them', run: () => { location.hash = address; } });
    };
  }, [slideId]);

  if (!slide) return error ? <Empty title="This slide can't be shown" text={error} /> : <div class="empty" role="status"><p>Loading slide …</p></div>;
  return (
    <>
      <SlideNotice slide={slide} error={error ?? (unread && `The result could not be read: ${unread} Trying again.`)} unseen={loaded?.unseen} onChanged={() => void refresh()} />
      {waiting && <p class="notice" role="status">There is a new result. It is shown when the strokes on the tissue mask are kept or taken back. <button onClick={() => show(waiting)}>Show it without them</button></p>}
      {slide.status === 'Deleted' ? <Empty title="This slide is deleted" text="It can be restored for about an hour."><button class="primary" onClick={() => actOn(slide, 'restore', () => void refresh())}><Icon name="undo" /> Restore</button></Empty>
        : loaded ? <Viewer key={loaded.run ?? ''} slide={loaded.slide} stage={loaded.stage} scores={loaded.scores} mask={loaded.mask} sheet={loaded.sheet} onChanged={() => void refresh()} />
        : <div class="empty" role="status"><p>{isInFlight(slide) ? 'The slide is being worked on …' : slide.status === 'Failed' ? 'There is nothing to show of this slide.' : 'Loading slide …'}</p></div>}
    </>
  );
};

const Empty = ({ title, text, children }: { title: string; text: string; children?: preact.ComponentChildren }) => (
  <div class="empty"><h2>{title}</h2><p>{text}</p>{children ?? <a href="#/">All slides</a>}</div>
);

const SlideNotice = ({ slide, error, unseen, onChanged }: { slide: Slide; error: string | undefined; unseen: string | undefined; onChanged: () => void }) => (
  <>
    {error && <p class="notice bad" role="alert">{error}</p>}
    {slide.status === 'Failed' && (
      <p class="notice bad" role="alert">
        <strong>{reasonOf(slide)}</strong> {slide.remedy} <button onClick={() => actOn(slide, 'retry', onChanged)}><Icon name="retry" /> Retry</button>
      </p>
    )}
    {isInFlight(slide) && slide.result && <p class="notice" role="status">A new run is {slide.status.toLowerCase()}{slide.batches ? `, ${slide.batchesDone} of ${slide.batches} batches` : ''}. Until it is complete, the last result is shown.</p>}
    {isInFlight(slide) && !slide.result && <p class="notice" role="status">{slide.status}{slide.batches ? `: ${slide.batchesDone} of ${slide.batches} batches` : ' …'}</p>}
    {unseen && <p class="notice">{unseen}</p>}
    {slide.stainWarning && <p class="notice">{slide.stainWarning}</p>}
  </>
);
