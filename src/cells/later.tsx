import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CellKind } from '../notebook/kinds/index.ts';
import { CellFrame, domIdOfCell } from '../shell/index.ts';
import { ErrorPanel } from '../ui/index.ts';
import type { CellProps } from './cell-props.ts';

/** Asks for parts of the page that are not seen at once, when the page has time. */
const soon = 'requestIdleCallback' in globalThis ? requestIdleCallback : (ask: () => void) => setTimeout(ask, 2000);

/** A cell that is no part of the first load: fetched when the page has time, or when a notebook has one. */
export function later<K extends CellKind>(load: () => Promise<ComponentType<CellProps<K>>>): ComponentType<CellProps<K>> {
  let loading: Promise<ComponentType<CellProps<K>>> | undefined;
  let loaded: ComponentType<CellProps<K>> | undefined;
  const ask = (): Promise<ComponentType<CellProps<K>>> => {
    loading ??= load().then((cell) => {
      loaded = cell;
      return cell;
    });
    // Asked for again where it failed.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  soon(() => void ask().catch(() => {}));
  return function Later(props) {
    const [Cell, setCell] = useState(() => loaded);
    const [failure, setFailure] = useState<string | null>(null);
    const hadFocus = useRef(false);
    useEffect(() => {
      if (Cell) return;
      ask().then((cell) => {
        hadFocus.current = document.getElementById(domIdOfCell(props.frame.id))?.contains(document.activeElement) ?? false;
        setCell(() => cell);
      }, (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)));
    }, [Cell]);
    useLayoutEffect(() => {
      if (Cell && hadFocus.current) document.getElementById(domIdOfCell(props.frame.id))?.focus({ preventScroll: true });
      hadFocus.current = false;
    }, [Cell]);
    if (Cell) return <Cell {...props} />;
    return (
      <CellFrame
        {...props.frame}
        state={{ kind: failure === null ? 'empty' : 'failed' }}
        error={failure === null ? undefined : <ErrorPanel title="This cell could not be loaded" error={{ message: failure, remedy: 'check the connection and reload the page; the notebook is saved' }} />}
      >
        <p class="cell-waiting">Loading…</p>
      </CellFrame>
    );
  };
}
