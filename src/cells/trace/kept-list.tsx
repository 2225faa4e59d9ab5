import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { Button, ErrorPanel, formatBytes } from '../../ui/index.ts';
import type { StoredTrace } from '../../../workers/contract.ts';

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** Traces that were opened earlier and are kept in this browser: to open again without their files, or to remove. */
export function KeptList() {
  const { session } = useApp();
  const { keptTraces } = session;
  const [asking, setAsking] = useState<string | null>(null);
  useEffect(() => void keptTraces.refresh(), [keptTraces]);
  const list = keptTraces.list.value;
  const problem = keptTraces.problem.value;
  if (problem) return <ErrorPanel title="Traces that were opened before cannot be listed" error={problem} />;
  if (list === null) return <p>Looking…</p>;
  if (list.length === 0) return <p>None yet. Files that you open are kept in this browser, so that a notebook finds its trace after a reload.</p>;
  const openNow = session.trace.value?.info.fingerprint;
  const bytes = list.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return (
    <>
      <p>
        {`${formatBytes(bytes)} in ${list.length} ${list.length === 1 ? 'trace' : 'traces'}, on this machine alone.`}
        {keptTraces.promised.value === false && ' The browser may clear them away when the disk runs full.'}
      </p>
      <ul class="kept-list" aria-label="Traces opened before">
        {list.map((trace) => (
          <li key={trace.fingerprint} class="kept-trace">
            <span class="kept-name">{trace.name}</span>
            <span class="kept-facts">{`${formatBytes(trace.byteLength)}, opened ${days.format(trace.openedAt)}`}</span>
            {trace.fingerprint === openNow ? <span class="kept-facts">Open now</span> : (
              <KeptActions
                trace={trace}
                asking={asking === trace.fingerprint}
                onAsk={(asks) => setAsking(asks ? trace.fingerprint : null)}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function KeptActions({ trace, asking, onAsk }: { readonly trace: StoredTrace; readonly asking: boolean; readonly onAsk: (asks: boolean) => void }) {
  const { session, toaster } = useApp();
  const { name, fingerprint } = trace;
  const asked = useRef(asking);
  useEffect(() => {
    asked.current = asking;
  });
  // Focus goes with the question and comes back with the answer.
  const focus = (button: HTMLButtonElement | null): void => button?.focus();
  if (!asking) {
    return (
      <span class="kept-actions">
        <Button onClick={() => session.openKept(trace)}>Open<span class="visually-hidden">{` ${name}`}</span></Button>
        <Button kind="quiet" buttonRef={asked.current ? focus : undefined} onClick={() => onAsk(true)}>Remove<span class="visually-hidden">{` ${name}`}</span></Button>
      </span>
    );
  }
  return (
    <span class="kept-actions" role="group" aria-label={`Remove ${name}?`}>
      <span class="kept-facts">Notebooks about it will ask for the file again.</span>
      <Button
        kind="danger"
        onClick={() => {
          onAsk(false);
          void session.keptTraces.remove(fingerprint).then(() => toaster.announce(`${name} removed`));
        }}
      >
        Remove
      </Button>
      <Button buttonRef={asked.current ? undefined : focus} onClick={() => onAsk(false)}>Leave it</Button>
    </span>
  );
}
