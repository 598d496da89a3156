import { expect, test } from 'vitest';
import type { Slide } from '../src/api/types';
import { withFirstPage } from '../src/slides/listing';

const slides = (...names: (number | string)[]): Slide[] => names.map((name) => ({ slideId: String(name) }) as Slide);
const ids = (listed: Slide[]) => listed.map((slide) => slide.slideId).join(' ');

test('a row that has left the first page of the listing goes', () => {
  // 1 is Complete now, and the listing is of those that failed: 4 moves up to the first page's end.
  expect(ids(withFirstPage(slides(1, 2, 3, 4, 5, 6), slides(2, 3, 4), true))).toBe('2 3 4 5 6');
});

test('rows that new ones have pushed off the first page stay', () => {
  expect(ids(withFirstPage(slides(1, 2, 3, 4, 5), slides('new', 1, 2), true))).toBe('new 1 2 3 4 5');
});

test('rows stay where the first page holds only new ones', () => {
  expect(ids(withFirstPage(slides(1, 2, 3), slides('a', 'b', 'c'), true))).toBe('a b c 1 2 3');
});

test('one row that goes and one that comes keep what follows', () => {
  expect(ids(withFirstPage(slides(1, 2, 3, 4), slides('new', 1, 3), true))).toBe('new 1 3 4');
});

test('a row that has come up from a further page takes none with it', () => {
  expect(ids(withFirstPage(slides(1, 2, 3, 4, 5), slides(4, 1, 2), true))).toBe('4 1 2 3 5');
});

test('where the first page is the listing, nothing else stays', () => {
  expect(ids(withFirstPage(slides(1, 2, 3), slides(2), false))).toBe('2');
});
