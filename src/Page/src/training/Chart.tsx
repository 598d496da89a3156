export interface Series {
  name: string;
  points: [x: number, y: number][];
  /** 0 to 5: which of the chart's colours. */
  colour: number;
  isDashed?: boolean;
  /** Behind the others. */
  isFaint?: boolean;
}

interface Props {
  label: string;
  series: Series[];
  xLabel: string;
  xRange?: [number, number];
  yRange?: [number, number];
  /** A point to mark, e.g. the chosen threshold on a ROC curve. */
  mark?: [number, number] | undefined;
}

const width = 420;
const height = 240;
const left = 42;
const right = 12;
const top = 10;
const bottom = 34;
const ticksWanted = 5;

/** Round values that cover a range. */
const ticksOf = ([low, high]: [number, number]): number[] => {
  const raw = (high - low) / ticksWanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, index) => (first + index) * step);
};

const rangeOf = (values: number[], given?: [number, number]): [number, number] => {
  if (given) return given;
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max((high - low) * 0.06, 1e-3);
  return [Math.max(0, low - margin), high + margin];
};

const label = (value: number): string => String(Number(value.toPrecision(3)));

/** Lines over one axis, in the page's own colours; a line of one point is a dot. */
export const Chart = ({ label: name, series, xLabel, xRange, yRange, mark }: Props) => {
  const points = series.flatMap((one) => one.points);
  const xs = rangeOf(points.map(([x]) => x), xRange);
  const ys = rangeOf(points.map(([, y]) => y), yRange);
  const x = (value: number) => left + ((value - xs[0]) / (xs[1] - xs[0])) * (width - left - right);
  const y = (value: number) => height - bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (height - top - bottom);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{name}</h3>
        {series.length > 1 && (
          <ul class="legend">
            {series.map((one) => (
              <li key={one.name} class={`colour-${one.colour}${one.isDashed ? ' dashed' : ''}`}>{one.name}</li>
            ))}
          </ul>
        )}
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${name}: ${series.map((one) => `${one.name} ${one.points.length} points, last ${label(one.points.at(-1)?.[1] ?? 0)}`).join('; ')}`}>
        {ticksOf(ys).map((tick) => (
          <g key={`y${tick}`}>
            <line class="gridline" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
            <text x={left - 6} y={y(tick) + 4} text-anchor="end">{label(tick)}</text>
          </g>
        ))}
        {ticksOf(xs).map((tick) => <text key={`x${tick}`} x={x(tick)} y={height - bottom + 16} text-anchor="middle">{label(tick)}</text>)}
        <text class="axis" x={(left + width - right) / 2} y={height - 3} text-anchor="middle">{xLabel}</text>
        {series.map((one) => (
          <g key={one.name} class={`line colour-${one.colour}${one.isDashed ? ' dashed' : ''}${one.isFaint ? ' faint' : ''}`}>
            <polyline points={one.points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')} />
            {one.points.length <= 30 && !one.isDashed && !one.isFaint && one.points.map(([px, py]) => <circle key={px} cx={x(px)} cy={y(py)} r="2.5" />)}
          </g>
        ))}
        {mark && <circle class="mark" cx={x(mark[0])} cy={y(mark[1])} r="5" />}
      </svg>
    </figure>
  );
};
