/** How what was ended early is told from the rest, in the legend. */
export function PrunedSample({ kind }: { readonly kind: 'dashed' | 'fine' | 'point' | 'cross' }) {
  return (
    <span class="gc-key">
      <svg class="gc-sample" width={22} height={10} viewBox="0 0 22 10" aria-hidden="true" data-export="">
        {kind === 'fine' && <path d="M1 5H21" stroke="var(--muted)" stroke-width={0.75} fill="none" />}
        {kind === 'dashed' && <path d="M1 5H21" stroke="var(--muted)" stroke-width={1} stroke-dasharray="4 3" fill="none" />}
        {kind === 'cross' && <path d="M1 5H17" stroke="var(--muted)" stroke-width={0.9} fill="none" />}
        {kind === 'cross' && <path d="M14 2l6 6M14 8l6 -6" stroke="var(--muted)" stroke-width={1.5} fill="none" />}
        {kind === 'point' && <circle cx={11} cy={5} r={3.5} stroke="var(--muted)" stroke-width={1.5} fill="none" />}
      </svg>
      <span data-export-text="">pruned</span>
    </span>
  );
}
