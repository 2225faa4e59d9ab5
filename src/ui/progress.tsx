import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress as ProgressReport } from '../progress.ts';
import { formatBytes, formatCount, formatDuration, formatFraction } from './format.ts';

/** Screen readers hear of progress this often and no oftener. */
const SPOKEN_EVERY_MS = 5000;
/** What was spoken is taken back after this: beside newer numbers it would say something else than they do. */
const SPOKEN_FOR_MS = 1000;

export interface ProgressProps extends ProgressReport {
  /** Units done per second; measured here when left out. */
  readonly perSecond?: number;
  /** Milliseconds until the end; by the rate when left out. */
  readonly leftMs?: number;
}

/** Units per second since the work began; undefined in its first half second. */
function useMeasuredRate(done: number): number | undefined {
  const start = useRef<{ readonly at: number; readonly done: number } | null>(null);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    const now = performance.now();
    if (!start.current || done < start.current.done) start.current = { at: now, done };
    const elapsedMs = now - start.current.at;
    const fresh = elapsedMs < 500 || done === start.current.done;
    setRate(fresh ? undefined : (done - start.current.done) / (elapsedMs / 1000));
  }, [done]);
  return rate;
}

/** The latest text every few seconds, nothing between. */
function useSlowly(text: string): string {
  const [spoken, setSpoken] = useState('');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    let silence: ReturnType<typeof setTimeout>;
    const timer = setInterval(() => {
      setSpoken(latest.current);
      silence = setTimeout(() => setSpoken(''), SPOKEN_FOR_MS);
    }, SPOKEN_EVERY_MS);
    return () => {
      clearInterval(timer);
      clearTimeout(silence);
    };
  }, []);
  return spoken;
}

function speed(perSecond: number, unit: ProgressReport['unit']): string {
  if (unit === 'bytes') return `${formatBytes(perSecond)}/s`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond)} ${unit}/s`;
}

function amount(value: number, unit: ProgressReport['unit']): string {
  return unit === 'bytes' ? formatBytes(value) : formatCount(value);
}

/** How far a long piece of work is: label, done of total, speed, time left. */
export function Progress({ label, done, total, unit, perSecond, leftMs }: ProgressProps) {
  const measured = useMeasuredRate(done);
  const rate = perSecond ?? measured;
  const fraction = total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
  const left = leftMs ?? (rate && total !== undefined ? ((total - done) / rate) * 1000 : undefined);
  const doneText = total === undefined ? amount(done, unit) : `${amount(done, unit)} of ${amount(total, unit)}`;
  const numbers = [
    unit === 'bytes' ? doneText : `${doneText} ${unit}`,
    rate === undefined ? '' : speed(rate, unit),
    left === undefined ? '' : `${formatDuration(left)} left`,
  ].filter(Boolean).join(' · ');
  const spoken = useSlowly([label, fraction === undefined ? doneText : formatFraction(fraction), left === undefined ? '' : `${formatDuration(left)} left`].filter(Boolean).join(', '));
  return (
    <div class="progress">
      <div class="progress-text">
        <span>{label}</span>
        <span class="progress-numbers">{numbers}</span>
      </div>
      <progress
        class="progress-bar"
        aria-label={label}
        max={1}
        value={fraction}
        aria-valuetext={numbers}
      />
      <output class="visually-hidden" aria-live="polite">{spoken}</output>
    </div>
  );
}
