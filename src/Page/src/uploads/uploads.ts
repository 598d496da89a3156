import { messageOf, Problem } from '../api/client';
import { Store } from '../ui/store';
import { BlockUpload, type UploadState } from './BlockUpload';

export type Phase = 'waiting' | 'sending' | 'paused' | 'interrupted' | 'exists' | 'failed' | 'done';

export interface Upload {
  name: string;
  size: number;
  sent: number;
  phase: Phase;
  reason?: string;
}

const storageKey = 'uploads';
const filesAtOnce = 2;

interface Entry {
  upload: Upload;
  file?: File;
  state?: UploadState;
  /** True where the user said that a slide of this name may be replaced. */
  replaces?: boolean;
  /** Stops what is on its way, the question for an address included; there while something is. */
  stop?: AbortController;
}

/** The uploads of this browser. What is not finished is kept over a reload; its file must be chosen again then, for a page can't keep one. */
class Uploads {
  readonly list = new Store<Upload[]>([]);
  readonly spacing = new Store('');

  private readonly entries = new Map<string, Entry>();

  constructor() {
    for (const state of JSON.parse(localStorage.getItem(storageKey) ?? '[]') as UploadState[]) {
      this.entries.set(state.name, { state, upload: { name: state.name, size: state.size, sent: Math.min(state.size, state.done.length * state.blockBytes), phase: 'interrupted' } });
    }

    this.show();
    addEventListener('beforeunload', (event) => {
      if ([...this.entries.values()].some((entry) => entry.stop)) event.preventDefault();
    });
  }

  /** Adds files; one that was interrupted goes on where it stood. */
  add(files: File[]): void {
    for (const file of files) {
      const known = this.entries.get(file.name);
      if (known?.stop) continue;
      const isSame = known?.state?.size === file.size && known.state.modified === file.lastModified;
      this.entries.set(file.name, {
        file,
        ...(isSame && known?.state && { state: known.state }),
        upload: { name: file.name, size: file.size, sent: isSame ? (known?.upload.sent ?? 0) : 0, phase: 'waiting' },
      });
    }

    this.next();
  }

  pause(name: string): void {
    this.stop(name);
    this.change(name, { phase: 'paused' });
  }

  resume(name: string): void {
    this.change(name, { phase: 'waiting' });
    this.next();
  }

  replace(name: string): void {
    const entry = this.entries.get(name);
    if (!entry?.file || entry.stop) return;
    entry.replaces = true;
    void this.start(entry, entry.file);
  }

  remove(name: string): void {
    this.stop(name);
    this.entries.delete(name);
    this.show();
  }

  clear(): void {
    for (const [name, { upload }] of this.entries) if (upload.phase === 'done') this.entries.delete(name);
    this.show();
  }

  private next(): void {
    const running = [...this.entries.values()].filter((entry) => entry.upload.phase === 'sending').length;
    const waiting = [...this.entries.values()].filter((entry) => entry.upload.phase === 'waiting' && entry.file);
    for (const entry of waiting.slice(0, Math.max(0, filesAtOnce - running))) void this.start(entry, entry.file!);
    this.show();
  }

  /** Sends a file. Whoever stops it says what becomes of its entry, and this leaves the entry alone from then on. */
  private async start(entry: Entry, file: File): Promise<void> {
    const { name } = entry.upload;
    const stop = new AbortController();
    entry.stop = stop;
    this.change(name, { phase: 'sending' });
    try {
      const state = entry.state ?? await BlockUpload.begin(file, this.spacing.value.trim(), entry.replaces ?? false, stop.signal);
      entry.state = state;
      const sent = new BlockUpload(file, state, (bytes, done) => {
        state.done = done;
        this.change(name, { sent: bytes });
      }, stop.signal);
      await sent.run();
      delete entry.state;
      if (entry.stop === stop) this.change(name, { phase: 'done', sent: file.size });
    } catch (error) {
      if (entry.stop === stop) {
        const exists = error instanceof Problem && error.type === 'slide-exists';
        this.change(name, { phase: exists ? 'exists' : 'failed', reason: messageOf(error) });
      }
    } finally {
      if (entry.stop === stop) delete entry.stop;
      this.next();
    }
  }

  private stop(name: string): void {
    const entry = this.entries.get(name);
    entry?.stop?.abort();
    delete entry?.stop;
  }

  private change(name: string, change: Partial<Upload>): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    entry.upload = { ...entry.upload, ...change };
    this.show();
  }

  private show(): void {
    this.list.value = [...this.entries.values()].map((entry) => entry.upload);
    const open = [...this.entries.values()].flatMap((entry) => (entry.state && entry.upload.phase !== 'done' ? [entry.state] : []));
    localStorage.setItem(storageKey, JSON.stringify(open));
  }
}

export const uploads = new Uploads();
