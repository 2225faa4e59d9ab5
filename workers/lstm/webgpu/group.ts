/** Models of one network and batch size on the GPU: their buffers, and the commands of their steps and looks. */
import type { Entry } from '../engine.ts';
import type { Phase } from '../course.ts';
import { pack, type Placed } from './data.ts';
import { forecastCount } from '../network.ts';
import { bufferBytes, historyBytes } from './buffers.ts';
import { jobOf, standingOf, type Standing } from './jobs.ts';
import { places, scatter, scatterMoments } from './layout.ts';
import { PART_STRIDE, type Compiled, type Pipelines } from './pipelines.ts';
import type { Range } from './read.ts';
import { jobFields, partFields, stateFields, structBytes, writeStruct } from './structs.ts';
import { kernelsOf, type Kernels, type Launch } from './wgsl/index.ts';
import type { Task } from './wgsl/piece.ts';
import type { Resource } from './wgsl/source.ts';

interface Bound extends Launch {
  readonly compiled: Compiled;
  readonly group: GPUBindGroup;
}

/** A dispatch, ready to be encoded again and again. */
interface Command {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly offset: readonly number[];
  readonly size: readonly [number, number, number];
}

function run(pass: GPUComputePassEncoder, commands: readonly Command[]): void {
  for (const { pipeline, group, offset, size } of commands) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, offset);
    pass.dispatchWorkgroups(...size);
  }
}

type PartValues = Partial<Readonly<Record<(typeof partFields)[number][0], number>>>;

/** Parts that a parts buffer holds; more of them than any launch has. */
const MOST_PARTS = 4096;

export class Group {
  readonly task: Task;
  readonly map: Uint32Array;
  readonly buffers: Readonly<Partial<Record<Resource, GPUBuffer>>>;
  readonly #device: GPUDevice;
  readonly #entries: readonly Entry[];
  readonly #placed: ReadonlyMap<Entry['examples'], Placed>;
  readonly #kernels: Kernels;
  readonly #partsBuffer: GPUBuffer;
  readonly #partPlaces = new Map<string, number>();
  readonly #commands = new Map<string, readonly Command[]>();
  readonly #bound = new Map<Launch, Bound>();
  /** Those of `listed`, with the best weights in the place of the newest. */
  readonly #best = new Map<Launch, Bound>();

  private constructor(device: GPUDevice, task: Task, entries: readonly Entry[]) {
    this.#device = device;
    this.task = task;
    this.#entries = entries;
    this.map = places(task.shape);
    this.#kernels = kernelsOf(task);
    const { words, placed } = pack(entries.map(({ examples }) => examples), task.parts);
    this.#placed = placed;
    this.buffers = this.#allocate(words);
    this.#partsBuffer = device.createBuffer({ label: 'parts', size: PART_STRIDE * MOST_PARTS, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  /** @throws GPUOutOfMemoryError or GPUValidationError, as errors, when the device refuses */
  static async create(device: GPUDevice, pipelines: Pipelines, task: Task, entries: readonly Entry[]): Promise<Group> {
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    let group: Group | null = null;
    let failed: unknown = null;
    try {
      group = new Group(device, task, entries);
      await group.#compile(pipelines);
      group.#upload();
    } catch (error) {
      failed = error;
    }
    const problems = [await device.popErrorScope(), await device.popErrorScope()].filter((one) => one !== null);
    if (failed || problems.length > 0 || !group) {
      group?.destroy();
      throw failed instanceof Error ? failed : new Error(problems[0]?.message ?? 'the GPU refused the launch');
    }
    return group;
  }

  #allocate(words: Uint32Array): Group['buffers'] {
    const buffers = Object.fromEntries(Object.entries({ ...bufferBytes(this.task, this.#entries), data: words.byteLength }).map(([name, size]) => [name, this.#device.createBuffer({
      label: name, size: Math.max(16, Math.ceil(size / 16) * 16),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    })])) as Partial<Record<Resource, GPUBuffer>>;
    this.#device.queue.writeBuffer(buffers.data!, 0, words as Uint32Array<ArrayBuffer>);
    return { ...buffers, ...(buffers.transposedNumbers ? { transposed: buffers.transposedNumbers } : {}) };
  }

  async #compile(pipelines: Pipelines): Promise<void> {
    const { main, step, listed, look, written } = this.#kernels;
    await Promise.all([...main, ...step, ...listed, ...look, ...written].map(async (launch) => {
      const compiled = await pipelines.compile(launch.kernel);
      const bind = (buffers: Group['buffers']): Bound => ({ ...launch, compiled, group: pipelines.bind(launch.kernel, compiled, buffers, this.#partsBuffer) });
      this.#bound.set(launch, bind(this.buffers));
      if (listed.includes(launch)) this.#best.set(launch, bind({ ...this.buffers, weights: this.buffers.bestWeights }));
    }));
  }

  #upload(): void {
    const { quads } = this.task.shape;
    const { queue } = this.#device;
    const size = quads * 16;
    const weights = new Float32Array(quads * 4);
    const moments = new Float32Array(quads * 8);
    const encoder = this.#device.createCommandEncoder();
    // Models that start alike share their arrays: what lies on the GPU already is copied there, from one buffer to the other.
    const held = new Map<Float32Array, { readonly weights?: number; readonly bestWeights?: number }>();
    const put = (flat: Float32Array, into: 'weights' | 'bestWeights', model: number): void => {
      const other = into === 'weights' ? 'bestWeights' : 'weights';
      const known = held.get(flat);
      const from = known?.[other];
      if (from !== undefined) encoder.copyBufferToBuffer(this.buffers[other]!, from * size, this.buffers[into]!, model * size, size);
      else {
        scatter(this.map, flat, weights);
        queue.writeBuffer(this.buffers[into]!, model * size, weights);
      }
      held.set(flat, { ...known, [into]: model });
    };
    let zeros: Float32Array | null = null;
    const isZero = (moment: Float32Array): boolean => {
      if (moment !== zeros && moment.every((value) => value === 0)) zeros = moment;
      return moment === zeros;
    };
    this.#entries.forEach(({ state: { weights: newest, bestWeights, first, second } }, model) => {
      put(newest, 'weights', model);
      put(bestWeights, 'bestWeights', model);
      // Buffers begin as zeros.
      if (isZero(first) && isZero(second)) return;
      scatterMoments(this.map, first, second, moments);
      queue.writeBuffer(this.buffers.moments!, model * quads * 32, moments);
    });
    if (this.#kernels.written.length > 0) {
      this.writeSlots(this.#entries.map((_, model) => model), (model) => ({ phase: null, standing: standingOf(this.#entries[model].state) }));
      const pass = encoder.beginComputePass();
      this.#written(pass, 0, this.#entries.length);
      pass.end();
    }
    queue.submit([encoder.finish()]);
  }

  /**
   * Tells slots `firstSlot`, … which models they work on, in which phases, and where those stand.
   * @param answerRows rows of forecasts that each slot has for itself
   */
  writeSlots(models: readonly number[], of: (model: number) => { readonly phase: Phase | null; readonly standing: Standing }, firstSlot = 0, answerRows = 0): void {
    const [jobSize, stateSize] = [structBytes(jobFields), structBytes(stateFields)];
    const jobs = new ArrayBuffer(models.length * jobSize);
    const states = new ArrayBuffer(models.length * stateSize);
    models.forEach((model, i) => {
      const { phase, standing } = of(model);
      writeStruct(jobFields, jobs, i, { ...jobOf(this.#entries[model], this.#placed, model, phase), answers: i * answerRows });
      // Looks are counted from the start of a block.
      writeStruct(stateFields, states, i, { ...standing, looks: 0 });
    });
    this.#device.queue.writeBuffer(this.buffers.jobs!, firstSlot * jobSize, jobs);
    this.#device.queue.writeBuffer(this.buffers.states!, firstSlot * stateSize, states);
  }

  /** Where the kernels tell of the first `count` slots: states, then history. */
  told(count: number): readonly Range[] {
    const range = (buffer: GPUBuffer, size: number): Range => ({ buffer, from: 0, size: count * size });
    return [range(this.buffers.states!, structBytes(stateFields)), range(this.buffers.history!, historyBytes(this.task))];
  }

  /** Place of a part's values in the parts buffer; written at its first use. */
  #part(values: PartValues): number {
    const key = JSON.stringify(values);
    const known = this.#partPlaces.get(key);
    if (known !== undefined) return known;
    const place = this.#partPlaces.size * PART_STRIDE;
    if (this.#partPlaces.size >= MOST_PARTS) throw new Error('a launch has more parts than its buffer holds');
    const bytes = new ArrayBuffer(structBytes(partFields));
    writeStruct(partFields, bytes, 0, values);
    this.#device.queue.writeBuffer(this.#partsBuffer, place, bytes);
    this.#partPlaces.set(key, place);
    return place;
  }

  #command({ extent, compiled, group }: Bound, values: PartValues, tiles: number, slots: number): Command {
    const offset = [this.#part(values)];
    const { pipeline } = compiled;
    switch (extent.kind) {
      case 'tiles': return { pipeline, group, offset, size: [tiles, slots, 1] };
      case 'slots': return { pipeline, group, offset, size: [extent.x, slots, 1] };
      case 'slices': return { pipeline, group, offset, size: [extent.x, this.task.slices[extent.layer], slots] };
    }
  }

  /** Turns that `count` models take when not all of them have room at once: first slot and slots of each. */
  *#turns(count: number): Generator<readonly [number, number]> {
    for (let slot = 0; slot < count; slot += this.task.slots) yield [slot, Math.min(this.task.slots, count - slot)];
  }

  /** Commands of steps and looks are the same for the same number of models: they are made once. */
  #replay(pass: GPUComputePassEncoder, key: string, make: () => Command[]): void {
    const commands = this.#commands.get(key) ?? make();
    this.#commands.set(key, commands);
    run(pass, commands);
  }

  /** One training step of the first `count` slots. */
  step(pass: GPUComputePassEncoder, count: number): void {
    this.#replay(pass, `step ${count}`, () => {
      const { tiles, chunk } = this.task;
      const commands: Command[] = [];
      for (const [slot, slots] of this.#turns(count)) {
        for (let tile = 0; tile < tiles; tile += chunk) {
          for (const launch of this.#kernels.main) commands.push(this.#command(this.#bound.get(launch)!, { tile, slot, adds: tile > 0 ? 1 : 0 }, Math.min(chunk, tiles - tile), slots));
        }
        for (const launch of this.#kernels.step) commands.push(this.#command(this.#bound.get(launch)!, { slot }, 0, slots));
      }
      return commands;
    });
  }

  /** Names of the kernels of a step, in order. */
  get stepKernels(): readonly string[] {
    return [...this.#kernels.main, ...this.#kernels.step].map(({ kernel }) => kernel.label);
  }

  /** One kernel of a step alone, all tiles and `count` slots in one turn: for measurements. */
  alone(pass: GPUComputePassEncoder, label: string, count: number): void {
    const launch = [...this.#kernels.main, ...this.#kernels.step].find(({ kernel }) => kernel.label === label)!;
    run(pass, [this.#command(this.#bound.get(launch)!, {}, this.task.chunk, Math.min(count, this.task.slots))]);
  }

  /** A look at the first `count` slots: those whose phase validates do so. */
  look(pass: GPUComputePassEncoder, count: number): void {
    this.#replay(pass, `look ${count}`, () => {
      const samples = Math.max(...this.#entries.map(({ examples }) => examples.validation.length));
      return [...this.#turns(count)].flatMap(([slot, slots]) => [
        ...this.#listed(this.#bound, { slot }, slots, samples),
        ...this.#kernels.look.map((launch) => this.#command(this.#bound.get(launch)!, { slot }, 0, slots)),
      ]);
    });
  }

  /** A look at models from outside, in the first slots: between two blocks of steps these are free. */
  lookAt(pass: GPUComputePassEncoder, models: readonly number[], standingOfModel: (model: number) => Standing): void {
    this.writeSlots(models, (model) => ({ phase: null, standing: standingOfModel(model) }));
    const samples = Math.max(...models.map((model) => this.#entries[model].examples.validation.length));
    for (const [slot, slots] of this.#turns(models.length)) {
      run(pass, [
        ...this.#listed(this.#bound, { slot, always: 1 }, slots, samples),
        ...this.#kernels.look.map((launch) => this.#command(this.#bound.get(launch)!, { slot, always: 1 }, 0, slots)),
      ]);
    }
  }

  /** Forecasts of the best weights of at most `forecastsAtOnce` models, into `forecasts`: where those of each lie in it. Takes the first slots, as `lookAt` does. */
  forecast(pass: GPUComputePassEncoder, models: readonly number[]): readonly Range[] {
    const queries = models.map((model) => this.#entries[model].examples.queries.length);
    const most = Math.max(...queries);
    this.writeSlots(models, (model) => ({ phase: null, standing: standingOf(this.#entries[model].state) }), 0, most);
    for (const [slot, slots] of this.#turns(models.length)) run(pass, this.#listed(this.#best, { slot, always: 1, list: 1 }, slots, most));
    const rowBytes = forecastCount(this.#entries[0].network) * 4;
    return queries.map((count, i) => ({ buffer: this.buffers.forecasts!, from: i * most * rowBytes, size: count * rowBytes }));
  }

  /** After weights of `count` slots were written from outside. */
  #written(pass: GPUComputePassEncoder, slot: number, count: number): void {
    run(pass, this.#kernels.written.map((launch) => this.#command(this.#bound.get(launch)!, { slot }, 0, count)));
  }

  /** Takes a model's best weights for its newest ones, or the other way round. */
  copyWeights(model: number, from: 'bestWeights' | 'weights'): void {
    const { quads } = this.task.shape;
    const encoder = this.#device.createCommandEncoder();
    const [source, target] = from === 'bestWeights' ? [this.buffers.bestWeights!, this.buffers.weights!] : [this.buffers.weights!, this.buffers.bestWeights!];
    encoder.copyBufferToBuffer(source, model * quads * 16, target, model * quads * 16, quads * 16);
    if (from === 'bestWeights' && this.#kernels.written.length > 0) {
      // In the slot behind those of a launch.
      const outside = this.#entries.length;
      this.writeSlots([model], () => ({ phase: null, standing: standingOf(this.#entries[model].state) }), outside);
      const pass = encoder.beginComputePass();
      this.#written(pass, outside, 1);
      pass.end();
    }
    this.#device.queue.submit([encoder.finish()]);
  }

  #listed(bound: ReadonlyMap<Launch, Bound>, values: PartValues, slots: number, samples: number): Command[] {
    const { chunk, variant } = this.task;
    const tiles = Math.ceil(samples / variant.rows);
    const commands: Command[] = [];
    for (let tile = 0; tile < tiles; tile += chunk) {
      for (const launch of this.#kernels.listed) commands.push(this.#command(bound.get(launch)!, { ...values, tile }, Math.min(chunk, tiles - tile), slots));
    }
    return commands;
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return [...new Set(Object.values(this.buffers))].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  destroy(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
    this.#partsBuffer.destroy();
  }
}
