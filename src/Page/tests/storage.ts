import { vi } from 'vitest';

/** Storage as XMLHttpRequest speaks to it: takes every block at once. */
export const takingStorage = (): string[] => {
  const taken: string[] = [];
  vi.stubGlobal('XMLHttpRequest', class {
    status = 0;
    readonly upload = {};
    onload?: () => void;
    onloadend?: () => void;
    private address = '';

    open(_method: string, address: string): void {
      this.address = address;
    }

    setRequestHeader(): void {}

    getResponseHeader(): null {
      return null;
    }

    abort(): void {}

    send(): void {
      taken.push(this.address);
      this.status = 201;
      this.onload?.();
      this.onloadend?.();
    }
  });
  return taken;
};

export const addressOf = (name: string) => ({ slideId: name, address: `https://storage/${name}?sig=1`, expires: new Date(Date.now() + 3_600_000).toISOString(), blockBytes: 4 });
