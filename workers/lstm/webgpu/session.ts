/**
 * A session of the fused engine. Models that share a network train in one launch, many steps a submit, and judge
 * themselves on the GPU; this side hears of them once a block. Launches take turns, one after the other.
 */
import { breathe } from '../../../src/breathe.ts';
import { GatecastError } from '../../../src/errors.ts';
import type { Phase } from '../course.ts';
import type { Advance, Entry, Look, ModelState, Session } from '../engine.ts';
import type { Network } from '../network.ts';
import { attempt } from './attempt.ts';
import { lookOf, type Member } from './blocks.ts';
import { forecastsAtOnce } from './buffers.ts';
import { Group } from './group.ts';
import { standingOf } from './jobs.ts';
import { collect, collectMoment } from './layout.ts';
import { planLaunches } from './launches.ts';
import type { Pipelines } from './pipelines.ts';
import { candidates, taskOf, type DeviceLimits, type Launching } from './plan.ts';
import { Reader, type Range } from './read.ts';
import { Stepping } from './stepping.ts';
import { noLoss, readStruct, stateFields } from './structs.ts';
import { Together } from './together.ts';
import type { Tuner } from './tune.ts';

/** Bytes that launches may hold on the GPU before those that wait are put away. */
const MOST_BYTES = 3 * 2 ** 30;
/** Bytes of states that are read at once when a launch is put away. */
const MOST_READ = 2 ** 26;
/** Bytes of states that are taken in without a pause. */
const TAKEN_IN = 2 ** 23;
/** Launches of a session whose variants are measured: a sweep over many shapes would wait for little else. */
const MOST_MEASURED = 6;

const copyOf = (state: ModelState): ModelState => ({
  ...state, weights: state.weights.slice(), bestWeights: state.bestWeights.slice(), first: state.first.slice(), second: state.second.slice(),
});

/** Bytes of a model's weights on the GPU. */
const stateBytes = ({ quads }: Launching['shape']): number => quads * 16;

interface Launched {
  readonly launching: Launching;
  readonly models: readonly number[];
  readonly members: readonly Member[];
  group: Group | null;
  /** The group that is being made. */
  making: Promise<Group> | null;
  readonly stepping: Stepping;
  /** By place among the members. */
  readonly states: Together<number, ModelState>;
  readonly looks: Together<number, Look>;
  readonly forecasts: Together<number, Float32Array>;
}

export class WebGpuSession implements Session {
  readonly #device: GPUDevice;
  readonly #reader: Reader;
  readonly #pipelines: Pipelines;
  readonly #limits: DeviceLimits;
  readonly #tuner: Tuner | null;
  readonly #launches: readonly Launched[];
  /** Of every model: its launch, and its place in it. */
  readonly #places: readonly (readonly [Launched, number])[];
  #closed = false;

  constructor(device: GPUDevice, pipelines: Pipelines, limits: DeviceLimits, entries: readonly Entry[], tuner: Tuner | null) {
    this.#device = device;
    this.#reader = new Reader(device);
    this.#pipelines = pipelines;
    this.#limits = limits;
    this.#tuner = tuner;
    this.#launches = planLaunches(entries, limits).map(({ launching, models }): Launched => {
      const own = models.map((model) => entries[model]);
      const members = own.map((entry): Member => ({ entry, phase: null, standing: standingOf(entry.state), waits: false }));
      const launched: Launched = {
        launching, models, members, group: null, making: null,
        stepping: new Stepping(device, this.#reader, models, members),
        states: new Together((which) => this.#states(launched, which)),
        looks: new Together((which) => this.#looks(launched, which)),
        forecasts: new Together((which) => this.#forecasts(launched, which), forecastsAtOnce(own)),
      };
      return launched;
    });
    const places: (readonly [Launched, number])[] = [];
    for (const launched of this.#launches) launched.models.forEach((model, at) => { places[model] = [launched, at]; });
    this.#places = places;
  }

  begin(model: number, phase: Phase, fromBest: boolean): void {
    const [launched, at] = this.#places[model];
    const member = launched.members[at];
    launched.stepping.begin(at, phase);
    if (launched.group) {
      if (fromBest) launched.group.copyWeights(at, 'bestWeights');
    } else if (fromBest) {
      const { state } = member.entry;
      member.entry = { ...member.entry, state: { ...state, weights: state.bestWeights } };
    }
  }

  keep(model: number): void {
    const [launched, at] = this.#places[model];
    const member = launched.members[at];
    if (launched.group) launched.group.copyWeights(at, 'weights');
    else member.entry = { ...member.entry, state: { ...member.entry.state, bestWeights: member.entry.state.weights } };
  }

  async advance(ahead = false): Promise<readonly Advance[]> {
    // What was asked before goes to the GPU before the block does.
    await Promise.resolve();
    try {
      while (!this.#closed) {
        const idle = this.#launches.flatMap(({ stepping }) => stepping.withoutSteps());
        if (idle.length > 0) return idle;
        const launched = this.#launches.find(({ stepping }) => stepping.runs);
        if (!launched) break;
        const advances = await launched.stepping.block(() => this.#groupOf(launched), ahead);
        if (advances.length > 0) return advances;
      }
    } catch (error) {
      // Buffers of a closed session are gone.
      if (!this.#closed) throw error;
    }
    return [];
  }

  state(model: number): Promise<ModelState> {
    const [launched, at] = this.#places[model];
    return launched.states.ask(at);
  }

  look(model: number): Promise<Look> {
    const [launched, at] = this.#places[model];
    return launched.looks.ask(at);
  }

  forecast(model: number): Promise<Float32Array> {
    const [launched, at] = this.#places[model];
    return launched.forecasts.ask(at);
  }

  async #states({ group, members }: Launched, which: readonly number[]): Promise<readonly ModelState[]> {
    if (!group) return which.map((at) => copyOf(members[at].entry.state));
    const bytes = stateBytes(group.task.shape);
    const range = (buffer: GPUBuffer, at: number, width = 1): Range => ({ buffer, from: at * bytes * width, size: bytes * width });
    const { weights, bestWeights, moments } = group.buffers;
    const standings = which.map((at) => members[at].standing);
    // All is submitted at once, and taken in part by part: whoever waits for something else gets a turn in between.
    const atOnce = Math.max(1, Math.floor(TAKEN_IN / (4 * bytes)));
    const parts = Array.from({ length: Math.ceil(which.length / atOnce) }, (_, n) => [n * atOnce, (n + 1) * atOnce] as const);
    const states = await Promise.all(parts.map(async (span) => {
      const ranges = which.slice(...span).flatMap((at) => [range(weights!, at), range(bestWeights!, at), range(moments!, at, 2)]);
      return this.#reader.readBy(ranges, (all, starts) => standings.slice(...span).map(({ iteration, best: bestLoss, bestAt, scale, cutAt }, i) => {
        const part = (n: number): Float32Array => new Float32Array(all, starts[3 * i + n], ranges[3 * i + n].size / 4);
        const [newest, best, both] = [part(0), part(1), part(2)];
        const { map } = group;
        // The best weights are kept longer than what is needed to go on, so they have a buffer of their own.
        const count = map.length;
        const rest = new Float32Array(3 * count);
        return {
          iteration, weights: collect(map, newest, rest.subarray(0, count)), bestWeights: collect(map, best, new Float32Array(count)),
          first: collectMoment(map, both, 0, rest.subarray(count, 2 * count)), second: collectMoment(map, both, 1, rest.subarray(2 * count)),
          bestLoss: bestLoss >= noLoss ? Infinity : bestLoss, bestIteration: bestAt, rateScale: scale, cutAt,
        };
      }), undefined, breathe);
    }));
    return states.flat();
  }

  async #looks(launched: Launched, which: readonly number[]): Promise<readonly Look[]> {
    const { members, stepping } = launched;
    const group = await this.#groupOf(launched);
    stepping.disturb();
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    group.lookAt(pass, which, (at) => members[at].standing);
    pass.end();
    const [states, history] = await this.#reader.read(group.told(which.length), encoder);
    const lines = new Float32Array(history);
    return which.map((at, slot) => {
      members[at].standing = readStruct(stateFields, states, slot);
      return { ...lookOf(lines, group, slot, 0, { ...members[at], phase: null }), train: NaN };
    });
  }

  async #forecasts(launched: Launched, which: readonly number[]): Promise<readonly Float32Array[]> {
    const group = await this.#groupOf(launched);
    launched.stepping.disturb();
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const ranges = group.forecast(pass, which);
    pass.end();
    return (await this.#reader.read(ranges, encoder)).map((numbers) => new Float32Array(numbers));
  }

  /** A copy of a model's best weights on the GPU, and where each of its flat weights lies in it; the caller destroys it. */
  async weightsOnGpu(model: number): Promise<{ readonly network: Network; readonly buffer: GPUBuffer; readonly places: Uint32Array }> {
    const [launched, at] = this.#places[model];
    const group = await this.#groupOf(launched);
    const size = group.task.shape.quads * 16;
    const buffer = this.#device.createBuffer({ label: 'weights of a model', size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(group.buffers.bestWeights!, at * size, buffer, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    return { network: launched.members[at].entry.network, buffer, places: group.map };
  }

  close(): void {
    this.#closed = true;
    this.#reader.close();
    for (const launched of this.#launches) {
      launched.group?.destroy();
      launched.group = null;
    }
  }

  /** The launch's group on the GPU; others that wait are put away when there is no room for all. Asked for twice, it is made once. */
  async #groupOf(launched: Launched): Promise<Group> {
    const group = launched.group ?? await (launched.making ??= this.#make(launched).finally(() => { launched.making = null; }));
    if (this.#closed) throw new GatecastError({ code: 'cancelled', message: 'the session was closed' });
    return group;
  }

  async #make(launched: Launched): Promise<Group> {
    const held = this.#launches.reduce((sum, { group }) => sum + (group?.bytes ?? 0), 0);
    if (held > MOST_BYTES) for (const other of this.#launches) await this.#putAway(other);
    const entries = launched.members.map(({ entry }) => entry);
    const group = await this.#create(launched.launching, entries);
    if (this.#closed) group.destroy();
    else launched.group = group;
    return group;
  }

  async #putAway(launched: Launched): Promise<void> {
    const { group, members, models, stepping } = launched;
    if (!group) return;
    await stepping.settle();
    const atOnce = Math.max(1, Math.floor(MOST_READ / (4 * stateBytes(group.task.shape))));
    for (let from = 0; from < members.length; from += atOnce) {
      await Promise.all(members.slice(from, from + atOnce).map(async (member, i) => { member.entry = { ...member.entry, state: await this.state(models[from + i]) }; }));
    }
    group.destroy();
    launched.group = null;
  }

  async #create(launching: Launching, entries: readonly Entry[]): Promise<Group> {
    const tasks = candidates(launching, this.#limits);
    if (tasks.length === 0) {
      const { network } = launching.shape;
      throw new GatecastError({
        code: 'bad-setting', where: 'hiddenUnits',
        message: `an LSTM of ${network.inputs} inputs, ${network.hidden} hidden units and ${launching.shape.outputs} outputs does not fit the GPU’s workgroup memory of ${this.#limits.maxComputeWorkgroupStorageSize} bytes`,
        remedy: 'choose fewer hidden units or outputs, or the CPU',
      });
    }
    const task = this.#tuner ? await this.#tuner.choose(tasks, (one) => attempt(this.#device, this.#pipelines, one, entries), this.#launches.length > MOST_MEASURED) : tasks[0];
    for (let slots = task.slots; ; slots = Math.floor(slots / 2)) {
      const smaller = slots === task.slots ? task : taskOf({ ...launching, models: slots }, task.variant, this.#limits)!;
      try {
        return await Group.create(this.#device, this.#pipelines, smaller, entries);
      } catch (error) {
        // The card has less memory to give than its limits say.
        if (slots <= 1 || !(error instanceof Error) || !/memory/i.test(error.message)) throw error;
      }
    }
  }
}
