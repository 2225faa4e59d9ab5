/**
 * A block of steps goes to the GPU in pieces: the browser writes a submit's commands down before the GPU begins with
 * them, so that it should have the next piece ready while the GPU works on one.
 */

/** Time of a piece, ms. */
const PIECE_MS = 4;

/**
 * Encodes `steps` steps and submits all but the last piece, whose encoder it gives back.
 * @param stepMs time of a step, ms; 0: not known @param encode writes step `n` of the block
 */
export function inPieces(device: GPUDevice, steps: number, stepMs: number, encode: (pass: GPUComputePassEncoder, n: number) => void): GPUCommandEncoder {
  const size = stepMs > 0 ? Math.max(1, Math.round(PIECE_MS / stepMs)) : steps;
  for (let from = 0; ; from += size) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let n = from; n < Math.min(steps, from + size); n++) encode(pass, n);
    pass.end();
    if (from + size >= steps) return encoder;
    device.queue.submit([encoder.finish()]);
  }
}
