/** Reads ranges of buffers back, behind everything that was submitted before. */

export interface Range {
  readonly buffer: GPUBuffer;
  /** Bytes; multiples of 4. */
  readonly from: number;
  readonly size: number;
}

export const whole = (buffer: GPUBuffer): Range => ({ buffer, from: 0, size: buffer.size });

/** Bytes that are kept for the next reads: memory that was mapped before is read faster. */
const MOST_KEPT = 3 * 2 ** 25;
const LEAST_SIZE = 2 ** 12;

export class Reader {
  readonly #device: GPUDevice;
  /** Buffers that nobody reads at the moment. */
  #free: readonly GPUBuffer[] = [];
  #closed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * One copy and one wait for all ranges.
   * @param encoder commands to submit first
   */
  read(ranges: readonly Range[], encoder?: GPUCommandEncoder): Promise<readonly ArrayBuffer[]> {
    return this.readBy(ranges, (all, starts) => ranges.map(({ size }, i) => all.slice(starts[i], starts[i] + size)), encoder);
  }

  /**
   * The same without copies here.
   * @param use gets all ranges behind each other, which are gone afterwards, and where each begins
   * @param turn waited for before that
   */
  async readBy<Result>(
    ranges: readonly Range[], use: (all: ArrayBuffer, starts: readonly number[]) => Result, encoder = this.#device.createCommandEncoder(), turn?: () => Promise<void>,
  ): Promise<Result> {
    const total = ranges.reduce((sum, { size }) => sum + size, 0);
    const staging = this.#take(total);
    let sound = false;
    try {
      let end = 0;
      const starts = ranges.map(({ buffer, from, size }) => {
        encoder.copyBufferToBuffer(buffer, from, staging, end, size);
        end += size;
        return end - size;
      });
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, total);
      await turn?.();
      const result = use(staging.getMappedRange(0, total), starts);
      staging.unmap();
      sound = true;
      return result;
    } finally {
      if (sound) this.#giveBack(staging);
      else staging.destroy();
    }
  }

  /** What is being read still comes. */
  close(): void {
    this.#closed = true;
    for (const buffer of this.#free) buffer.destroy();
    this.#free = [];
  }

  /** Sizes are powers of two, so that one serves many reads. */
  #take(bytes: number): GPUBuffer {
    const size = Math.max(LEAST_SIZE, 2 ** Math.ceil(Math.log2(bytes)));
    const found = this.#free.find((buffer) => buffer.size === size);
    if (!found) return this.#device.createBuffer({ label: 'read back', size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.#free = this.#free.filter((buffer) => buffer !== found);
    return found;
  }

  #giveBack(buffer: GPUBuffer): void {
    const kept = this.#free.reduce((sum, { size }) => sum + size, 0);
    if (this.#closed || kept + buffer.size > MOST_KEPT) buffer.destroy();
    else this.#free = [...this.#free, buffer];
  }
}
