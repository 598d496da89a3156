import { afterEach, expect, test, vi } from 'vitest';
import { nextTrainings } from '../src/training/runs';

const listed = (from: number, count: number, intakeOnly: boolean) => Array.from({ length: count }, (_, index) => ({ id: `${from + index}`, request: { intakeOnly } }));

/** The app's listing, three runs a page. */
const listing = (runs: object[]) => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (path: string) => {
    const from = Number(new URL(path, 'http://app').searchParams.get('continuation') ?? 0);
    asked.push(path);
    return Promise.resolve(Response.json({ items: runs.slice(from, from + 3), continuation: from + 3 < runs.length ? String(from + 3) : null }));
  });
  return asked;
};

const { signal } = new AbortController();
afterEach(() => vi.unstubAllGlobals());

test('trainings behind many intakes are found', async () => {
  listing([...listed(0, 8, true), ...listed(8, 2, false)]);

  const page = await nextTrainings(null, signal);

  expect(page.runs.map((run) => run.id)).toEqual(['8']);
  expect((await nextTrainings(page.continuation, signal)).runs.map((run) => run.id)).toEqual(['9']);
});

test('the listing is read to the first page that has a training, and no further', async () => {
  const asked = listing([...listed(0, 4, true), ...listed(4, 1, false), ...listed(5, 10, true)]);

  expect((await nextTrainings(null, signal)).runs).toHaveLength(1);

  expect(asked).toHaveLength(2);
});

test('a listing of intakes only is read to its end', async () => {
  listing(listed(0, 7, true));

  expect(await nextTrainings(null, signal)).toEqual({ runs: [], continuation: null });
});
