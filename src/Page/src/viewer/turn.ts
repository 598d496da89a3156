/** The direction on the slide that is so far down and across the screen, where the view is turned clockwise by some degrees. */
export const onSlide = (rotation: number, down: number, across: number): { down: number; across: number } => {
  const radians = (rotation * Math.PI) / 180;
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  return { down: down * cosine - across * sine, across: across * cosine + down * sine };
};

/** The quarter turn next to an angle. */
export const nearestQuarter = (rotation: number): number => Math.round(rotation / 90) * 90;
