import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getJson, messageOf, slidePath } from '../api/client';
import type { Slide, SlidePage } from '../api/types';
import { withFirstPage } from './listing';

export interface SlideFilter {
  search: string;
  status: string;
  order: string;
}

const pageSize = 100;
const pollMs = 2000;
const inFlight = new Set(['Waiting', 'Tiling', 'Scoring']);

export const isInFlight = (slide: Slide): boolean => inFlight.has(slide.status);

const pathOf = (filter: SlideFilter, continuation?: string | null): string => {
  const query = new URLSearchParams({ order: filter.order, top: String(pageSize) });
  if (filter.search) query.set('search', filter.search);
  if (filter.status) query.set('status', filter.status);
  if (continuation) query.set('continuation', continuation);
  return `/api/slides?${query}`;
};

/** The listing as far as it was scrolled through; its first page and what is worked on in sight are kept fresh. */
export const useSlides = (filter: SlideFilter) => {
  const [slides, setSlides] = useState<Slide[]>();
  const [error, setError] = useState<string>();
  const next = useRef<string | null>(null);
  const loading = useRef(false);
  const ofFilter = useRef<AbortSignal | undefined>(undefined);
  const visible = useRef<Slide[]>([]);
  const { search, status, order } = filter;

  const put = useCallback((fresh: Slide[]) => {
    const byId = new Map(fresh.map((slide) => [slide.slideId, slide]));
    setSlides((known) => known?.map((slide) => byId.get(slide.slideId) ?? slide));
  }, []);

  const refresh = useCallback(async (slideId: string) => {
    try {
      put([await getJson<Slide>(slidePath(slideId))]);
    } catch (failure) {
      setError(messageOf(failure));
    }
  }, [put]);

  const loadMore = useCallback(async () => {
    if (loading.current || !next.current) return;
    const signal = ofFilter.current;
    loading.current = true;
    try {
      const page = await getJson<SlidePage>(pathOf({ search, status, order }, next.current), signal);
      if (signal?.aborted) return;
      next.current = page.continuation;
      setSlides((known = []) => {
        const have = new Set(known.map((slide) => slide.slideId));
        return [...known, ...page.items.filter((slide) => !have.has(slide.slideId))];
      });
    } catch (failure) {
      if (!signal?.aborted) setError(messageOf(failure));
    } finally {
      if (!signal?.aborted) loading.current = false;
    }
  }, [search, status, order]);

  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    let isFirst = true;
    ofFilter.current = stop.signal;
    next.current = null;
    loading.current = false;
    setSlides(undefined);
    const poll = async () => {
      try {
        if (isFirst || document.visibilityState === 'visible') {
          const page = await getJson<SlidePage>(pathOf({ search, status, order }), stop.signal);
          const details = await Promise.all(
            page.items.concat(visible.current).filter((slide, index, all) => isInFlight(slide) && all.findIndex((other) => other.slideId === slide.slideId) === index).slice(0, 30)
              .map((slide) => getJson<Slide>(slidePath(slide.slideId), stop.signal).catch(() => slide)),
          );
          if (stop.signal.aborted) return;
          const byId = new Map(details.map((slide) => [slide.slideId, slide]));
          const first = page.items.map((slide) => byId.get(slide.slideId) ?? slide);
          if (isFirst) next.current = page.continuation;
          setSlides((known) => withFirstPage(known ?? [], first, Boolean(page.continuation)).map((slide) => byId.get(slide.slideId) ?? slide));
          isFirst = false;
          setError(undefined);
        }
      } catch (failure) {
        if (stop.signal.aborted) return;
        setError(messageOf(failure));
      }

      timer = setTimeout(poll, pollMs);
    };
    void poll();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [search, status, order]);

  const setVisible = useCallback((shown: Slide[]) => {
    visible.current = shown;
  }, []);

  return { slides, error, loadMore, refresh, setVisible, hasMore: () => Boolean(next.current) };
};
