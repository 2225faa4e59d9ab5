/** Functions that several kernels share, in WGSL. The hashes repeat `src/random.ts` and `draws.ts` word by word. */
import { BETWEEN } from '../../draws.ts';
import { noPatience } from '../structs.ts';

export const hashes = `
fn mixed(value: u32) -> u32 {
  var h = value;
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}
fn folded(h: u32, value: u32) -> u32 { return mixed(((h * 0x01000193u) ^ value) + 0x7f4a7c15u); }
fn rowKey(seed: u32, step: u32, row: u32) -> u32 { return folded(folded(folded(0x9e3779b9u, seed), step), row); }`;

export const draws = `
fn permuted(index: u32, count: u32, key: u32) -> u32 {
  var half = 1u;
  while (half < 16u && (1u << (2u * half)) < count) { half++; }
  let mask = (1u << half) - 1u;
  var at = index;
  loop {
    var left = at >> half;
    var right = at & mask;
    for (var round = 0u; round < 4u; round++) {
      let next = left ^ (mixed(right ^ mixed(key + round)) & mask);
      left = right;
      right = next;
    }
    at = (left << half) | right;
    if (at < count) { break; }
  }
  return at;
}
fn drawn(job: u32, step: u32, row: u32, key: u32) -> u32 {
  let count = jobs[job].samples;
  if (jobs[job].shuffled == 0u) { return jobs[job].first + key % count; }
  let place = (step - 1u) * BATCH + row;
  return jobs[job].first + permuted(place % count, count, folded(folded(0x9e3779b9u, jobs[job].seed), place / count));
}`;

/**
 * Gates from what goes into them, and slopes of what goes in from slopes of h and c. tanh is 2 · sigmoid(2x) − 1, which
 * loses its digits near 0, where most of a small network lives: there it is the series. Exponents are bounded,
 * since exp of large numbers need not be finite on every driver.
 */
export const cells = `
fn sigmoid4(z: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-max(z, vec4f(-40.0)))); }
fn tanhOf(z: f32, sigmoidOfTwice: f32) -> f32 {
  let q = z * z;
  let series = z * (1.0 + q * (-0.33333334 + q * (0.13333334 + q * (-0.053968254 + q * 0.021869488))));
  return select(2.0 * sigmoidOfTwice - 1.0, series, abs(z) < 0.3);
}
fn tanh1(z: f32) -> f32 { return tanhOf(z, 1.0 / (1.0 + exp(-max(2.0 * z, -40.0)))); }
fn tanh4(z: vec4f) -> vec4f { let s = sigmoid4(2.0 * z); return vec4f(tanhOf(z.x, s.x), tanhOf(z.y, s.y), tanhOf(z.z, s.z), tanhOf(z.w, s.w)); }
fn gatesOf(z: vec4f) -> vec4f {
  let s = sigmoid4(z * vec4f(1.0, 1.0, 2.0, 1.0));
  return vec4f(s.x, s.y, tanhOf(z.z, s.z), s.w);
}
struct Slopes { z: vec4f, c: f32 };
fn slopesOf(g: vec4f, c: f32, before: f32, dh: f32, dc: f32) -> Slopes {
  let t = tanh1(c);
  let d = dc + dh * g.w * (1.0 - t * t);
  return Slopes(vec4f(d * g.z * g.x * (1.0 - g.x), d * before * g.y * (1.0 - g.y), d * g.x * (1.0 - g.z * g.z), dh * t * g.w * (1.0 - g.w)), d * g.y);
}`;

/** No float comparison finds what is no number: compilers may assume that there is none. */
export const finiteness = `
fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`;

export const dropping = `
fn dropFactor(key: u32, place: u32, threshold: u32, keep: f32) -> f32 { return select(keep, 0.0, folded(key, place) < threshold); }
fn dropFactors(key: u32, place: u32, threshold: u32, keep: f32) -> vec4f {
  return vec4f(dropFactor(key, place, threshold, keep), dropFactor(key, place + 1u, threshold, keep), dropFactor(key, place + 2u, threshold, keep), dropFactor(key, place + 3u, threshold, keep));
}
// What the second layer sees of a unit of the first one, and of four.
fn betweenFactor(slot: u32, key: u32, t: u32, unit: u32) -> f32 { return dropFactor(key, ${BETWEEN}u + t * UNITS + unit, jobs[slot].dropLayer, jobs[slot].keepLayer); }
fn betweenFactors(slot: u32, key: u32, t: u32, unit: u32) -> vec4f { return dropFactors(key, ${BETWEEN}u + t * UNITS + unit, jobs[slot].dropLayer, jobs[slot].keepLayer); }`;

/** Whether a slot's model has steps left in its phase. */
export const running = `
fn running(slot: u32) -> bool { return states[slot].ended == 0u && states[slot].iteration < jobs[slot].end; }
fn due(slot: u32) -> bool { return part.always == 1u || (jobs[slot].patience != ${noPatience}u && states[slot].lossSteps > 0u); }`;
