import { amount } from '../amount.ts';
import { fingerprintOf } from '../build/finish.ts';
import { Questions } from '../read/questions.ts';
import type { ReadOptions, ReadResult } from '../read/reader.ts';
import type { TraceLayer } from '../trace.ts';

/** Parts of a model in the order in which tokens go through them; others come between decoder and mtp (multi-token prediction). */
const knownOrder: readonly string[] = ['encoder', 'decoder', '', 'mtp'];

/** Names with more beginnings than this do not tell blocks. */
const mostBlocks = 8;

const all = 'all';

/**
 * Where layers are of several blocks of a model ("decoder 3", "mtp 0"), puts the blocks into the order of the model,
 * says so, and asks which of them to keep: all, unless a person leaves some out.
 */
export async function withBlocks(result: ReadResult, options: ReadOptions): Promise<ReadResult> {
  const { trace } = result;
  const blocks = blocksOf(trace.layers);
  if (!blocks) return result;
  const questions = new Questions(options.mapping);
  const names = [...blocks.keys()];
  const answer = questions.ask({
    id: 'blocks',
    label: 'Which blocks?',
    options: [
      { value: all, label: `all: ${names.join(', ')}` },
      ...names.map((name) => ({ value: `only ${name}`, label: `${name} only` })),
      // Of two blocks, all but one is the other alone.
      ...(names.length > 2 ? names.map((name) => ({ value: `without ${name}`, label: `all without ${name}` })) : []),
    ],
    guess: all,
    ambiguous: false,
  });
  const kept = names.filter((name) => answer === all || answer === `only ${name}` || (answer.startsWith('without ') && answer !== `without ${name}`));
  const left = names.filter((name) => !kept.includes(name));
  const layers = kept.flatMap((name) => blocks.get(name) ?? []);
  const sizes = names.map((name) => `${name} (${amount(blocks.get(name)?.length ?? 0, 'layer')})`);
  const note = `its layers are of ${names.length} blocks: ${sizes.join(', ')}${left.length > 0 ? `; ${left.join(', ')} ${left.length === 1 ? 'is' : 'are'} left out` : ''}`;
  const isChanged = layers.length < trace.layers.length || layers.some((layer, i) => layer !== trace.layers[i]);
  return {
    ...result,
    trace: isChanged ? { ...trace, layers, fingerprint: await fingerprintOf({ ...trace, layers }, options) } : trace,
    questions: [...result.questions, ...questions.all],
    notes: [...result.notes, note],
  };
}

/** Layers by block, in the order of the model; null where there is one block, or names that do not tell. */
function blocksOf(layers: readonly TraceLayer[]): Map<string, TraceLayer[]> | null {
  const blocks = new Map<string, TraceLayer[]>();
  for (const layer of layers) {
    const name = /^(\D*[^\d\s./_-])[\s./_-]*\d/.exec(layer.name)?.[1];
    if (name === undefined) return null;
    blocks.set(name, [...(blocks.get(name) ?? []), layer]);
  }
  if (blocks.size < 2 || blocks.size > mostBlocks) return null;
  const place = (name: string): number => {
    const [first] = name.split(/[\s./_-]/);
    return knownOrder.indexOf(knownOrder.includes(first) ? first : '');
  };
  return new Map([...blocks].sort(([a], [b]) => place(a) - place(b)));
}
