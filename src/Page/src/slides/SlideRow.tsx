import { useState } from 'preact/hooks';
import { slidePath } from '../api/client';
import type { Slide } from '../api/types';
import { bytes, mm2, moment, percent, when } from '../ui/format';
import { Icon } from '../ui/icons';
import { actOn, deleteSlide } from './actions';
import { pictureEtagOf } from './pictures';
import { reasonOf } from './reason';
import { isInFlight } from './useSlides';

interface RowProps {
  slide: Slide;
  top: number;
  position: number;
  count: number;
  onChanged: (slideId: string) => void;
}

const chipOf: Record<string, string> = { Complete: 'good', Failed: 'bad', Tiling: 'busy', Scoring: 'busy', Waiting: 'busy' };

export const SlideRow = ({ slide, top, position, count, onChanged }: RowProps) => {
  const isDeleted = slide.status === 'Deleted';
  return (
    <li class={isDeleted ? 'slide gone' : 'slide'} style={{ top: `${top}px` }} aria-posinset={position} aria-setsize={count}>
      <Thumbnail slide={slide} key={pictureEtagOf(slide)} />
      <div class="name">
        <a href={`#/slides/${slide.slideId}`} title={slide.slide}>{slide.slide}</a>
        <div class="sub" title={moment(slide.uploaded)}>{when(slide.uploaded, Date.now())}{slide.slideBytes ? ` · ${bytes(slide.slideBytes)}` : ''}</div>
      </div>
      <State slide={slide} />
      {slide.status !== 'Failed' && <Metrics slide={slide} />}
      <div class="actions">
        {slide.status === 'Failed' && (
          <button class="quiet" onClick={() => actOn(slide, 'retry', onChanged)} aria-label={`Retry ${slide.slide}`} title="Retry"><Icon name="retry" /></button>
        )}
        {slide.status === 'Complete' && (
          <button class="quiet" onClick={() => actOn(slide, 'rescore', onChanged)} aria-label={`Score ${slide.slide} again`} title="Score again with the active model"><Icon name="retry" /></button>
        )}
        {isDeleted
          ? <button class="quiet" onClick={() => actOn(slide, 'restore', onChanged)} aria-label={`Restore ${slide.slide}`} title="Restore"><Icon name="undo" /></button>
          : <button class="quiet" onClick={() => deleteSlide(slide, onChanged)} aria-label={`Delete ${slide.slide}`} title="Delete"><Icon name="trash" /></button>}
      </div>
    </li>
  );
};

/** The slide; where it can't be shown by parts, its heatmap. */
const Thumbnail = ({ slide }: { slide: Slide }) => {
  const [source, setSource] = useState<'slide' | 'heatmap' | 'none'>(slide.status === 'Deleted' || !pictureEtagOf(slide) ? 'none' : 'slide');
  const version = encodeURIComponent(pictureEtagOf(slide) ?? '');
  return (
    <div class="thumb">
      {source === 'slide' && <img src={slidePath(slide.slideId, `/thumbnail.jpeg?etag=${version}`)} alt="" loading="lazy" onError={() => setSource(slide.result ? 'heatmap' : 'none')} />}
      {source === 'heatmap' && <img class="pixels" src={slidePath(slide.slideId, `/exports/heatmap.png?etag=${version}`)} alt="" loading="lazy" onError={() => setSource('none')} />}
      {source === 'none' && <span class="muted"><Icon name="slides" size={24} /></span>}
    </div>
  );
};

const State = ({ slide }: { slide: Slide }) => {
  if (slide.status === 'Failed') {
    return (
      <div class="state wide">
        <span class="chip bad">Failed</span>
        <p class="why" title={`${slide.reason ?? ''} ${slide.remedy ?? ''}`}><strong>{reasonOf(slide)}</strong> <span class="muted">{slide.remedy}</span></p>
      </div>
    );
  }

  return (
    <div class="state">
      <span class={`chip ${chipOf[slide.status] ?? ''}`}>{slide.status}{slide.status === 'Scoring' && slide.batches ? ` ${slide.batchesDone} / ${slide.batches}` : ''}</span>
      {isInFlight(slide) && <progress max={slide.batches ?? 1} {...(slide.batches ? { value: slide.batchesDone } : {})} aria-label={`Progress of ${slide.slide}`} />}
      {slide.stainWarning && <span class="chip warn" title={slide.stainWarning}>Unusual stain</span>}
      {slide.tumourAreaMm2 != null && !isInFlight(slide) && <span class="short"><strong>{mm2(slide.tumourAreaMm2)} mm²</strong> <span class="muted">{percent(slide.tumourFraction ?? 0)}</span></span>}
    </div>
  );
};

const Metrics = ({ slide }: { slide: Slide }) => {
  const { uncertainPatches: uncertain, patches: scored } = slide.result?.summary ?? {};
  return (
    <>
      <div class="metric number">{slide.tumourAreaMm2 != null && <span class="area">{mm2(slide.tumourAreaMm2)} <small>mm²</small></span>}</div>
      <div class="metric number">
        {slide.tumourFraction != null && (
          <>
            {percent(slide.tumourFraction)}
            <div class="bar-of"><svg viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true"><rect width={100 * slide.tumourFraction} height="5" /></svg></div>
          </>
        )}
      </div>
      <div class="metric number">{uncertain != null && scored ? <span title={`${uncertain} of ${scored} patches have a probability between 0.2 and 0.8`}>{percent(uncertain / scored)}</span> : null}</div>
      <div class="model sub" title={slide.model ?? ''}>{slide.model}</div>
    </>
  );
};
