import { readRoute, replaceQuery } from '../router';
import { isColourMap, type ColourMap } from './colours';
import type { View } from './Stage';

/** How a result is shown; with the view, all of what a link holds. */
export interface Options {
  threshold: number;
  opacity: number;
  map: ColourMap;
  heatmap: boolean;
  mask: boolean;
  /** Another run of the slide that is shown beside this one. */
  other: string | undefined;
  /** Whether that run's own heatmap is shown, or its difference from this one. */
  beside: 'heatmap' | 'difference';
}

const number = (query: URLSearchParams, name: string, low: number, high: number): number | undefined => {
  const value = Number.parseFloat(query.get(name) ?? '');
  return value >= low && value <= high ? value : undefined;
};

export const readOptions = (decisionThreshold: number): Options => {
  const { query } = readRoute();
  const map = query.get('map');
  return {
    threshold: number(query, 't', 0, 1) ?? decisionThreshold,
    opacity: number(query, 'o', 0, 1) ?? 0.6,
    map: isColourMap(map) ? map : 'viridis',
    heatmap: query.get('heat') !== '0',
    mask: query.get('mask') === '1',
    other: query.get('with') ?? undefined,
    beside: query.get('beside') === 'difference' ? 'difference' : 'heatmap',
  };
};

export const readView = (): View | undefined => {
  const { query } = readRoute();
  const x = number(query, 'x', -1e9, 1e9);
  const y = number(query, 'y', -1e9, 1e9);
  const zoom = number(query, 'z', 1e-6, 1e3);
  return x !== undefined && y !== undefined && zoom !== undefined ? { x, y, zoom, rotation: number(query, 'r', -1e4, 1e4) ?? 0 } : undefined;
};

/** Keeps options and view in the address; what is as it would be anyway is left out. */
export const keep = (options: Options, view: View | undefined, decisionThreshold: number): void => {
  const query = new URLSearchParams();
  if (view) {
    query.set('x', view.x.toFixed(0));
    query.set('y', view.y.toFixed(0));
    query.set('z', view.zoom.toPrecision(5));
    if (view.rotation % 360 !== 0) query.set('r', String(Math.round(view.rotation % 360)));
  }

  if (options.threshold !== decisionThreshold) query.set('t', String(options.threshold));
  if (options.opacity !== 0.6) query.set('o', String(options.opacity));
  if (options.map !== 'viridis') query.set('map', options.map);
  if (!options.heatmap) query.set('heat', '0');
  if (options.mask) query.set('mask', '1');
  if (options.other) query.set('with', options.other);
  if (options.other && options.beside === 'difference') query.set('beside', 'difference');
  replaceQuery(query);
};
