/** Line icons on a 16 px grid, drawn for this interface. Decorative: the control around them has the name. */
const lines = {
  undo: 'M5.5 2.5 2.5 5.5l3 3M2.5 5.5h7a4 4 0 0 1 0 8H6',
  redo: 'M10.5 2.5l3 3-3 3M13.5 5.5h-7a4 4 0 0 0 0 8H10',
  save: 'M2.5 2.5h8.5l2.5 2.5v8.5h-11zM5.5 2.5v3.5h4.5V2.5M5 13.5V9.5h6v4',
  open: 'M2.5 13V3.5h4l1.5 2h5.5V13z',
  share: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.4-2.4A2.6 2.6 0 0 0 9 3.3l-.9.9M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  moon: 'M13.3 9.6A5.6 5.6 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9z',
  help: 'M5.9 6.1a2.1 2.1 0 1 1 3.1 1.9c-.7.4-1 .8-1 1.5M8 11.8v.1M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5z',
  plus: 'M8 3v10M3 8h10',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  duplicate: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.8 7v4M9.2 7v4',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2',
  file: 'M3.5 1.75h5.5L12.5 5.25v9h-9zM9 1.75v3.5h3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  'chevron-right': 'M6 4l4 4-4 4',
  'chevron-down': 'M4 6l4 4 4-4',
  warning: 'M8 2.25 14.25 13.25H1.75zM8 6.5v3M8 11.4v.1',
  info: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5zM8 7.5v3.5M8 5.1v.1',
  edit: 'M3 13l.6-2.9 7-7 2.3 2.3-7 7zM9 4.7l2.3 2.3',
  pin: 'M5.5 2.5h5M6.5 2.5v4L4 9.5h8l-2.5-3v-4M8 9.5v4',
  keyboard: 'M1.75 4h12.5v8H1.75zM4.5 6.6v.1M7 6.6v.1M9.5 6.6v.1M11.8 6.6v.1M5 9.5h6',
} as const;

const solids = {
  play: 'M4.5 2.5v11L13.5 8z',
  stop: 'M3.75 3.75h8.5v8.5h-8.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  more: 'M3 6.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8zM8 6.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8zM13 6.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8z',
  auto: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 3a5 5 0 0 1 0 10z',
} as const;

export type IconName = keyof typeof lines | keyof typeof solids;

function isSolid(name: IconName): name is keyof typeof solids {
  return name in solids;
}

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const solid = isSolid(name);
  return (
    <svg class={solid ? 'icon icon-solid' : 'icon'} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={solid ? solids[name] : lines[name]} fill-rule="evenodd" />
    </svg>
  );
}
