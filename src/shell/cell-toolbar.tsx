import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import type { AddKind } from './add-cell.tsx';
import { addItems } from './add-cell.tsx';
import { keysOf } from './keyboard.ts';

/** What can be done with a cell as a whole. What is left out cannot be done (the first cell does not move up). */
export interface CellActions {
  readonly onMoveUp?: () => void;
  readonly onMoveDown?: () => void;
  readonly onDuplicate?: () => void;
  readonly onRemove?: () => void;
  readonly kinds?: readonly AddKind[];
  readonly onAddBelow?: (kind: string) => void;
}

/** Quiet buttons at the end of a cell's title; one menu where it is narrow. */
export function CellToolbar({ title, actions }: { readonly title: string; readonly actions: CellActions }) {
  const { onMoveUp, onMoveDown, onDuplicate, onRemove, kinds = [], onAddBelow } = actions;
  const nothing = () => undefined;
  const items: MenuItem[] = [
    { id: 'up', label: 'Move up', icon: 'up', keys: keysOf('cell.move-up'), disabled: !onMoveUp, onSelect: onMoveUp ?? nothing },
    { id: 'down', label: 'Move down', icon: 'down', keys: keysOf('cell.move-down'), disabled: !onMoveDown, onSelect: onMoveDown ?? nothing },
    { id: 'duplicate', label: 'Duplicate', icon: 'duplicate', keys: keysOf('cell.duplicate'), disabled: !onDuplicate, onSelect: onDuplicate ?? nothing },
    { id: 'remove', label: 'Remove', icon: 'trash', keys: keysOf('cell.remove'), disabled: !onRemove, onSelect: onRemove ?? nothing },
  ];
  const add = onAddBelow ? addItems(kinds, onAddBelow) : [];
  return (
    <div class="cell-toolbar" role="group" aria-label={`${title} cell`}>
      <div class="cell-toolbar-wide">
        {items.map((item) => (
          <IconButton
            key={item.id}
            label={`${item.label} (${title})`}
            tip={item.label}
            icon={item.icon ?? 'more'}
            keys={item.keys}
            disabled={item.disabled}
            onClick={item.onSelect}
          />
        ))}
        {add.length > 0 && <Menu label={`Add below (${title})`} tip="Add a cell below" icon="plus" align="end" items={add} />}
      </div>
      <div class="cell-toolbar-narrow">
        <Menu
          label={`Actions (${title})`}
          tip="Cell actions"
          align="end"
          items={[...items, ...add.map((item, index) => ({ ...item, label: `Add ${item.label}`, note: undefined, separated: index === 0 }))]}
        />
      </div>
    </div>
  );
}
