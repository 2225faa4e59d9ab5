import type { CellOf } from '../notebook/document.ts';
import type { CellKind } from '../notebook/kinds/index.ts';
import type { CellFrameProps } from '../shell/index.ts';

/** What the page gives every cell's frame; the cell adds what is its own. */
export type FrameBase = Pick<CellFrameProps, 'id' | 'title' | 'name' | 'current' | 'onCurrent' | 'actions'>;

export interface CellProps<K extends CellKind> {
  readonly cell: CellOf<K>;
  readonly frame: FrameBase;
}
