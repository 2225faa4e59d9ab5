/** A recorded trace that comes with the project; see `samples/README.md`. */
export interface Sample {
  readonly id: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** What it shows, one sentence. */
  readonly description: string;
  readonly steps: number;
  readonly layers: number;
  readonly experts: number;
  /** How tokens were routed. */
  readonly routing: string;
  readonly assignmentsPerStep: number;
  /** Address of the packed file. */
  readonly url: string;
}

/** The default one first. */
export const samples: readonly Sample[] = [
  {
    id: 'gpt-moe-125m-16e',
    title: 'GPT 125M, 16 experts, top-2',
    description: 'Balanced by an auxiliary loss, it settles after about 1,000 steps; the 125M shape of the paper.',
    steps: 8000, layers: 12, experts: 16,
    routing: 'top-2 of 16, auxiliary loss 0.01, no token dropped',
    assignmentsPerStep: 16_384,
    url: new URL('../../samples/gpt-moe-125m-16e.npz', import.meta.url).href,
  },
  {
    id: 'gpt-moe-small-8e-top1',
    title: 'Small GPT, 8 experts, top-1',
    description: 'Weakly balanced, its layer 0 collapses onto one expert, 7 of 64 experts nearly die, and loads keep drifting.',
    steps: 8000, layers: 8, experts: 8,
    routing: 'top-1 of 8 (Switch), auxiliary loss 0.001, no token dropped',
    assignmentsPerStep: 8192,
    url: new URL('../../samples/gpt-moe-small-8e-top1.npz', import.meta.url).href,
  },
  {
    id: 'gpt-moe-small-64e-top6-lossfree',
    title: 'Small GPT, 64 experts, top-6, loss-free balancing',
    description: 'Many small experts balanced by selection biases: a strong transient state and late balance.',
    steps: 8000, layers: 8, experts: 64,
    routing: 'top-6 of 64, balanced by biases without a loss (rate 0.001), no token dropped',
    assignmentsPerStep: 49_152,
    url: new URL('../../samples/gpt-moe-small-64e-top6-lossfree.npz', import.meta.url).href,
  },
];

export function sampleById(id: string): Sample | undefined {
  return samples.find((sample) => sample.id === id);
}
