import { expect, test } from 'vitest';
import { modelsOf, plannedForecasts } from '../../../src/app/training-plan.ts';
import { autoForms, autoSettings } from '../../../src/forecast/auto.ts';
import { bankHistory } from '../../../src/forecast/bank-history.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { grainSteps, usualLstmValues, type LstmForm, type LstmSettings } from '../../../src/forecast/lstm.ts';
import { gaussian, random } from '../../../src/random.ts';
import { binnedHistory } from '../../../src/trace/pictures/binned.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import type { LayerForecast } from '../../../workers/contract.ts';
import { trainModels } from '../../../workers/lstm/trainer.ts';
import { createWasmEngine } from '../../../workers/lstm/wasm/engine.ts';
import { quiet } from './support.ts';

const rows = 2400;
const originStep = 1800;
const experts = 5;

/** Two layers of counts that wander; from a row on they are garbage. */
function traceSpoilt(fromRow: number): Trace {
  const layers = [1, 2].map((seed) => {
    const [next, spoil] = [random(seed), random(seed + 50)];
    const loads = new Float64Array(experts).fill(1);
    const values = new Uint32Array(rows * experts);
    for (let row = 0; row < rows; row++) {
      for (let expert = 0; expert < experts; expert++) {
        loads[expert] += 0.003 * (1 - loads[expert]) + 0.01 * gaussian(next);
        const count = Math.max(0, Math.round(1000 * (loads[expert] + 0.1 * gaussian(next))));
        const garbage = Math.floor(5000 * spoil() ** 4);
        values[row * experts + expert] = row >= fromRow ? garbage : count;
      }
    }
    return { name: String(seed), experts, values };
  });
  return { name: 'made', kind: 'counts', steps: Float64Array.from({ length: rows }, (_, row) => row), layers } as unknown as Trace;
}

const engine = await createWasmEngine();

async function forecasts(trace: Trace, settings: LstmSettings, auto: boolean): Promise<readonly LayerForecast[]> {
  const layers = trace.layers.map(({ values }) => layerShares(values, trace.steps, experts));
  const plan = { auto, settings, seed: 1, layers: [0, 1], horizonSteps: 500 };
  const banks = layers.map((layer, i) => bankHistory(i, historyBefore(layer, originStep, [layers[1 - i]]), originStep, [500]));
  const histories = plan.layers.map((layer) => binnedHistory(trace, layer, originStep, grainSteps(settings)));
  const trained = await trainModels({ models: modelsOf(plan), histories, banks, horizonSteps: 500 }, engine, quiet());
  return plannedForecasts(plan, trained, banks);
}

const settingsOf = (form: LstmForm): LstmSettings => ({ ...autoSettings('residual'), ...usualLstmValues(form), windowSteps: 400, hiddenUnits: 4, iterations: 30, batchSize: 32 });

test.each([['Auto', autoSettings(autoForms[0]), true], ...(['pooled', 'residual', 'gate', 'joint'] as const).map((form) => [form, settingsOf(form), false] as const)] as const)(
  '%s: garbage from the origin on changes nothing, right before it it does', async (_, settings, auto) => {
    const clean = await forecasts(traceSpoilt(rows), settings, auto);
    expect(await forecasts(traceSpoilt(originStep), settings, auto)).toEqual(clean);
    expect(await forecasts(traceSpoilt(originStep - 1), settings, auto)).not.toEqual(clean);
    for (const { mean } of clean) expect(mean.every(Number.isFinite)).toBe(true);
  },
);
