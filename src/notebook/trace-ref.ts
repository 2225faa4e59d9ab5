import * as v from 'valibot';
import type { TraceRef } from '../trace/trace-ref.ts';
import { fingerprint, pattern, record, show, text } from './fields.ts';

const mapping = record(/^[^\p{Cc}]+$/u, text(1000), 200);

/** Sample ids become part of an address: lower case words joined by hyphens and nothing else. */
const sampleId = pattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 100, 'the id of a sample');

const sampleRef = v.object({ kind: v.literal('sample'), id: sampleId, mapping: v.optional(mapping) });
const fileRef = v.object({ kind: v.literal('file'), name: text(1000), fingerprint, mapping: v.optional(mapping, {}) });

export const traceRef: v.GenericSchema<unknown, TraceRef> = v.variant('kind', [sampleRef, fileRef], (issue) => `${show(issue.received)} is no kind of trace reference; "sample" and "file" are`);
