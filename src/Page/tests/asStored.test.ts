import { expect, test } from 'vitest';
import { asStored } from '../src/predict/asStored';

const without = async (...bytes: number[]) => [...new Uint8Array(await (await asStored(new Blob([Uint8Array.from(bytes)]))).arrayBuffer())];
const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const chunk = (type: string, ...data: number[]) => [0, 0, 0, data.length, ...[...type].map((char) => char.charCodeAt(0)), ...data, 1, 2, 3, 4];

test('a JPEG loses its EXIF and nothing else', async () => {
  const before = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 7, 7];
  // What follows the start of the pixels is theirs, whatever it looks like.
  const after = [0xff, 0xdb, 0, 3, 9, 0xff, 0xda, 0, 2, 5, 0xff, 0xe1, 0, 4, 1, 1];

  expect(await without(...before, 0xff, 0xe1, 0, 5, 1, 2, 3, 0xff, 0xff, 0xe1, 0, 2, ...after)).toEqual([...before, 0xff, ...after]);
});

test('a PNG loses its EXIF and nothing else', async () => {
  expect(await without(...png, ...chunk('IHDR', 1, 2), ...chunk('eXIf', 9, 9, 9), ...chunk('IDAT', 5))).toEqual([...png, ...chunk('IHDR', 1, 2), ...chunk('IDAT', 5)]);
});

test('what is neither, or ends in the middle, is left as it is', async () => {
  expect(await without()).toEqual([]);
  expect(await without(1, 2, 3)).toEqual([1, 2, 3]);
  expect(await without(0xff, 0xd8, 0xff)).toEqual([0xff, 0xd8, 0xff]);
  expect(await without(...png, 0, 0, 0, 9)).toEqual([...png, 0, 0, 0, 9]);
});
