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
export type AskAddress = (file: File, replaces: boolean, signal: AbortSignal) => Promise<Pick<UploadAddress, 'address' | 'expires' | 'blockBytes'>>;

/** Block ids of a blob must all have the same length. */
const blockId = (index: number): string => btoa(String(index).padStart(6, '0'));

/** Sends a file's blocks straight to storage, several at once, each tried again a few times, then the list of them. */
export class BlockUpload {
  private readonly failing = new AbortController();
  private readonly stopped: AbortSignal;
  private readonly sending = new Map<number, number>();
  private readonly done: Set<number>;
  private address: ReturnType<AskAddress> | undefined;

  constructor(
    private readonly file: File,
    private readonly state: UploadState,
    private readonly onProgress: (sent: number, done: number[]) => void,
    signal: AbortSignal,
    private readonly ask: AskAddress = askForSlide,
  ) {
    this.stopped = AbortSignal.any([signal, this.failing.signal]);
    this.done = new Set(state.done);
  }

  static async begin(file: File, spacing: string, replaces: boolean, signal: AbortSignal, ask: AskAddress = askForSlide): Promise<UploadState> {
    const { blockBytes } = await ask(file, replaces, signal);
    signal.throwIfAborted();
    return { name: file.name, size: file.size, modified: file.lastModified, blockBytes, done: [], spacing, replaces };
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
      this.failing.abort();
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
        if (this.stopped.aborted || isFinal || tries === triesPerBlock) throw error;
        if (error instanceof Problem && error.status === 403) this.address = undefined;
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tries));
      }
    }
  }

  /** One address for all blocks; a question that came to nothing is asked again by the next block. */
  private askAnew(replaces: boolean): ReturnType<AskAddress> {
    const asked = this.ask(this.file, replaces, this.stopped);
    this.address = asked;
    asked.catch(() => {
      if (this.address === asked) this.address = undefined;
    });
    return asked;
  }

  private async put(query: string, body: Blob, headers: Record<string, string>, onSent?: (bytes: number) => void): Promise<void> {
    this.stopped.throwIfAborted();
    const asked = this.address ?? this.askAnew(this.state.replaces || this.done.size > 0);
    let address = await asked;
    if (Date.parse(address.expires) - Date.now() < renewBeforeMs) {
      if (this.address === asked) this.askAnew(true);
      address = await this.address!;
    }

    this.stopped.throwIfAborted();

    // fetch does not tell how much of a body is sent.
    await new Promise<void>((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stopped = () => request.abort();
      this.stopped.addEventListener('abort', stopped, { once: true });
      request.open('PUT', `${address.address}&${query}`);
      Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.onprogress = (event) => onSent?.(event.loaded);
      request.onload = () =>
        request.status === 201 ? resolve()
          : reject(new Problem(request.status, request.getResponseHeader('x-ms-error-code') ?? '', `Storage answered ${request.status} (${request.getResponseHeader('x-ms-error-code') ?? 'no reason given'}).`));
      request.onerror = () => reject(new Problem(0, '', 'Storage does not answer.'));
      request.onabort = () => reject(new DOMException('Stopped', 'AbortError'));
      request.onloadend = () => this.stopped.removeEventListener('abort', stopped);
      request.send(body);
    });
  }
}

const askForSlide: AskAddress = async (file, replaces, signal) =>
  (await (await post('/api/uploads', { name: file.name, length: file.size, replaces }, signal)).json()) as UploadAddress;
