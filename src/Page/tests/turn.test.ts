import { expect, test } from 'vitest';
import { onSlide } from '../src/viewer/turn';

test.each([
  [0, 0, 1],
  // Turned clockwise by a quarter, the slide's top is at the right of the screen.
  [90, -1, 0],
  [180, 0, -1],
  [270, 1, 0],
  [-90, 1, 0],
  [450, -1, 0],
])('right on a screen whose view is turned by %i degrees is %i down and %i across on the slide', (rotation, down, across) => {
  const direction = onSlide(rotation, 0, 1);

  expect(direction.down).toBeCloseTo(down, 12);
  expect(direction.across).toBeCloseTo(across, 12);
});

test('down on a screen whose view is turned by a quarter is to the right on the slide', () => {
  expect(onSlide(90, 1, 0).across).toBeCloseTo(1, 12);
});
