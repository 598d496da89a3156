const widestPixels = 140;

/** The largest of 1, 2, 5, 10 … µm that is no wider than the bar may be. */
const lengthFor = (umPerScreenPixel: number): number => {
  const most = umPerScreenPixel * widestPixels;
  const power = 10 ** Math.floor(Math.log10(most));
  return (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1) * power;
};

export const ScaleBar = ({ zoom, umPerPixel }: { zoom: number | undefined; umPerPixel: number | undefined }) => {
  if (!zoom || !umPerPixel) return null;
  const length = lengthFor(umPerPixel / zoom);
  const text = length >= 1000 ? `${length / 1000} mm` : `${length} µm`;
  return (
    <div class="scale" style={{ width: `${(length / umPerPixel) * zoom}px` }} role="img" aria-label={`Scale: ${text}`}>{text}</div>
  );
};
