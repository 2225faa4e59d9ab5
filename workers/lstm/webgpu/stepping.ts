/**
 * Carries the models of a launch forward, block by block. While the GPU works on a block the next one may already be
 * submitted: its slots go on as the kernels left them, and this side reads what came of the first while the second runs.
 */
import type { Phase } from '../course.ts';
import { VALIDATE_EVERY, type Advance } from '../engine.ts';
import { blockSteps, isRunning, lookOf, sinceLook, toAdvance, type Member } from './blocks.ts';
import type { Group } from './group.ts';
import { inPieces } from './pieces.ts';
import type { Reader } from './read.ts';
import { readStruct, stateFields } from './structs.ts';

/** Blocks that tell how long a step takes before any is submitted ahead: the first holds what happens once. */
const MEASURED_FIRST = 2;

/** Steps that were submitted, for some members in the first slots. */
interface Block {
  readonly group: Group;
  readonly taking: readonly number[];
  readonly phases: readonly Phase[];
  /** Iteration that each has reached at the end of the block, unless its phase ends before. */
  readonly reaches: readonly number[];
  readonly told: Promise<readonly Advance[]>;
}

export class Stepping {
  readonly #device: GPUDevice;
  readonly #reader: Reader;
  readonly #models: readonly number[];
  readonly #members: readonly Member[];
  /** Steps since the last look, of all that were submitted. */
  #since = 0;
  /** Time of a step, ms; 0 before the first one. */
  #stepMs = 0;
  #measured = 0;
  /** When the last block was told of. */
  #toldAt = 0;
  /** Submitted before its turn. */
  #ahead: Block | null = null;
  /** The block that the slots on the GPU stand after; null: they were used for something else. */
  #slotsOf: Block | null = null;

  /** @param models by member, its number for whoever is told */
  constructor(device: GPUDevice, reader: Reader, models: readonly number[], members: readonly Member[]) {
    this.#device = device;
    this.#reader = reader;
    this.#models = models;
    this.#members = members;
  }

  get runs(): boolean {
    return this.#ahead !== null || this.#members.some(isRunning);
  }

  begin(at: number, phase: Phase): void {
    const member = this.#members[at];
    member.phase = phase;
    member.waits = this.#since > 0;
    member.standing = { ...member.standing, ended: 0, lossSum: 0, lossSteps: 0, improved: 0 };
  }

  /** The slots were, or will be, used for something else between two blocks. */
  disturb(): void {
    this.#slotsOf = null;
  }

  /** All that was submitted is done, and members stand as they do on the GPU; its buffers may go. What came of it is told by the next block. */
  async settle(): Promise<void> {
    this.disturb();
    await this.#ahead?.told;
  }

  /** Members whose phase has no step left to begin with. */
  withoutSteps(): Advance[] {
    return this.#members.flatMap((member, at): Advance[] => {
      const { phase, standing } = member;
      if (!phase || standing.ended !== 0 || standing.lossSteps > 0 || standing.iteration < phase.until) return [];
      standing.ended = 1;
      return [toAdvance(this.#models[at], standing, [])];
    });
  }

  /**
   * What came of the next block; nothing where all its members had ended before.
   * @param ahead whether another may follow on the GPU at once
   */
  async block(groupOf: () => Promise<Group>, ahead: boolean): Promise<readonly Advance[]> {
    const block = this.#ahead ?? this.#first(await groupOf());
    this.#ahead = ahead ? this.#following(block) : null;
    return block.told;
  }

  /** Of all members that run, which are written into the slots. */
  #first(group: Group): Block {
    const members = this.#members;
    if (this.#since === 0) for (const member of members) member.waits = false;
    const taking = members.flatMap((member, at) => (isRunning(member) && !member.waits ? [at] : []));
    if (this.#since === 0) this.#since = sinceLook(taking.map((at) => members[at]));
    group.writeSlots(taking, (at) => members[at]);
    return this.#submit({ group, taking, phases: taking.map((at) => members[at].phase!), reaches: taking.map((at) => members[at].standing.iteration) }, true);
  }

  /** Null where not all goes on as it is: some member ended, ends with the block or begins, or the slots are not the block's. */
  #following(block: Block): Block | null {
    const { taking, phases, reaches } = block;
    const goesOn = taking.every((at, slot) => {
      const { phase, standing } = this.#members[at];
      return phase === phases[slot] && standing.ended === 0 && reaches[slot] < phase.until;
    });
    if (this.#measured < MEASURED_FIRST || this.#slotsOf !== block || !goesOn || this.#members.filter(isRunning).length > taking.length) return null;
    return this.#submit(block, false);
  }

  /** @param from where its members stand before it @param written whether this side has just written their slots */
  #submit({ group, taking, phases, reaches: from }: Omit<Block, 'told'>, written: boolean): Block {
    const left = Math.max(...from.map((iteration, slot) => phases[slot].until - iteration));
    const steps = blockSteps(this.#stepMs, this.#since, left);
    const began = performance.now();
    const encoder = inPieces(this.#device, steps, this.#stepMs, (pass, n) => {
      group.step(pass, taking.length);
      this.#since++;
      if (this.#since === VALIDATE_EVERY || n + 1 >= left) {
        group.look(pass, taking.length);
        this.#since = 0;
      }
    });
    const submitted = { group, taking, phases, reaches: from.map((iteration) => iteration + steps) };
    const told = this.#told(submitted, encoder, written).then((advances) => {
      const now = performance.now();
      // One that waited for another began when that one ended, or a little before this side heard of it.
      this.#measure((now - (written ? began : this.#toldAt)) / steps, !written);
      this.#toldAt = now;
      return advances;
    });
    // Of a session that is closed nobody may ask any more.
    told.catch(() => {});
    const block = { ...submitted, told };
    this.#slotsOf = block;
    return block;
  }

  /** Submits the commands, reads where the members stand, and tells what is new. */
  async #told({ group, taking, phases }: Omit<Block, 'told'>, encoder: GPUCommandEncoder, written: boolean): Promise<readonly Advance[]> {
    const [states, history] = await this.#reader.read(group.told(taking.length), encoder);
    const lines = new Float32Array(history);
    return taking.flatMap((at, slot): Advance[] => {
      const member = this.#members[at];
      const { ended, looks: before } = member.standing;
      // It was told of with the block before, and may be in another phase by now.
      if (!written && (ended !== 0 || member.phase !== phases[slot])) return [];
      member.standing = readStruct(stateFields, states, slot);
      // The slots count on from block to block until they are written.
      const first = written ? 0 : before;
      const looks = Array.from({ length: member.standing.looks - first }, (_, n) => lookOf(lines, group, slot, first + n, member));
      return [toAdvance(this.#models[at], member.standing, looks)];
    });
  }

  /** @param waited for the block before it: this side may have heard late of that one's end, and the time be too short */
  #measure(stepMs: number, waited: boolean): void {
    const middle = 0.5 * (this.#stepMs + stepMs);
    if (waited) {
      this.#stepMs = middle;
      return;
    }
    this.#measured++;
    // The first blocks hold what happens once; a slower one may be another program's doing.
    this.#stepMs = this.#stepMs === 0 ? stepMs : Math.min(stepMs, middle);
  }
}
