import { Menu } from '../ui/menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import type { IconName } from '../ui/icons.tsx';

/** A kind of cell that can be added. */
export interface AddKind {
  readonly id: string;
  readonly label: string;
  /** What it shows, a few words. */
  readonly note?: string;
  readonly icon?: IconName;
}

export function addItems(kinds: readonly AddKind[], onAdd: (kind: string) => void): MenuItem[] {
  return kinds.map((kind) => ({ id: kind.id, label: kind.label, note: kind.note, icon: kind.icon, onSelect: () => onAdd(kind.id) }));
}

export interface AddCellProps {
  readonly kinds: readonly AddKind[];
  readonly onAdd: (kind: string) => void;
  /** The line at the notebook's end is always seen; those between cells on hover and focus. */
  readonly always?: boolean;
}

export function AddCell({ kinds, onAdd, always = false }: AddCellProps) {
  return (
    <div class={always ? 'add-cell add-cell-always' : 'add-cell'}>
      <Menu label="Add a cell" icon="plus" items={addItems(kinds, onAdd)}>Add a cell</Menu>
    </div>
  );
}
