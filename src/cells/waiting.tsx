import { useApp } from '../app/context.ts';

/** Stands in for a picture while there is no trace to draw. */
export function NoTrace() {
  const { session } = useApp();
  const opening = session.opening.value;
  return <p class="cell-waiting">{opening ? `Reading ${opening.name}` : 'Open a trace to see this.'}</p>;
}
