const pollMs = 2000;

/** Asks at once, then again and again for as long as the answer is true, and, but for the first time, only while the page is in sight. */
export const polling = (ask: (signal: AbortSignal) => Promise<boolean>): (() => void) => {
  const stop = new AbortController();
  let timer = 0;
  let goesOn = true;
  const look = async (isFirst: boolean) => {
    if (isFirst || document.visibilityState === 'visible') goesOn = await ask(stop.signal);
    if (goesOn && !stop.signal.aborted) timer = window.setTimeout(() => void look(false), pollMs);
  };
  void look(true);
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
};
