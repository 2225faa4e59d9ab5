/** Whether a result still belongs to the settings that it stands under. */
import type { CellOf } from './document.ts';
import { kinds, type AnyKind, type CellKind, type SettingsOf } from './kinds/index.ts';
import type { SettingInWords } from './kinds/kind.ts';

/** Raised whenever the same settings give other numbers than before, so that older results go stale. */
const methodVersion = 1;

/**
 * What a result depends on, as 16 hexadecimal digits: the settings that change it (for the forecaster chosen,
 * defaults filled in), the trace and the method. Settings that only change the drawing have no part in it.
 */
export function settingsKey<K extends CellKind>(kind: K, settings: SettingsOf<K>, fingerprint: string): string {
  const parts = settingsInWords(kind, settings).filter(({ usual }) => !usual).map(({ id, value }) => [id, value] as const);
  return hash(JSON.stringify([methodVersion, kind, fingerprint, [...parts].sort(([a], [b]) => (a < b ? -1 : 1))]));
}

/** True when a Forecast cell has a result and it was made with other settings, on another trace, or for another layer. */
export function isStale(cell: CellOf<'forecast'>, fingerprint: string): boolean {
  if (!cell.result) return false;
  if (cell.result.settingsKey !== settingsKey(cell.kind, cell.settings, fingerprint)) return true;
  const kind: AnyKind = kinds[cell.kind];
  return kind.resultCovers ? !kind.resultCovers(cell.settings, cell.result) : false;
}

export interface ChangedSetting {
  readonly id: string;
  readonly label: string;
  readonly from: string;
  readonly to: string;
  /** "window changed from 500 to 600 steps" */
  readonly text: string;
}

/**
 * What changed since the cell's result was made; empty without one.
 * @param fingerprint of the open trace, to name a change of it too
 */
export function changedSettings(cell: CellOf<'forecast'>, fingerprint?: string): readonly ChangedSetting[] {
  if (!cell.result) return [];
  const { provenance } = cell.result;
  const before = new Map(settingsInWords(cell.kind, provenance.settings).map((setting) => [setting.id, setting]));
  const changes = settingsInWords(cell.kind, cell.settings).flatMap((now): ChangedSetting[] => {
    const then = before.get(now.id);
    // A parameter that the other forecaster does not have comes and goes with it.
    return !then || then.value === now.value ? [] : [change(now.id, now.label, then.shown, now.shown)];
  });
  const kind: AnyKind = kinds[cell.kind];
  if (kind.resultCovers && !kind.resultCovers(cell.settings, cell.result)) {
    changes.push(change('layer', 'layer', String(provenance.settings.layer), String(cell.settings.layer)));
  }
  if (fingerprint !== undefined && fingerprint !== provenance.fingerprint) {
    changes.push(change('trace', 'trace', provenance.fingerprint.slice(0, 8), fingerprint.slice(0, 8)));
  }
  return changes;
}

function settingsInWords(name: CellKind, settings: object): readonly SettingInWords[] {
  const kind: AnyKind = kinds[name];
  return kind.resultSettings?.(settings) ?? [];
}

function change(id: string, label: string, from: string, to: string): ChangedSetting {
  const [, unit] = /( steps)$/.exec(to) ?? [];
  const shortFrom = unit && from.endsWith(unit) ? from.slice(0, -unit.length) : from;
  return { id, label, from, to, text: `${label} changed from ${shortFrom} to ${to}` };
}

/** Two 32-bit FNV-1a sums with different seeds. Keys are compared with keys of the same cell: no need for more. */
function hash(text: string): string {
  let first = 0x811c9dc5;
  let second = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x01000193) ^ (second >>> 15);
  }
  return [first, second].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}
