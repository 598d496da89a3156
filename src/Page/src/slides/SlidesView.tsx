import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Slide } from '../api/types';
import { readRoute, replaceQuery } from '../router';
import { Icon } from '../ui/icons';
import { uploads } from '../uploads/uploads';
import { DropZone } from '../uploads/DropZone';
import { SlideRow } from './SlideRow';
import { useSlides, type SlideFilter } from './useSlides';

const statuses = [['', 'All states'], ['Complete', 'Complete'], ['Scoring', 'Scoring'], ['Tiling', 'Tiling'], ['Waiting', 'Waiting'], ['Failed', 'Failed'], ['Deleted', 'Deleted']] as const;
const searchDelayMs = 250;
const spareRows = 6;

const initialFilter = (): SlideFilter => {
  const { query } = readRoute();
  return { search: query.get('q') ?? '', status: query.get('status') ?? '', order: query.get('order') ?? 'newest' };
};

export const SlidesView = () => {
  const [filter, setFilter] = useState(initialFilter);
  const { slides, error, loadMore, refresh, setVisible, hasMore } = useSlides(filter);

  useEffect(() => {
    const query = new URLSearchParams();
    if (filter.search) query.set('q', filter.search);
    if (filter.status) query.set('status', filter.status);
    if (filter.order !== 'newest') query.set('order', filter.order);
    replaceQuery(query);
  }, [filter]);

  const isFiltered = Boolean(filter.search || filter.status);
  return (
    <DropZone>
      <Toolbar filter={filter} onFilter={setFilter} count={slides?.length} isMore={hasMore()} />
      {error && <p class="notice bad" role="alert">{error} Trying again.</p>}
      {slides === undefined ? <Loading />
        : slides.length > 0 ? <SlideList slides={slides} onNearEnd={loadMore} onVisible={setVisible} onChanged={refresh} />
        : isFiltered ? <div class="empty"><h2>No slide matches</h2><p>Try another search or state.</p><button onClick={() => setFilter({ ...filter, search: '', status: '' })}>Show all slides</button></div>
        : <FirstSteps />}
    </DropZone>
  );
};

const Toolbar = ({ filter, onFilter, count, isMore }: { filter: SlideFilter; onFilter: (filter: SlideFilter) => void; count: number | undefined; isMore: boolean }) => {
  const [search, setSearch] = useState(filter.search);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (search === filter.search) return undefined;
    const timer = setTimeout(() => onFilter({ ...filter, search }), searchDelayMs);
    return () => clearTimeout(timer);
  }, [search]);
  useEffect(() => setSearch(filter.search), [filter.search]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <div class="toolbar">
      <h1 class="visually-hidden">Slides</h1>
      <label class="search">
        <span class="visually-hidden">Search by name</span>
        <input ref={box} type="search" placeholder="Search by name  ( / )" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
      </label>
      <label>
        <span class="visually-hidden">State</span>
        <select value={filter.status} onChange={(event) => onFilter({ ...filter, status: event.currentTarget.value })}>
          {statuses.map(([value, label]) => <option value={value} key={value}>{label}</option>)}
        </select>
      </label>
      <label>
        <span class="visually-hidden">Order</span>
        <select value={filter.order} onChange={(event) => onFilter({ ...filter, order: event.currentTarget.value })}>
          <option value="newest">Newest first</option>
          <option value="name">By name</option>
        </select>
      </label>
      <div class="end">
        {count !== undefined && <span class="muted" role="status">{count}{isMore ? '+' : ''} {count === 1 ? 'slide' : 'slides'}</span>}
        <UploadButton />
      </div>
    </div>
  );
};

const UploadButton = () => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(event) => {
          uploads.add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <button class="primary" onClick={() => input.current?.click()}><Icon name="upload" /> Upload slides</button>
    </>
  );
};

const Loading = () => <div class="empty" role="status"><p>Loading slides …</p></div>;

const FirstSteps = () => (
  <div class="empty">
    <Icon name="slides" size={44} />
    <h2>No slides yet</h2>
    <p>Drop whole-slide images here: Aperio SVS, pyramidal TIFF, OME-TIFF. Each is scored by itself, and its result appears in this list.</p>
    <UploadButton />
    <p>The result is the area of predicted invasive ductal carcinoma, for research use. It does not say whether a patient has cancer.</p>
  </div>
);

interface ListProps {
  slides: Slide[];
  onNearEnd: () => void;
  onVisible: (slides: Slide[]) => void;
  onChanged: (slideId: string) => void;
}

/** Draws only the rows in sight: a listing of ten thousand scrolls as one of ten does. */
const SlideList = ({ slides, onNearEnd, onVisible, onChanged }: ListProps) => {
  const scroll = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800, row: 76 });
  const measure = useCallback(() => {
    const element = scroll.current;
    if (element) setView({ top: element.scrollTop, height: element.clientHeight, row: matchMedia('(max-width: 760px)').matches ? 116 : 76 });
  }, []);
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scroll.current!);
    return () => observer.disconnect();
  }, [measure]);

  const first = Math.max(0, Math.floor(view.top / view.row) - spareRows);
  const shown = slides.slice(first, Math.ceil((view.top + view.height) / view.row) + spareRows);
  const isNearEnd = first + shown.length + 20 >= slides.length;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  }, [isNearEnd, slides.length, onNearEnd]);
  useEffect(() => onVisible(shown));

  return (
    <section class="slides" aria-label="Slides">
      <div class="head" aria-hidden="true">
        <span />
        <span>Slide</span>
        <span>State</span>
        <span class="number">IDC area</span>
        <span class="number">of tissue</span>
        <span class="number">Uncertain</span>
        <span>Model</span>
        <span />
      </div>
      <div class="scroll" ref={scroll} onScroll={measure} tabIndex={-1}>
        <ul class="canvas" style={{ height: `${slides.length * view.row}px` }}>
          {shown.map((slide, index) => (
            <SlideRow slide={slide} key={slide.slideId} top={(first + index) * view.row} position={first + index + 1} count={slides.length} onChanged={onChanged} />
          ))}
        </ul>
      </div>
    </section>
  );
};
