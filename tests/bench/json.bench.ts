/**
 * Reading speed of JSON: `npx vitest bench --run --project node tests/bench/json.bench.ts`.
 * Megabytes a second are the size in a title times its hz. Nothing of a document is kept but its trace.
 */
import { bench, describe } from 'vitest';
import { random as randomOf } from '../../src/random.ts';
import { openTrace } from '../../src/trace/read/open.ts';
import type { Source } from '../../src/trace/read/reader.ts';

const [layers, experts] = [58, 256];
const random = randomOf(1);
/** Loads of some steps, which the documents repeat. */
const steps = Array.from({ length: 40 }, () => Array.from({ length: layers }, () => Array.from({ length: experts }, () => Math.floor(random() * 3000))));

/** A document that is made while it is read. @param parts texts of the steps, repeated */
function documentSource(before: string, count: number, parts: readonly string[], after: string): Source {
  const encoder = new TextEncoder();
  const begin = encoder.encode(before + parts[0]);
  const others = parts.map((part) => encoder.encode(`, ${part}`));
  return {
    name: 'bench.json',
    slice: (start, end) => Promise.resolve(begin.subarray(start, end)),
    stream() {
      let step = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (step > count) return controller.close();
          controller.enqueue(step === 0 ? begin : step === count ? encoder.encode(after) : others[step % others.length]);
          step++;
        },
      });
    },
  };
}

const texts = steps.map((step) => JSON.stringify(step).replaceAll(',', ', '));
const history = documentSource('{"load_history": [', 2500, texts.map((text) => `{"logical_expert_load": ${text}}`), ']}');
const counts = documentSource('{"logical_count": [', 2500, texts, ']}');
const named = documentSource('{"layer0": [', 3100, texts.map((text) => text.slice(1, -1)), ']}');

describe('one JSON document', () => {
  bench('records of 58 × 256 loads, 2,500 steps, 216 MB', async () => void (await openTrace(history)), { iterations: 1, warmupIterations: 0, time: 0, warmupTime: 0 });
  bench('an array of steps, 2,500 of them, 215 MB', async () => void (await openTrace(counts)), { iterations: 1, warmupIterations: 0, time: 0, warmupTime: 0 });
  bench('one layer by name, 179,800 steps of 256 loads, 267 MB', async () => void (await openTrace(named)), { iterations: 1, warmupIterations: 0, time: 0, warmupTime: 0 });
});
