import { expect, test } from 'vitest';
import { reasonOf } from '../src/slides/reason';
import type { Slide } from '../src/api/types';

const slide = (reason: string | null) => ({ slide: 'a.svs', reason }) as Slide;

test('a reason begins with a capital and without the name that stands beside it', () => {
  expect(reasonOf(slide('a.svs: it is no slide.'))).toBe('It is no slide.');
  expect(reasonOf(slide('No model is active.'))).toBe('No model is active.');
  expect(reasonOf(slide(null))).toBeUndefined();
});

test('a unit stays as it is', () => {
  expect(reasonOf(slide('a.svs: µm/px is nowhere stated.'))).toBe('µm/px is nowhere stated.');
});
