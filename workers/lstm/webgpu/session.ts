/**
 * A session of the fused engine. Models that share a network train in one launch, many steps a submit, and judge
 * themselves on the GPU; this side hears of them once a block. Launches take turns, one after the other.
 */
import { GatecastError } from '../../../src/errors.ts';
import type { Phase } from '../course.ts';
import { VALIDATE_EVERY, type Advance, type Entry, type Look, type ModelState, type Session } from '../engine.ts';
import type { Network } from '../network.ts';
import { attempt } from './attempt.ts';
import { blockSteps, isRunning, lookOf, sinceLook, toAdvance, type Member } from './blocks.ts';
import { forecastsAtOnce } from './buffers.ts';
import { Group } from './group.ts';
import { standingOf } from './jobs.ts';
import { collect, collectMoment } from './layout.ts';
import { planLaunches } from './launches.ts';
import type { Pipelines } from './pipelines.ts';
import { candidates, taskOf, type DeviceLimits, type Launching } from './plan.ts';
import { inPieces } from './pieces.ts';
import { read, type Range } from './read.ts';
import { noLoss, readStruct, stateFields } from './structs.ts';
import { Together } from './together.ts';
import type { Tuner } from './tune.ts';

/** Bytes that launches may hold on the GPU before those that wait are put away. */
const MOST_BYTES = 3 * 2 ** 30;
/** Launches of a session whose variants are measured: a sweep over many shapes would wait for little else. */
const MOST_MEASURED = 6;

/** Bytes of models' states that are read at once. */
const MOST_READ = 2 ** 26;

/** Bytes of a model's weights on the GPU. */
const stateBytes = ({ quads }: Launching['shape']): number => quads * 16;

interface Launched {
  readonly launching: Launching;
  readonly models: readonly number[];
  readonly members: readonly Member[];
  group: Group | null;
  /** The group that is being made. */
  making: Promise<Group> | null;
  /** Steps since the last look. */
  since: number;
  /** Time of a step, ms; 0 before the first one. */
  stepMs: number;
  /** By place among the members. */
  readonly states: Together<number, ModelState>;
  readonly looks: Together<number, Look>;
  readonly forecasts: Together<number, Float32Array>;
}

export class WebGpuSession implements Session {
  readonly #device: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #limits: DeviceLimits;
  readonly #tuner: Tuner | null;
  readonly #launches: readonly Launched[];
  /** Of every model: its launch, and its place in it. */
  readonly #places: readonly (readonly [Launched, number])[];
  #closed = false;

  constructor(device: GPUDevice, pipelines: Pipelines, limits: DeviceLimits, entries: readonly Entry[], tuner: Tuner | null) {
    this.#device = device;
    this.#pipelines = pipelines;
    this.#limits = limits;
    this.#tuner = tuner;
    this.#launches = planLaunches(entries, limits).map(({ launching, models }): Launched => {
      const own = models.map((model) => entries[model]);
      const launched: Launched = {
        launching, models, group: null, making: null, since: 0, stepMs: 0,
        members: own.map((entry) => ({ entry, phase: null, standing: standingOf(entry.state), waits: false })),
        // Weights, best ones, and two moments of each.
        states: new Together((which) => this.#states(launched, which), Math.floor(MOST_READ / (4 * stateBytes(launching.shape)))),
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
    member.phase = phase;
    member.waits = launched.since > 0;
    member.standing = { ...member.standing, ended: 0, lossSum: 0, lossSteps: 0, improved: 0 };
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

  async advance(): Promise<readonly Advance[]> {
    const idle = this.#withoutSteps();
    if (idle.length > 0) return idle;
    const launched = this.#launches.find(({ members }) => members.some(isRunning));
    if (!launched) return [];
    try {
      const group = await this.#groupOf(launched);
      if (this.#closed) return [];
      return await this.#block(launched, group);
    } catch (error) {
      // Buffers of a closed session are gone.
      if (this.#closed) return [];
      throw error;
    }
  }

  /** Models whose phase has no step left to begin with. */
  #withoutSteps(): Advance[] {
    return this.#launches.flatMap(({ members, models }) => members.flatMap((member, at): Advance[] => {
      const { phase, standing } = member;
      if (!phase || standing.ended !== 0 || standing.lossSteps > 0 || standing.iteration < phase.until) return [];
      standing.ended = 1;
      return [toAdvance(models[at], standing, [])];
    }));
  }

  async #block(launched: Launched, group: Group): Promise<readonly Advance[]> {
    const { members } = launched;
    if (launched.since === 0) for (const member of members) member.waits = false;
    const taking = members.flatMap((member, at) => (isRunning(member) && !member.waits ? [at] : []));
    if (launched.since === 0) launched.since = sinceLook(taking.map((at) => members[at]));
    group.writeSlots(taking, (at) => members[at]);
    const left = Math.max(...taking.map((at) => members[at].phase!.until - members[at].standing.iteration));
    const steps = blockSteps(launched.stepMs, launched.since, left);
    const began = performance.now();
    const encoder = inPieces(this.#device, steps, launched.stepMs, (pass, n) => {
      group.step(pass, taking.length);
      launched.since++;
      if (launched.since === VALIDATE_EVERY || n + 1 >= left) {
        group.look(pass, taking.length);
        launched.since = 0;
      }
    });
    const advances = await this.#standings(launched, group, taking, encoder);
    const stepMs = (performance.now() - began) / steps;
    // The first blocks hold what happens once; a slower one may be another program's doing.
    launched.stepMs = launched.stepMs === 0 ? stepMs : Math.min(stepMs, 0.5 * (launched.stepMs + stepMs));
    return advances;
  }

  /** Submits the commands, reads where the launch's models stand, and tells what is new. */
  async #standings(launched: Launched, group: Group, taking: readonly number[], encoder: GPUCommandEncoder): Promise<readonly Advance[]> {
    const [states, history] = await read(this.#device, group.told(taking.length), encoder);
    const lines = new Float32Array(history);
    return taking.map((at, slot) => {
      const member = launched.members[at];
      member.standing = readStruct(stateFields, states, slot);
      const looks = Array.from({ length: member.standing.looks }, (_, n) => lookOf(lines, group, slot, n, member));
      return toAdvance(launched.models[at], member.standing, looks);
    });
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
    if (!group) return which.map((at) => members[at].entry.state);
    const bytes = stateBytes(group.task.shape);
    const range = (buffer: GPUBuffer, at: number, width = 1): Range => ({ buffer, from: at * bytes * width, size: bytes * width });
    const { weights, bestWeights, moments } = group.buffers;
    const standings = which.map((at) => members[at].standing);
    const parts = await read(this.#device, which.flatMap((at) => [range(weights!, at), range(bestWeights!, at), range(moments!, at, 2)]));
    return standings.map(({ iteration, best: bestLoss, bestAt, scale, cutAt }, i) => {
      const [newest, best, both] = parts.slice(3 * i, 3 * i + 3);
      const numbers = new Float32Array(both);
      const moment = (one: 0 | 1): Float32Array => collectMoment(group.map, numbers, one);
      return {
        iteration, weights: collect(group.map, new Float32Array(newest)), bestWeights: collect(group.map, new Float32Array(best)),
        first: moment(0), second: moment(1), bestLoss: bestLoss >= noLoss ? Infinity : bestLoss, bestIteration: bestAt, rateScale: scale, cutAt,
      };
    });
  }

  async #looks(launched: Launched, which: readonly number[]): Promise<readonly Look[]> {
    const { members } = launched;
    const group = await this.#groupOf(launched);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    group.lookAt(pass, which, (at) => members[at].standing);
    pass.end();
    const [states, history] = await read(this.#device, group.told(which.length), encoder);
    const lines = new Float32Array(history);
    return which.map((at, slot) => {
      members[at].standing = readStruct(stateFields, states, slot);
      return { ...lookOf(lines, group, slot, 0, { ...members[at], phase: null }), train: NaN };
    });
  }

  async #forecasts(launched: Launched, which: readonly number[]): Promise<readonly Float32Array[]> {
    const group = await this.#groupOf(launched);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const ranges = group.forecast(pass, which);
    pass.end();
    return (await read(this.#device, ranges, encoder)).map((numbers) => new Float32Array(numbers));
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
    for (const launched of this.#launches) {
      launched.group?.destroy();
      launched.group = null;
    }
  }

  /** The launch's group on the GPU; others that wait are put away when there is no room for all. Asked for twice, it is made once. */
  #groupOf(launched: Launched): Promise<Group> {
    if (launched.group) return Promise.resolve(launched.group);
    launched.making ??= this.#make(launched).finally(() => { launched.making = null; });
    return launched.making;
  }

  async #make(launched: Launched): Promise<Group> {
    const held = this.#launches.reduce((sum, { group }) => sum + (group?.bytes ?? 0), 0);
    if (held > MOST_BYTES) for (const other of this.#launches) await this.#putAway(other);
    const entries = launched.members.map(({ entry }) => entry);
    const group = await this.#create(launched.launching, entries);
    if (this.#closed) {
      group.destroy();
      throw new GatecastError({ code: 'cancelled', message: 'the session was closed' });
    }
    launched.group = group;
    return group;
  }

  async #putAway(launched: Launched): Promise<void> {
    const { group, members, models } = launched;
    if (!group) return;
    await Promise.all(members.map(async (member, at) => { member.entry = { ...member.entry, state: await this.state(models[at]) }; }));
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
