/** What stands after the LSTM: joining statics, the tanh layer's function, the gate, the losses. */
import { one, tanh } from './simd';

/** `[row][hidden + statics]` from the last hidden state, whose rows are `stateRow` bytes apart, and the statics. */
export function join(rows: usize, states: usize, stateRow: usize, hidden: usize, statics: usize, count: usize, to: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    memory.copy(to, states + row * stateRow, hidden << 2);
    to += hidden << 2;
    memory.copy(to, statics + ((row * count) << 2), count << 2);
    to += count << 2;
  }
}

/** @param count a multiple of 4 */
export function squash(values: usize, count: usize): void {
  for (const end = values + (count << 2); values < end; values += 16) v128.store(values, tanh(v128.load(values)));
}

/** gradient ← gradient · (1 − values²), where values are of tanh. @param count a multiple of 4 */
export function squashBack(values: usize, gradient: usize, count: usize): void {
  for (const end = values + (count << 2); values < end; values += 16) {
    const value = v128.load(values);
    v128.store(gradient, f32x4.mul(v128.load(gradient), f32x4.sub(one(), f32x4.mul(value, value))));
    gradient += 16;
  }
}

/**
 * A gate's forecasts, `[row][targets]`: outputs become their softmax within each target, and weigh the candidates.
 * @param outputRow bytes between rows of the outputs, `[targets][count]`
 */
export function gate(rows: usize, targets: usize, count: usize, outputs: usize, outputRow: usize, candidates: usize, forecasts: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let at = outputs + row * outputRow;
    for (let target: usize = 0; target < targets; target++) {
      let most = load<f32>(at);
      for (let k: usize = 1; k < count; k++) most = max(most, load<f32>(at + (k << 2)));
      let sum: f32 = 0;
      for (let k: usize = 0; k < count; k++) {
        const e = Mathf.exp(load<f32>(at + (k << 2)) - most);
        store<f32>(at + (k << 2), e);
        sum += e;
      }
      let forecast: f32 = 0;
      for (let k: usize = 0; k < count; k++) {
        const part = load<f32>(at) / sum;
        store<f32>(at, part);
        forecast += part * load<f32>(candidates);
        at += 4;
        candidates += 4;
      }
      store<f32>(forecasts, forecast);
      forecasts += 4;
    }
  }
}

/** Gradient of a gate's outputs from its forecasts'; columns from `targets · count` to the end of a row become 0. */
export function gateBack(
  rows: usize, targets: usize, count: usize, parts: usize, candidates: usize, forecasts: usize, forecastGradient: usize, gradient: usize, outputRow: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    memory.fill(gradient + row * outputRow, 0, outputRow);
    let at = row * outputRow;
    for (let target: usize = 0; target < targets; target++) {
      const forecast = load<f32>(forecasts);
      const d = load<f32>(forecastGradient);
      for (let k: usize = 0; k < count; k++) {
        store<f32>(gradient + at, d * load<f32>(parts + at) * (load<f32>(candidates) - forecast));
        at += 4;
        candidates += 4;
      }
      forecasts += 4;
      forecastGradient += 4;
    }
  }
}

/** As `Loss` of the network, in the same order. */
export enum LossKind { squared, absolute, huber, pinball }

/**
 * Losses of rows, summed over targets and levels, as float64 to `losses`, and the gradient by the forecasts.
 * @param valid rows that are samples; the gradient of the others is 0
 * @param forecastRow bytes between rows of the forecasts, `[targets][levels]`, and of the gradient; what lies behind the
 * last forecast of a row becomes 0 in the gradient
 * @param levels how many forecasts a target has; `levelsAt`: where the levels of a pinball loss lie
 * @param scale of the gradient
 */
export function loss(
  kind: LossKind, rows: usize, valid: usize, targets: usize, levels: usize, levelsAt: usize, delta: f32,
  forecasts: usize, forecastRow: usize, truths: usize, losses: usize, gradient: usize, scale: f32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    memory.fill(gradient + row * forecastRow, 0, forecastRow);
    if (row >= valid) continue;
    let at = row * forecastRow;
    let sum: f64 = 0;
    for (let target: usize = 0; target < targets; target++) {
      const truth = load<f32>(truths);
      truths += 4;
      for (let level: usize = 0; level < levels; level++) {
        const error = load<f32>(forecasts + at) - truth;
        const size = abs(error);
        const sign: f32 = error > 0 ? 1 : error < 0 ? -1 : 0;
        let value: f32, slope: f32;
        if (kind == LossKind.squared) {
          value = error * error;
          slope = 2 * error;
        } else if (kind == LossKind.absolute) {
          value = size;
          slope = sign;
        } else if (kind == LossKind.huber) {
          value = size <= delta ? 0.5 * error * error : delta * (size - 0.5 * delta);
          slope = size <= delta ? error : delta * sign;
        } else {
          const q = load<f32>(levelsAt + (level << 2));
          slope = error < 0 ? -q : error > 0 ? 1 - q : 0;
          value = slope * error;
        }
        sum += value;
        store<f32>(gradient + at, slope * scale);
        at += 4;
      }
    }
    store<f64>(losses, sum);
    losses += 8;
  }
}
