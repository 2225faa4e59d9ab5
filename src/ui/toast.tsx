import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

export interface Toaster {
  readonly toasts: ReadonlySignal<readonly Toast[]>;
  /** Said to screen readers and shown nowhere. */
  readonly spoken: ReadonlySignal<string>;
  /** Shows a message for ten seconds: `show('Removed Forecast', { label: 'Undo', onSelect: undo })`. @returns its id, for `dismiss` */
  readonly show: (text: string, action?: Toast['action']) => number;
  readonly announce: (text: string) => void;
  readonly dismiss: (id: number) => void;
}

const SHOWN_MS = 10_000;
/** More than this many at once would hide the page. */
const AT_ONCE = 3;

export function createToaster(): Toaster {
  const toasts = signal<readonly Toast[]>([]);
  const spoken = signal('');
  let next = 1;
  return {
    toasts,
    spoken,
    show(text, action) {
      const id = next++;
      toasts.value = [...toasts.value, { id, text, action }].slice(-AT_ONCE);
      return id;
    },
    announce(text) {
      // A live region repeats nothing that is already in it: the second time ends in a no-break space.
      spoken.value = spoken.value === text ? `${text}\u00a0` : text;
    },
    dismiss(id) {
      toasts.value = toasts.value.filter((toast) => toast.id !== id);
    },
  };
}

/** The page's one polite live region and its short messages. Mount it once, from the start. */
export function Announcer({ toaster }: { readonly toaster: Toaster }) {
  return (
    <>
      <output class="visually-hidden" aria-live="polite">{toaster.spoken.value}</output>
      <output class="toasts" aria-live="polite">
        {toaster.toasts.value.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onDismiss={() => toaster.dismiss(toast.id)} />
        ))}
      </output>
    </>
  );
}

function ToastLine({ toast, onDismiss }: { readonly toast: Toast; readonly onDismiss: () => void }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hold = () => clearTimeout(timer.current);
  const release = () => {
    hold();
    timer.current = setTimeout(onDismiss, SHOWN_MS);
  };
  useEffect(() => {
    release();
    return hold;
  }, []);
  const { action } = toast;
  return (
    <div class="toast" onPointerEnter={hold} onPointerLeave={release} onFocusIn={hold} onFocusOut={release}>
      <span class="toast-text">{toast.text}</span>
      {action && (
        <Button
          kind="plain"
          onClick={() => {
            action.onSelect();
            onDismiss();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Dismiss" icon="close" onClick={onDismiss} />
    </div>
  );
}
