import { useEffect, useRef } from 'preact/hooks';

/** Keys that work wherever the focus is, but in fields that are written in or moved by keys themselves. */
export const useKeys = (keys: Record<string, () => unknown>): void => {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { target } = event;
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement || (target instanceof Element && target.closest('dialog') !== null);
      const run = current.current[event.key];
      if (!run || isField || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
};
