import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addressOf, takingStorage } from './storage';

const file = () => new File(['0123456789'], 'a.svs', { lastModified: 1 });
let taken: string[];
let answers: ((answer: Response) => void)[];

/** The uploads of a page that was just opened. */
const opened = async () => (await import('../src/uploads/uploads')).uploads;
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const answerAll = async () => {
  for (let index = 0; index < answers.length; index++) {
    answers[index]!(Response.json(addressOf('a.svs')));
    await settle();
  }
};

beforeEach(() => {
  vi.resetModules();
  const kept = new Map<string, string>();
  answers = [];
  taken = takingStorage();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => answers.push(resolve)));
});

afterEach(() => vi.unstubAllGlobals());

test('a file that is cancelled while its address is asked for is not sent', async () => {
  const uploads = await opened();
  uploads.add([file()]);

  uploads.remove('a.svs');
  await answerAll();

  expect(taken).toEqual([]);
  expect(answers).toHaveLength(1);
  expect(uploads.list.value).toEqual([]);
});

test('a file that is paused while its address is asked for waits until it goes on', async () => {
  const uploads = await opened();
  uploads.add([file()]);

  uploads.pause('a.svs');
  await answerAll();
  expect(taken).toEqual([]);
  expect(uploads.list.value[0]!.phase).toBe('paused');

  uploads.resume('a.svs');
  await answerAll();
  await vi.waitFor(() => expect(uploads.list.value[0]!.phase).toBe('done'));
});

test('a file that is dropped twice while its address is asked for is sent once', async () => {
  const uploads = await opened();

  uploads.add([file()]);
  uploads.add([file()]);
  await settle();

  expect(answers).toHaveLength(1);
});

test('a file that was cancelled and is dropped again is sent once', async () => {
  const uploads = await opened();
  uploads.add([file()]);
  uploads.remove('a.svs');
  uploads.add([file()]);

  await answerAll();

  expect(taken.filter((address) => address.includes('comp=blocklist'))).toHaveLength(1);
});

test('what was stopped does not end what goes on', async () => {
  const uploads = await opened();
  uploads.add([file()]);
  uploads.pause('a.svs');
  uploads.resume('a.svs');

  // The first start learns only now that it was stopped.
  answers[0]!(Response.json({ detail: 'too late' }, { status: 400 }));
  await settle();

  expect(uploads.list.value[0]!.phase).toBe('sending');
});

test('a replacement that is paused while its address is asked for is still one', async () => {
  const uploads = await opened();
  uploads.add([file()]);
  answers[0]!(Response.json({ type: 'urn:idcfunctions:slide-exists', detail: 'There is a slide.' }, { status: 409 }));
  await settle();
  const asked = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(Response.json(addressOf('a.svs'))));
  vi.stubGlobal('fetch', asked);

  uploads.replace('a.svs');
  uploads.pause('a.svs');
  await settle();
  uploads.resume('a.svs');
  await settle();

  expect(asked.mock.calls.map(([, init]) => (JSON.parse(init.body as string) as { replaces: boolean }).replaces)).not.toContain(false);
  await vi.waitFor(() => expect(uploads.list.value[0]!.phase).toBe('done'));
});
