import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';

export interface RunSlotProps {
  readonly running: boolean;
  /** What Run does, in plain words: "Train", "Run". */
  readonly label?: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onRun: () => void;
  readonly onCancel: () => void;
}

/** Run and Cancel. Both keep their places whether or not they can be pressed now. */
export function RunSlot({ running, label = 'Run', keys, disabled = false, onRun, onCancel }: RunSlotProps) {
  const run = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const cancelHadFocus = useRef(false);
  // Cancel disappears when the work ends; the focus that it had goes to Run.
  useLayoutEffect(() => {
    if (!running && cancelHadFocus.current) run.current?.focus();
    cancelHadFocus.current = false;
    const button = cancel.current;
    return () => { cancelHadFocus.current = button !== null && button === document.activeElement; };
  }, [running]);
  return (
    <div class="run-slot">
      <Button buttonRef={cancel} kind="plain" class={running ? 'run-cancel' : 'run-cancel run-away'} icon="stop" onClick={onCancel}>Cancel</Button>
      <Button buttonRef={run} kind="primary" class="run-run" icon="play" keys={keys} disabled={disabled || running} onClick={onRun}>{label}</Button>
    </div>
  );
}
