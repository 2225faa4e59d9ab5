/** Anything in, a notebook document out, or a GatecastError that says what is wrong and where. */
import * as v from 'valibot';
import { GatecastError } from '../errors.ts';
import { documentVersion, maximumCells, maximumTitleLength, type Cell, type NotebookDocument, type TraceRef } from './document.ts';
import { pattern, show, text } from './fields.ts';
import { uniqueIds } from './ids.ts';
import { isCellKind, kinds, type AnyKind } from './kinds/index.ts';
import { pathInWords, refuseHostile } from './limits.ts';
import { migrate } from './migrate.ts';
import { traceRef } from './trace-ref.ts';

export type { Cell, CellOf, NotebookDocument, TraceRef } from './document.ts';

const frame = v.object({
  title: v.optional(text(maximumTitleLength), 'Untitled'),
  trace: traceRef,
  cells: v.custom<readonly unknown[]>(
    (input) => Array.isArray(input) && input.length <= maximumCells,
    (issue) => `${show(issue.input)} is not a list of at most ${maximumCells} cells`,
  ),
});

const cellId = pattern(/^[A-Za-z0-9_-]+$/, 60, 'a cell id (letters, digits, "-" and "_", at most 60)');

/**
 * Validates a document as parsed from JSON. Missing settings get their defaults, unknown keys are dropped,
 * ids that occur twice are repaired.
 * @throws GatecastError `bad-input`, `where` being the path: "cells[2].settings.layer"
 */
export function parseDocument(input: unknown): NotebookDocument {
  refuseHostile(input);
  if (typeof input !== 'object' || input === null || Array.isArray(input) || (input as { format?: unknown }).format !== 'gatecast') {
    throw new GatecastError({
      code: 'bad-input',
      message: 'this is no notebook of Gatecast: it does not say "format": "gatecast"',
      where: 'format',
      remedy: 'to open a trace, use Trace file in the Trace cell',
    });
  }
  const { title, trace, cells } = check(frame, migrate(input as Record<string, unknown>, documentVersion), []);
  return { format: 'gatecast', version: documentVersion, title, trace, cells: uniqueIds(cells.map((cell, index) => parseCell(cell, ['cells', index]))) };
}

function parseCell(input: unknown, path: readonly (string | number)[]): Cell {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid(`${show(input)} is not a cell`, path);
  const { id, kind, settings = {}, result } = input as Record<string, unknown>;
  if (!isCellKind(kind)) {
    throw new GatecastError({
      code: 'bad-input',
      message: `${show(kind)} is not a kind of cell that this Gatecast knows`,
      where: pathInWords([...path, 'kind']),
      remedy: `open the notebook in a newer Gatecast, or remove the cell; known are ${Object.keys(kinds).join(', ')}`,
    });
  }
  const definition: AnyKind = kinds[kind];
  const cell = { id: check(cellId, id, [...path, 'id']), kind, settings: check(definition.settings, settings, [...path, 'settings']) };
  if (!definition.result || result === undefined) return cell as Cell;
  return { ...cell, result: check(definition.result, result, [...path, 'result']) } as Cell;
}

/** A settings object of a kind, whole and in range. @throws GatecastError `bad-setting` */
export function parseSettings(kind: Cell['kind'], settings: unknown): Cell['settings'] {
  const definition: AnyKind = kinds[kind];
  return check(definition.settings, settings, [], 'bad-setting') as Cell['settings'];
}

/** A result as its kind keeps it. @throws GatecastError `bad-input`, also for kinds that keep none */
export function parseResult(kind: Cell['kind'], result: unknown): NonNullable<Cell['result']> {
  const definition: AnyKind = kinds[kind];
  if (!definition.result) throw invalid(`a ${definition.label} cell keeps no result`, ['result']);
  return check(definition.result, result, ['result']) as NonNullable<Cell['result']>;
}

/** @throws GatecastError `bad-input` */
export function parseTraceRef(input: unknown): TraceRef {
  return check(traceRef, input, ['trace']);
}

function check<Output>(schema: v.GenericSchema<unknown, Output>, input: unknown, path: readonly (string | number)[], code: 'bad-input' | 'bad-setting' = 'bad-input'): Output {
  const outcome = v.safeParse(schema, input, { abortEarly: true, abortPipeEarly: true });
  if (outcome.success) return outcome.output;
  const [issue] = outcome.issues;
  throw invalid(issue.message, [...path, ...(issue.path ?? []).map((item) => item.key)], code);
}

function invalid(message: string, path: readonly unknown[], code: 'bad-input' | 'bad-setting' = 'bad-input'): GatecastError {
  return new GatecastError({ code, message, where: pathInWords(path), remedy: 'correct the value there' });
}
