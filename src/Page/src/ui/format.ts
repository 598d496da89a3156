/** Bytes in words, to three digits at most. */
export const bytes = (count: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
};

export const mm2 = (area: number): string => area.toFixed(2);

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** How long ago, up to a week; then the date. */
export const when = (iso: string, now: number): string => {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (seconds > -60) return 'just now';
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return seconds > -604_800 ? relative.format(Math.round(seconds / 86_400), 'day') : absolute.format(Date.parse(iso));
};

export const moment = (iso: string): string => absolute.format(Date.parse(iso));
