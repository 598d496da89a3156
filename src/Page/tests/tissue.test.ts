import { expect, test } from 'vitest';
import { Tissue } from '../src/viewer/tissue';

const stroke = (tissue: Tissue, x: number, isTissue: boolean) => {
  tissue.beginStroke();
  tissue.dab(x, 50, 20, isTissue);
  tissue.dab(x + 15, 50, 20, isTissue);
};

test('a stroke that is painted after a kept one was taken back is one that the app does not know', () => {
  const tissue = new Tissue(100, 100, new Uint8Array(10_000), 1, 1);
  stroke(tissue, 30, true);
  tissue.keeping()();
  expect(tissue.isPainted).toBe(false);

  tissue.undo();
  expect(tissue.isPainted).toBe(true);
  stroke(tissue, 60, true);

  expect(tissue.isPainted).toBe(true);
});

test('a mask whose strokes are all taken back is the one that the app knows', () => {
  const tissue = new Tissue(100, 100, new Uint8Array(10_000), 1, 1);
  stroke(tissue, 30, true);
  stroke(tissue, 60, false);

  tissue.undo();
  tissue.undo();

  expect(tissue.isPainted).toBe(false);
  expect(tissue.canUndo).toBe(false);
});

test('what is painted while the mask is on its way is not known to the app', () => {
  const tissue = new Tissue(100, 100, new Uint8Array(10_000), 1, 1);
  stroke(tissue, 30, true);
  const kept = tissue.keeping();
  stroke(tissue, 60, true);

  kept();

  expect(tissue.isPainted).toBe(true);
  tissue.undo();
  expect(tissue.isPainted).toBe(false);
});

test('undo gives back each pixel, and tells where', () => {
  const pixels = Uint8Array.from({ length: 10_000 }, (_, index) => index % 3 % 2);
  const tissue = new Tissue(100, 100, pixels, 1, 2);
  const states: Uint8Array[] = [];
  for (const [x, isTissue] of [[0, true], [40, false], [45, true], [95, false]] as const) {
    states.push(pixels.slice());
    stroke(tissue, x, isTissue);
  }

  while (states.length > 0) {
    const after = pixels.slice();
    const box = tissue.undo()!;
    const before = states.pop()!;
    expect(pixels).toEqual(before);
    for (let index = 0; index < pixels.length; index++) {
      if (after[index] === before[index]) continue;
      const [column, row] = [index % 100, Math.floor(index / 100)];
      expect(column >= box.left && column < box.left + box.width && row >= box.top && row < box.top + box.height).toBe(true);
    }
  }

  expect(tissue.undo()).toBeUndefined();
});

test('a dab is a circle on the slide, cut off at its edge', () => {
  const tissue = new Tissue(10, 5, new Uint8Array(50), 10, 20);
  tissue.beginStroke();

  expect(tissue.dab(0, 50, 25, true)).toEqual({ left: 0, top: 1, width: 3, height: 3 });

  expect([...tissue.pixels.keys()].filter((index) => tissue.pixels[index])).toEqual([10, 11, 20, 21, 22, 30, 31]);
});
