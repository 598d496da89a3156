import { post, Problem } from '../api/client';
import type { UploadAddress } from '../api/types';

const blocksAtOnce = 4;
const triesPerBlock = 6;
const renewBeforeMs = 60_000;

/** Where an interrupted upload stands, so that it can go on after a reload: its blocks stay in storage for a week. */
export interface UploadState {
  name: string;
  size: number;
  modified: number;
  blockBytes: number;
  done: number[];
  spacing: string;
  replaces: boolean;
}

/** Asks the app for an address to send a file to. */
export type AskAddress = (file: File, replaces: boolean) => Promise<Pick<UploadAddress, 'address' | 'expires' | 'blockBytes'>>;

/** Block ids of a blob must all have the same length. */
const blockId = (index: number): string => btoa(String(index).padStart(6, '0'));

/** Sends a file's blocks straight to storage, several at once, each tried again a few times, then the list of them. */
export class BlockUpload {
  private readonly stopping = new AbortController();
  private readonly sending = new Map<number, number>();
  private readonly done: Set<number>;
  private address: ReturnType<AskAddress> | undefined;

  constructor(
    private readonly file: File,
    private readonly state: UploadState,
    private readonly onProgress: (sent: number, done: number[]) => void,
    private readonly ask: AskAddress = askForSlide,
  ) {
    this.done = new Set(state.done);
  }

  static async begin(file: File, spacing: string, replaces: boolean, ask: AskAddress = askForSlide): Promise<UploadState> {
    const { blockBytes } = await ask(file, replaces);
    return { name: file.name, size: file.size, modified: file.lastModified, blockBytes, done: [], spacing, replaces };
  }

  stop(): void {
    this.stopping.abort();
  }

  async run(): Promise<void> {
    const count = Math.ceil(this.file.size / this.state.blockBytes);
    const waiting = Array.from({ length: count }, (_, index) => index).filter((index) => !this.done.has(index));
    const work = async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await this.sendBlock(index);
    };
    try {
      await Promise.all(Array.from({ length: blocksAtOnce }, work));
    } catch (error) {
      this.stop();
      throw error;
    }

    const list = Array.from({ length: count }, (_, index) => `<Latest>${blockId(index)}</Latest>`).join('');
    await this.trying(() => this.put('comp=blocklist', new Blob([`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`]), {
      'Content-Type': 'application/xml',
      'x-ms-blob-content-type': 'application/octet-stream',
      ...(this.state.spacing && { 'x-ms-meta-spacing_um_px': this.state.spacing }),
    }));
  }

  private async sendBlock(index: number): Promise<void> {
    const start = index * this.state.blockBytes;
    const block = this.file.slice(start, Math.min(start + this.state.blockBytes, this.file.size));
    await this.trying(() => this.put(`comp=block&blockid=${encodeURIComponent(blockId(index))}`, block, {}, (sent) => {
      this.sending.set(index, sent);
      this.report();
    }));
    this.sending.delete(index);
    this.done.add(index);
    this.report();
  }

  private report(): void {
    const { blockBytes } = this.state;
    let sent = 0;
    for (const index of this.done) sent += Math.min(blockBytes, this.file.size - index * blockBytes);
    for (const part of this.sending.values()) sent += part;
    this.onProgress(sent, [...this.done]);
  }

  private async trying(attempt: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const isFinal = error instanceof Problem && error.status >= 400 && error.status < 500 && ![403, 408, 429].includes(error.status);
        if (this.stopping.signal.aborted || isFinal || tries === triesPerBlock) throw error;
        if (error instanceof Problem && error.status === 403) this.address = undefined;
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tries));
      }
    }
  }

  private async put(query: string, body: Blob, headers: Record<string, string>, onSent?: (bytes: number) => void): Promise<void> {
    this.stopping.signal.throwIfAborted();
    this.address ??= this.ask(this.file, this.state.replaces || this.done.size > 0);
    let address = await this.address;
    if (Date.parse(address.expires) - Date.now() < renewBeforeMs) {
      this.address = this.ask(this.file, true);
      address = await this.address;
    }

    // fetch does not tell how much of a body is sent.
    await new Promise<void>((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stopped = () => request.abort();
      this.stopping.signal.addEventListener('abort', stopped, { once: true });
      request.open('PUT', `${address.address}&${query}`);
      Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.onprogress = (event) => onSent?.(event.loaded);
      request.onload = () =>
        request.status === 201 ? resolve()
          : reject(new Problem(request.status, request.getResponseHeader('x-ms-error-code') ?? '', `Storage answered ${request.status} (${request.getResponseHeader('x-ms-error-code') ?? 'no reason given'}).`));
      request.onerror = () => reject(new Problem(0, '', 'Storage does not answer.'));
      request.onabort = () => reject(new DOMException('Stopped', 'AbortError'));
      request.onloadend = () => this.stopping.signal.removeEventListener('abort', stopped);
      request.send(body);
    });
  }
}

const askForSlide = async (file: File, replaces: boolean): Promise<UploadAddress> =>
  (await (await post('/api/uploads', { name: file.name, length: file.size, replaces })).json()) as UploadAddress;
