import { Button } from '../ui/button.tsx';

export interface StaleProps {
  /** What changed since the output was made: "window 1,000 → 600 steps". */
  readonly changes: readonly string[];
  readonly runLabel?: string;
  readonly keys?: string;
  readonly onRun: () => void;
}

/** Lies over stale output: what changed, and Run. */
export function StaleCover({ changes, runLabel = 'Run', keys, onRun }: StaleProps) {
  return (
    <div class="stale-cover">
      <p>
        <strong>Out of date.</strong>
        {changes.length > 0 && ` Changed: ${changes.join('; ')}.`}
      </p>
      <Button kind="primary" icon="play" keys={keys} onClick={onRun}>{runLabel}</Button>
    </div>
  );
}
