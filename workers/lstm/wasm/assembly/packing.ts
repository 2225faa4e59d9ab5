/** Weights between the order of `tensors(network)`, matrices by rows, and the orders in which the products read them. */
import { Layer } from './layer';

/** The kernel and bias of an LSTM layer, into `weights`. */
export function packLayer(l: Layer, kernel: usize, bias: usize): void {
  const hidden = l.hidden, rows = l.inputs + hidden;
  let to = l.weights;
  for (let block: usize = 0; block < l.blocks; block++) {
    packUnits(bias, hidden, block, to);
    to += 64;
    for (let row: usize = 0; row < rows; row++) {
      packUnits(kernel + row * hidden * 16, hidden, block, to);
      to += 64;
    }
  }
  packBack(kernel + l.inputs * hidden * 16, hidden, l, l.back);
  if (l.backInputs) packBack(kernel, l.inputs, l, l.backInputs);
}

/** The gates of a block's four units, out of a row `[4][hidden]`. */
function packUnits(row: usize, hidden: usize, block: usize, to: usize): void {
  for (let gate: usize = 0; gate < 4; gate++) {
    for (let unit = block * 4; unit < block * 4 + 4; unit++) {
      store<f32>(to, unit < hidden ? load<f32>(row + ((gate * hidden + unit) << 2)) : 0);
      to += 4;
    }
  }
}

/** Rows of a kernel as the columns of panels. */
function packBack(kernel: usize, count: usize, l: Layer, to: usize): void {
  const hidden = l.hidden;
  for (let panel: usize = 0; panel < count; panel += 8) {
    for (let block: usize = 0; block < l.blocks; block++) {
      for (let gate: usize = 0; gate < 4; gate++) {
        for (let unit = block * 4; unit < block * 4 + 4; unit++) {
          let from = kernel + ((panel * hidden * 4 + gate * hidden + unit) << 2);
          for (let row = panel; row < panel + 8; row++) {
            store<f32>(to, row < count && unit < hidden ? load<f32>(from) : 0);
            from += hidden * 16;
            to += 4;
          }
        }
      }
    }
  }
}

/** Adds a layer's gradient to the flat one. */
export function unpackLayer(l: Layer, kernel: usize, bias: usize): void {
  const hidden = l.hidden, rows = l.inputs + hidden;
  let from = l.gradient;
  for (let block: usize = 0; block < l.blocks; block++) {
    unpackUnits(from, hidden, block, bias);
    from += 64;
    for (let row: usize = 0; row < rows; row++) {
      unpackUnits(from, hidden, block, kernel + row * hidden * 16);
      from += 64;
    }
  }
}

function unpackUnits(from: usize, hidden: usize, block: usize, row: usize): void {
  for (let gate: usize = 0; gate < 4; gate++) {
    for (let unit = block * 4; unit < block * 4 + 4; unit++) {
      const to = row + ((gate * hidden + unit) << 2);
      if (unit < hidden) store<f32>(to, load<f32>(to) + load<f32>(from));
      from += 4;
    }
  }
}

/** A matrix `[rows][columns]` as panels of eight columns, `[rows][8]`; a row for a bias. */
export function packPanels(matrix: usize, rows: usize, columns: usize, to: usize): void {
  for (let panel: usize = 0; panel < columns; panel += 8) {
    for (let row: usize = 0; row < rows; row++) {
      for (let column = panel; column < panel + 8; column++) {
        store<f32>(to, column < columns ? load<f32>(matrix + ((row * columns + column) << 2)) : 0);
        to += 4;
      }
    }
  }
}

/** The first `rows` rows of a matrix with `columns` columns, as the columns of panels, `[columns][8]`. */
export function packTransposed(matrix: usize, rows: usize, columns: usize, to: usize): void {
  for (let panel: usize = 0; panel < rows; panel += 8) {
    for (let column: usize = 0; column < columns; column++) {
      for (let row = panel; row < panel + 8; row++) {
        store<f32>(to, row < rows ? load<f32>(matrix + ((row * columns + column) << 2)) : 0);
        to += 4;
      }
    }
  }
}

/** Adds sums, whose rows are `sumsRow` bytes apart, to a matrix `[rows][columns]`. */
export function unpackRows(sums: usize, sumsRow: usize, rows: usize, columns: usize, matrix: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      store<f32>(matrix, load<f32>(matrix) + load<f32>(sums + row * sumsRow + (column << 2)));
      matrix += 4;
    }
  }
}
