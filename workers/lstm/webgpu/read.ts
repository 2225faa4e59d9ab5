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
export async function read(device: GPUDevice, ranges: readonly Range[], encoder = device.createCommandEncoder()): Promise<readonly ArrayBuffer[]> {
  const total = ranges.reduce((sum, { size }) => sum + size, 0);
  const staging = device.createBuffer({ label: 'read back', size: total, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    let at = 0;
    for (const { buffer, from, size } of ranges) {
      encoder.copyBufferToBuffer(buffer, from, staging, at, size);
      at += size;
    }
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const all = staging.getMappedRange().slice(0);
    at = 0;
    return ranges.map(({ size }) => all.slice(at, (at += size)));
  } finally {
    staging.destroy();
  }
}
