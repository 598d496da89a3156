import { useEffect, useState } from 'preact/hooks';

/** A value that lives outside of components; whoever reads it with `useStore` is drawn again when it changes. */
export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set value(next: T) {
    if (next === this.current) return;
    this.current = next;
    this.listeners.forEach((listener) => listener());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export const useStore = <T>(store: Store<T>): T => {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    const changed = () => setValue(() => store.value);
    changed();
    return store.subscribe(changed);
  }, [store]);
  return value;
};
