import { afterEach, expect, test, vi } from 'vitest';
import { Problem } from '../src/api/client';
import { BlockUpload } from '../src/uploads/BlockUpload';
import { addressOf, takingStorage } from './storage';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('an address that could not be had once is asked for again', async () => {
  vi.useFakeTimers();
  const taken = takingStorage();
  const file = new File(['0123456789'], 'a.svs');
  const { signal } = new AbortController();
  const ask = vi.fn().mockResolvedValue(addressOf('a.svs'));
  const state = await BlockUpload.begin(file, '', false, signal, ask);
  ask.mockRejectedValueOnce(new Problem(0, '', 'The app does not answer. Is it running?'));

  const sent = new BlockUpload(file, state, () => undefined, signal, ask).run();
  await vi.runAllTimersAsync();

  await expect(sent).resolves.toBeUndefined();
  expect(taken.filter((address) => address.includes('comp=block&'))).toHaveLength(3);
});
