import { useEffect, useState } from 'preact/hooks';

/** Where the page is, all of it in the address's fragment, so that a link shows the same again. */
export interface Route {
  path: string[];
  query: URLSearchParams;
}

export const readRoute = (): Route => {
  const [path = '', query = ''] = location.hash.slice(1).split('?');
  return { path: path.split('/').filter(Boolean), query: new URLSearchParams(query) };
};

export const useRoute = (): Route => {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const changed = () => setRoute(readRoute());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
};

/** Keeps the view in the address without a step in the browser's history. */
export const replaceQuery = (query: URLSearchParams): void => {
  const [path = ''] = location.hash.split('?');
  history.replaceState(null, '', query.size > 0 ? `${path}?${query}` : path || '#/');
};
