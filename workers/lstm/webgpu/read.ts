/** Reads ranges of buffers back, behind everything that was submitted before. */

export interface Range {
  readonly buffer: GPUBuffer;
  /** Bytes; multiples of 4. */
  readonly from: number;
  readonly size: number;
}

export const whole = (buffer: GPUBuffer): Range => ({ buffer, from: 0, size: buffer.size });

/**
 * One copy and one wait for all ranges.
 * @param encoder commands to submit first
 */
export function read(device: GPUDevice, ranges: readonly Range[], encoder = device.createCommandEncoder()): Promise<readonly ArrayBuffer[]> {
  return readBy(device, ranges, (all, starts) => ranges.map(({ size }, i) => all.slice(starts[i], starts[i] + size)), encoder);
}

/**
 * The same without copies here.
 * @param use gets all ranges behind each other, which are gone afterwards, and where each begins
 * @param turn waited for before that
 */
export async function readBy<Result>(
  device: GPUDevice, ranges: readonly Range[], use: (all: ArrayBuffer, starts: readonly number[]) => Result, encoder = device.createCommandEncoder(), turn?: () => Promise<void>,
): Promise<Result> {
  const total = ranges.reduce((sum, { size }) => sum + size, 0);
  const staging = device.createBuffer({ label: 'read back', size: total, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    let end = 0;
    const starts = ranges.map(({ buffer, from, size }) => {
      encoder.copyBufferToBuffer(buffer, from, staging, end, size);
      end += size;
      return end - size;
    });
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    await turn?.();
    return use(staging.getMappedRange(), starts);
  } finally {
    staging.destroy();
  }
}
