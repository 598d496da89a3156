const paths = {
  upload: 'M12 16V4m0 0L7 9m5-5 5 5M4 20h16',
  sun: 'M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 4.9m14.2 14.2-1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  trash: 'M4 7h16M9 7V4h6v3m-8 0 1 13h8l1-13M10 11v6m4-6v6',
  retry: 'M4 12a8 8 0 0 1 14-5.3L20 9m0-5v5h-5m5 3a8 8 0 0 1-14 5.3L4 15m0 5v-5h5',
  undo: 'M9 7 4 12l5 5m-5-5h10a6 6 0 0 1 6 6v1',
  pause: 'M8 5v14m8-14v14',
  play: 'M7 5v14l12-7Z',
  close: 'm6 6 12 12M18 6 6 18',
  slides: 'M4 5h16v14H4zM8 9c2-2 6-1 7 1s-1 5-4 5-5-4-3-6Z',
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  home: 'M4 11l8-7 8 7v9h-6v-6h-4v6H4Z',
  rotate: 'M20 12a8 8 0 1 1-3-6.2L20 8m0-5v5h-5',
  brush: 'M20 4 10 14m-1 0c-3 0-3 5-6 5 4 2 8 1 9-3l-3-2Z',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  help: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2m0 3v.5M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
} as const;

export const Icon = ({ name, size = 16 }: { name: keyof typeof paths; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
