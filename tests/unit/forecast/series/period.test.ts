import { describe, expect, test } from 'vitest';
import { powerSpectrum } from '../../../../src/forecast/series/fourier.ts';
import { detectPeriod } from '../../../../src/forecast/series/period.ts';
import { peakEvidence, spectralLevels } from '../../../../src/forecast/series/spectral-evidence.ts';
import { meanOf } from './references.ts';
import { Simulation } from './simulate.ts';

describe('the power spectrum', () => {
  test('is the sum over sines and cosines, at any length', () => {
    const simulation = new Simulation(1);
    for (const [length, points] of [[1, 2], [7, 14], [30, 60], [31, 50], [100, 200]] as const) {
      const series = simulation.noise(length);
      const power = powerSpectrum(series, points);
      expect(power).toHaveLength(points / 2 + 1);
      power.forEach((value, k) => {
        let re = 0;
        let im = 0;
        series.forEach((x, j) => {
          re += x * Math.cos((2 * Math.PI * j * k) / points);
          im += x * Math.sin((2 * Math.PI * j * k) / points);
        });
        expect(value).toBeCloseTo(re * re + im * im, 8);
      });
    }
  });

  test('evidence at a frequency of white noise is exponential with mean 1', () => {
    const simulation = new Simulation(2);
    const length = 128;
    const runs = 800;
    const places = [6, 17, 64, 101];
    const found = places.map(() => new Float64Array(runs));
    for (let run = 0; run < runs; run++) {
      const noise = simulation.noise(length);
      const mean = meanOf(noise);
      const power = powerSpectrum(noise.map((value) => value - mean), 2 * length);
      const levels = spectralLevels(power);
      places.forEach((k, i) => (found[i][run] = peakEvidence(levels, k, power[k])));
    }
    for (const evidence of found) {
      expect(Math.abs(meanOf(evidence) - 1)).toBeLessThan(0.1);
      expect(Math.abs(evidence.filter((one) => one > 3).length / runs - Math.exp(-3))).toBeLessThan(0.02);
    }
  });
});

describe('series without seasonality', () => {
  const repeats = 70;
  type Make = (simulation: Simulation, length: number) => Float64Array;
  const processes: Readonly<Record<string, Make>> = {
    'white noise': (simulation, length) => simulation.noise(length),
    'an autoregression of 0.5': (simulation, length) => simulation.autoregression(length, 0.5),
    'an autoregression of 0.95': (simulation, length) => simulation.autoregression(length, 0.95),
    'an autoregression of −0.6': (simulation, length) => simulation.autoregression(length, -0.6),
    'a random walk': (simulation, length) => simulation.randomWalk(length),
    'a random walk within noise': (simulation, length) => { const walk = simulation.randomWalk(length, 0.1); return simulation.noise(length, (t) => walk[t]); },
    'a line': (simulation, length) => simulation.noise(length, (t) => t / 10),
    'an early fall': (simulation, length) => simulation.noise(length, (t) => 30 * Math.exp((-10 * t) / length)),
    'a logarithm': (simulation, length) => simulation.noise(length, (t) => 5 * Math.log(t + 1)),
    'a step': (simulation, length) => simulation.noise(length, (t) => (t > 0.4 * length ? 5 : 0)),
    'three outliers': (simulation, length) => { const series = simulation.noise(length); for (let i = 0; i < 3; i++) series[Math.floor(simulation.uniform() * length)] += 20; return series; },
    'rare tokens of a dead expert': (simulation, length) => Float64Array.from({ length }, () => (simulation.uniform() < 0.03 ? 1 : 0)),
    'noise with every sixth value missing': (simulation, length) => simulation.noise(length).map((value) => (simulation.uniform() < 1 / 6 ? NaN : value)),
  };

  test.each(Object.entries(processes).map(([name, make]) => ({ name, make })))('$name: no more than 2 % of false alarms, in short and in long series', ({ name, make }) => {
    const simulation = new Simulation(name.length);
    let alarms = 0;
    for (const length of [40, 101, 300]) for (let i = 0; i < repeats; i++) if (detectPeriod(make(simulation, length))) alarms++;
    expect(alarms / (3 * repeats)).toBeLessThanOrEqual(0.02);
  });

  test('lines, walks and noise together: about 1 % at most', () => {
    const simulation = new Simulation(99);
    let alarms = 0;
    for (let i = 0; i < 500; i++) {
      const series = i % 4 === 0 ? simulation.noise(200) : i % 4 === 1 ? simulation.autoregression(200, 0.8) : i % 4 === 2 ? simulation.randomWalk(200) : simulation.noise(200, (t) => t / 5);
      if (detectPeriod(series)) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(8);
  });

  test('constants, zeros, rounding, nothing, and a single spike have none', () => {
    for (const level of [0, 0.0625, 1e-12]) expect(detectPeriod(new Float64Array(200).fill(level))).toBeNull();
    expect(detectPeriod(Float64Array.from({ length: 200 }, (_, t) => 0.1 + (t % 3) * 1e-17))).toBeNull();
    expect(detectPeriod(new Float64Array(0))).toBeNull();
    expect(detectPeriod(new Float64Array(200).fill(NaN))).toBeNull();
    expect(detectPeriod(Float64Array.from({ length: 200 }, (_, t) => (t === 70 ? 1 : 0)))).toBeNull();
    expect(detectPeriod(Float64Array.of(1, 2, 1, 2, 1, 2))).toBeNull();
  });
});

describe('seasonal series', () => {
  const shape = [0, 1, 2, -1, 0.5, -1, -1.5];
  const patterns: readonly { readonly name: string; readonly length: number; readonly period: number; readonly make: (simulation: Simulation, length: number) => Float64Array }[] = [
    { name: 'a sine of 12 as large as the noise', length: 200, period: 12, make: (simulation, length) => simulation.noise(length, (t) => Math.SQRT2 * Math.sin((Math.PI * t) / 6)) },
    { name: 'a sine of 24 on a random walk', length: 300, period: 24, make: (simulation, length) => { const walk = simulation.randomWalk(length, 0.2); return simulation.noise(length, (t) => walk[t] + 2 * Math.sin((Math.PI * t) / 12)); } },
    { name: 'a pulse every 20 values', length: 200, period: 20, make: (simulation, length) => simulation.noise(length, (t) => (t % 20 === 3 ? 4 : 0)) },
    { name: 'a shape of 7 on a line', length: 100, period: 7, make: (simulation, length) => simulation.noise(length, (t) => shape[t % 7] + t / 50) },
    { name: 'a saw of 30', length: 300, period: 30, make: (simulation, length) => simulation.noise(length, (t) => (t % 30) / 8) },
    { name: 'every second value higher', length: 300, period: 2, make: (simulation, length) => simulation.noise(length, (t) => t % 2) },
    { name: 'a cycle of 50 within autoregressive noise', length: 500, period: 50, make: (simulation, length) => simulation.autoregression(length, 0.6).map((value, t) => value + 2 * Math.cos((2 * Math.PI * t) / 50) + Math.cos((4 * Math.PI * t) / 50)) },
    { name: 'a shape of 7 with missing values', length: 150, period: 7, make: (simulation, length) => simulation.noise(length, (t) => (t % 11 === 0 ? NaN : shape[t % 7])) },
  ];

  test.each(patterns)('$name: found, in 95 % of series of $length values', ({ length, period, make }) => {
    const simulation = new Simulation(length);
    const found = Array.from({ length: 60 }, () => detectPeriod(make(simulation, length))?.period);
    expect(found.filter((one) => one === period).length).toBeGreaterThanOrEqual(57);
  });

  test('patterns without noise have their period, whatever the level and the size', () => {
    for (const [offset, scale] of [[0, 1], [0.0625, 1e-6], [1e6, 1e3]] as const) {
      expect(detectPeriod(Float64Array.from({ length: 200 }, (_, t) => offset + scale * Math.sin((2 * Math.PI * t) / 17)))?.period).toBe(17);
      expect(detectPeriod(Float64Array.from({ length: 200 }, (_, t) => offset + scale * (t % 25 === 0 ? 1 : 0)))?.period).toBe(25);
    }
  });

  test('a period with four and a half cycles is found to a few values', () => {
    const simulation = new Simulation(5);
    const found = Array.from({ length: 20 }, () => detectPeriod(simulation.noise(1000, (t) => 3 * Math.sin((2 * Math.PI * t) / 222)))?.period ?? 0);
    for (const period of found) expect(Math.abs(period - 222)).toBeLessThan(8);
  });

  test('20,000 values are searched, and fewer false alarms can be asked for', () => {
    const simulation = new Simulation(6);
    const series = simulation.noise(20_000, (t) => 0.2 * Math.sin((2 * Math.PI * t) / 500));
    const found = detectPeriod(series, { falseAlarms: 1e-6 });
    expect(found?.period).toBe(500);
    expect(found?.pValue).toBeLessThan(1e-6);
  });
});
