/**
 * One LSTM layer over all bins of a few rows. Units stand in blocks of four; the last block is filled with units whose
 * weights are zero. Of a block and a row, the gates i, f, c, o lie side by side, 16 numbers, a cache line.
 */
import { columnSums, outerProduct, product } from './products';
import { madd, one, sigmoid, tanh } from './simd';

/** Where a layer's numbers lie; written by the engine, field by field. Addresses in bytes. */
@unmanaged
export class Layer {
  /** Numbers per bin. */
  inputs: usize;
  hidden: usize;
  bins: usize;
  /** ceil(hidden / 4) */
  blocks: usize;
  /** `[block][bias, inputs, hidden][16]` */
  weights: usize;
  /** Recurrent weights, transposed: panels of 8 units, `[blocks · 16][8]`. */
  back: usize;
  /** Weights of the inputs, transposed likewise; 0 when nobody needs the inputs' gradient. */
  backInputs: usize;
  /** `[bin][block][row][16]`: the gates, later the gradients of what they are functions of. */
  gates: usize;
  /** `[bins + 1][row][blocks · 4]`: the cells and the hidden state; at 0 the zeros before the first bin. */
  cells: usize;
  states: usize;
  /** tanh of the cells, `[bin][row][blocks · 4]`. */
  squashed: usize;
  /** Gradient of the cells, `[row][blocks · 4]`. */
  cellGradient: usize;
  /** Gradient of the hidden state through the next bin, `[row][panels · 8]`. */
  stateGradient: usize;
  /** Gradient of the inputs, `[bin][row][panels · 8]`. */
  inputGradient: usize;
  /** Gradient of the weights, as `weights`; added to. */
  gradient: usize;
}

/** Bins whose weight gradients are summed at once. */
const GROUP: usize = 4;

/**
 * Forward over all bins.
 * @param rows a multiple of 2
 * @param x the inputs; `xRow` and `xBin`: bytes between rows and between bins
 * @param keep whether gates and cells are kept for `backward`; else each bin writes over the last one's
 */
export function forward(l: Layer, rows: usize, x: usize, xRow: usize, xBin: usize, keep: bool): void {
  const stateRow = l.blocks * 16;
  const stateBin = rows * stateRow;
  const gateBin = l.blocks * rows * 64;
  memory.fill(l.cells, 0, stateBin);
  memory.fill(l.states, 0, stateBin);
  for (let bin: usize = 0; bin < l.bins; bin++) {
    const kept: usize = keep ? bin : 0;
    const cells = l.cells + kept * stateBin;
    forwardBin(
      l, rows, x + bin * xBin, xRow, l.states + bin * stateBin, stateRow, l.gates + kept * gateBin,
      cells, keep ? cells + stateBin : cells, l.squashed + kept * stateBin, stateBin,
    );
  }
}

/** @param nextState bytes from the state that is read to the one that is written */
function forwardBin(
  l: Layer, rows: usize, x: usize, xRow: usize, states: usize, stateRow: usize, gates: usize, cells: usize, nextCells: usize, squashed: usize, nextState: usize,
): void {
  const inputs = l.inputs, hidden = l.hidden;
  const blockBytes = (1 + inputs + hidden) * 64;
  for (let block: usize = 0; block < l.blocks; block++) {
    const bias = l.weights + block * blockBytes;
    for (let row: usize = 0; row < rows; row += 2) {
      let i0 = v128.load(bias), f0 = v128.load(bias, 16), g0 = v128.load(bias, 32), o0 = v128.load(bias, 48);
      let i1 = i0, f1 = f0, g1 = g0, o1 = o0;
      let w = bias + 64;
      let a0 = x + row * xRow, a1 = a0 + xRow, end = a0 + (inputs << 2);
      const state = states + row * stateRow;
      for (let part = 0; part < 2; part++) {
        while (a0 < end) {
          const x0 = v128.load32_splat(a0), x1 = v128.load32_splat(a1);
          let y = v128.load(w);
          i0 = madd(x0, y, i0);
          i1 = madd(x1, y, i1);
          y = v128.load(w, 16);
          f0 = madd(x0, y, f0);
          f1 = madd(x1, y, f1);
          y = v128.load(w, 32);
          g0 = madd(x0, y, g0);
          g1 = madd(x1, y, g1);
          y = v128.load(w, 48);
          o0 = madd(x0, y, o0);
          o1 = madd(x1, y, o1);
          a0 += 4;
          a1 += 4;
          w += 64;
        }
        a0 = state;
        a1 = state + stateRow;
        end = state + (hidden << 2);
      }
      const gate = gates + (block * rows + row) * 64;
      storeGates(gate, i0, f0, g0, o0);
      storeGates(gate + 64, i1, f1, g1, o1);
    }
    // Row by row in loops of their own: many short chains of dependent operations run at once.
    const blockGates = gates + block * rows * 64;
    activate(blockGates, rows);
    const at = block * 16;
    closeCells(blockGates, rows, cells + at, nextCells + at, squashed + at, states + at + nextState, stateRow);
  }
}

@inline
function storeGates(to: usize, i: v128, f: v128, g: v128, o: v128): void {
  v128.store(to, i);
  v128.store(to, f, 16);
  v128.store(to, g, 32);
  v128.store(to, o, 48);
}

/** The functions of the gates i, f, c, o. */
function activate(gate: usize, rows: usize): void {
  for (const end = gate + rows * 64; gate < end; gate += 64) {
    v128.store(gate, sigmoid(v128.load(gate)));
    v128.store(gate, sigmoid(v128.load(gate, 16)), 16);
    v128.store(gate, tanh(v128.load(gate, 32)), 32);
    v128.store(gate, sigmoid(v128.load(gate, 48)), 48);
  }
}

/** c ← f · c + i · g, h = o · tanh(c), for the four units of a block. */
function closeCells(gate: usize, rows: usize, cell: usize, nextCell: usize, squashed: usize, state: usize, stateRow: usize): void {
  for (const end = gate + rows * 64; gate < end; gate += 64) {
    const c = madd(v128.load(gate, 16), v128.load(cell), f32x4.mul(v128.load(gate), v128.load(gate, 32)));
    const s = tanh(c);
    v128.store(nextCell, c);
    v128.store(squashed, s);
    v128.store(state, f32x4.mul(v128.load(gate, 48), s));
    cell += stateRow;
    nextCell += stateRow;
    squashed += stateRow;
    state += stateRow;
  }
}

/**
 * Backward over all bins, after `forward` on the same rows: adds to the gradient of the weights, and writes the inputs'
 * where it is asked for.
 * @param rows a multiple of 4
 * @param outer gradient of the hidden state from outside, `[row][panels · 8]`
 * @param outerBin bytes between the bins of `outer`; 0: it is the last bin's, and the others have none
 */
export function backward(l: Layer, rows: usize, x: usize, xRow: usize, xBin: usize, outer: usize, outerBin: usize): void {
  const panels = (l.hidden + 7) >> 3;
  const inputPanels = (l.inputs + 7) >> 3;
  const gateBin = l.blocks * rows * 64;
  memory.fill(l.cellGradient, 0, rows * l.blocks * 16);
  memory.fill(l.stateGradient, 0, rows * panels * 32);
  let done = l.bins;
  for (let bin: usize = l.bins; bin-- > 0; ) {
    const from = outerBin ? outer + bin * outerBin : bin == l.bins - 1 ? outer : 0;
    backwardBin(l, rows, bin, panels * 32, from);
    const gates = l.gates + bin * gateBin;
    if (bin > 0) product(rows, 16, l.blocks, gates, 64, rows * 64, l.back, panels, 0, l.stateGradient, panels * 32);
    if (l.backInputs) {
      const out = l.inputGradient + bin * rows * inputPanels * 32;
      product(rows, 16, l.blocks, gates, 64, rows * 64, l.backInputs, inputPanels, 0, out, inputPanels * 32);
    }
    if (done - bin == GROUP || bin == 0) {
      weightGradients(l, rows, bin, done - bin, x, xRow, xBin);
      done = bin;
    }
  }
}

/** @param outerRow bytes between rows of both gradients of the hidden state @param outer 0 for none */
function backwardBin(l: Layer, rows: usize, bin: usize, outerRow: usize, outer: usize): void {
  const stateRow = l.blocks * 16;
  const stateBin = rows * stateRow;
  const cells = l.cells + bin * stateBin;
  const squashed = l.squashed + bin * stateBin;
  const cellGradient = l.cellGradient;
  const ones = one();
  for (let block: usize = 0; block < l.blocks; block++) {
    let gate = l.gates + (bin * l.blocks + block) * rows * 64;
    let at = block * 16;
    let gradient = l.stateGradient + at;
    let outside = outer + at;
    for (let row: usize = 0; row < rows; row++) {
      const i = v128.load(gate), f = v128.load(gate, 16), g = v128.load(gate, 32), o = v128.load(gate, 48);
      const before = v128.load(cells + at);
      const s = v128.load(squashed + at);
      let dh = v128.load(gradient);
      if (outer) dh = f32x4.add(dh, v128.load(outside));
      const doutput = f32x4.mul(dh, o);
      const dc = madd(doutput, f32x4.sub(ones, f32x4.mul(s, s)), v128.load(cellGradient + at));
      const df = f32x4.mul(dc, f);
      const di = f32x4.mul(dc, i);
      v128.store(gate, f32x4.mul(f32x4.mul(di, g), f32x4.sub(ones, i)));
      v128.store(gate, f32x4.mul(f32x4.mul(df, before), f32x4.sub(ones, f)), 16);
      v128.store(gate, f32x4.mul(di, f32x4.sub(ones, f32x4.mul(g, g))), 32);
      v128.store(gate, f32x4.mul(f32x4.mul(doutput, s), f32x4.sub(ones, o)), 48);
      v128.store(cellGradient + at, df);
      gate += 64;
      at += stateRow;
      gradient += outerRow;
      outside += outerRow;
    }
  }
}

/** Adds what bins `from` to `from + bins` give to the gradient of the weights. */
function weightGradients(l: Layer, rows: usize, from: usize, bins: usize, x: usize, xRow: usize, xBin: usize): void {
  const stateRow = l.blocks * 16;
  const gateBin = l.blocks * rows * 64;
  const inputs = x + from * xBin;
  const states = l.states + from * rows * stateRow;
  for (let block: usize = 0; block < l.blocks; block++) {
    for (let half: usize = 0; half < 64; half += 32) {
      const gates = l.gates + from * gateBin + block * rows * 64 + half;
      let sums = l.gradient + block * (1 + l.inputs + l.hidden) * 64 + half;
      columnSums(rows, bins, gates, 64, gateBin, sums);
      sums += 64;
      outerProduct(rows, bins, inputs, xRow, xBin, l.inputs, gates, 64, gateBin, sums, 64);
      sums += l.inputs * 64;
      outerProduct(rows, bins, states, stateRow, rows * stateRow, l.hidden, gates, 64, gateBin, sums, 64);
    }
  }
}
