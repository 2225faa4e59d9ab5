/** `open`: it cannot be told. */
export type Verdict = 'agrees' | 'partly' | 'disagrees' | 'open';

/** Something that the paper says, beside what a trace says of it. */
export interface Claim {
  readonly id: string;
  /** "Figures 3 and 10" */
  readonly figure: string;
  /** What the paper says, one sentence of ours. */
  readonly paper: string;
  /** What this trace shows, with the numbers; why nothing can be told, where that is so. */
  readonly here: string;
  readonly verdict: Verdict;
}

/** "Of 10 claims of the paper, this trace agrees with 6, in part with 1, and disagrees with 2; 1 cannot be told." */
export function verdictsInWords(claims: readonly Claim[]): string {
  const count = (verdict: Verdict): number => claims.filter((claim) => claim.verdict === verdict).length;
  const [agrees, partly, disagrees, open] = [count('agrees'), count('partly'), count('disagrees'), count('open')];
  const told = `this trace agrees with ${agrees === 0 ? 'none' : agrees}${partly > 0 ? `, in part with ${partly},` : ''} and disagrees with ${disagrees === 0 ? 'none' : disagrees}`;
  return `Of ${claims.length} ${claims.length === 1 ? 'claim' : 'claims'} of the paper, ${told}${open > 0 ? `; ${open} cannot be told` : ''}.`;
}
