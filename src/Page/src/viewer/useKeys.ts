import { useEffect, useRef } from 'preact/hooks';

/** Keys by which a range moves itself. */
const rangeKeys = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/** Whether what has the focus needs a key itself: text is written, a range moves, Enter presses a button or follows a link. */
const isTaken = (target: EventTarget | null, key: string): boolean => {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog')) return true;
  if (target instanceof HTMLInputElement) return target.type === 'range' ? rangeKeys.has(key) : target.type !== 'checkbox';
  return target instanceof HTMLSelectElement || (key === 'Enter' && target.closest('a, button, summary') !== null);
};

/** Keys that work wherever the focus is, unless what has it needs them itself. */
export const useKeys = (keys: Record<string, (() => unknown) | undefined>): void => {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const run = current.current[event.key];
      if (!run || isTaken(event.target, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
};
