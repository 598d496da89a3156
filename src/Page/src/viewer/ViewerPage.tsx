import { useCallback, useEffect, useState } from 'preact/hooks';
import { getJson, messageOf, Problem, send, slidePath } from '../api/client';
import type { Grid, Slide } from '../api/types';
import { actOn } from '../slides/actions';
import { pictureEtagOf } from '../slides/pictures';
import { reasonOf } from '../slides/reason';
import { isInFlight } from '../slides/useSlides';
import { Icon } from '../ui/icons';
import { CorrectionSheet } from './corrections';
import { Mask } from './mask';
import { Scores } from './scores';
import type { StageSlide } from './Stage';
import { Viewer } from './Viewer';

const pollMs = 2000;

interface Loaded {
  stage: StageSlide;
  scores: Scores | undefined;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  /** Why the slide itself can't be seen. */
  unseen: string | undefined;
}

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

const load = async (slide: Slide, signal: AbortSignal): Promise<Loaded | undefined> => {
  const { slideId } = slide;
  const [seen, grid] = await Promise.all([describe(slideId, signal), orNothing(getJson<Grid>(slidePath(slideId, '/grid'), signal))]);
  const [mask, sheet] = grid ? await Promise.all([orNothing(Mask.load(slideId, grid, signal)), CorrectionSheet.load(slideId, grid, signal)]) : [];
  const size = typeof seen === 'string' ? grid && { width: grid.slideWidth, height: grid.slideHeight, lowestLevel: undefined } : seen;
  return size && {
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
  const [error, setError] = useState<string>();
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
    if (!slide || !isThere) return undefined;
    const stop = new AbortController();
    load(slide, stop.signal).then(
      (next) => !stop.signal.aborted && setLoaded(next),
      (failure) => !stop.signal.aborted && setError(messageOf(failure)),
    );
    return () => stop.abort();
  }, [isThere, published]);

  if (!slide) return error ? <Empty title="This slide can't be shown" text={error} /> : <div class="empty" role="status"><p>Loading slide …</p></div>;
  return (
    <>
      <SlideNotice slide={slide} error={error} unseen={loaded?.unseen} onChanged={() => void refresh()} />
      {slide.status === 'Deleted' ? <Empty title="This slide is deleted" text="It can be restored for about an hour."><button class="primary" onClick={() => actOn(slide, 'restore', () => void refresh())}><Icon name="undo" /> Restore</button></Empty>
        : loaded ? <Viewer key={published ?? ''} slide={slide} stage={loaded.stage} scores={loaded.scores} mask={loaded.mask} sheet={loaded.sheet} onChanged={() => void refresh()} />
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
