import type { Slide } from '../api/types';

/**
 * The listing as far as it is known, with its first page as it is now. A row before one of that page's would be on the page
 * itself, were it still listed; those behind its last row were pushed there, or are of further pages.
 */
export const withFirstPage = (known: Slide[], first: Slide[], hasMore: boolean): Slide[] => {
  if (!hasMore) return first;
  const inFirst = new Set(first.map((slide) => slide.slideId));
  const places = new Map(known.map((slide, place) => [slide.slideId, place]));
  const end = first.findLast((slide) => places.has(slide.slideId));
  return [...first, ...known.slice(end ? places.get(end.slideId)! + 1 : 0).filter((slide) => !inFirst.has(slide.slideId))];
};
