import type { Mapping } from './read/reader.ts';

/** Names a trace: a sample, or one that was read from files and that this browser may keep. */
export type TraceRef =
  | { readonly kind: 'sample'; readonly id: string; readonly mapping?: Mapping }
  | {
      readonly kind: 'file';
      readonly name: string;
      /** 32 hexadecimal digits, see `Trace.fingerprint`. */
      readonly fingerprint: string;
      /** The person's answers about what was ambiguous. */
      readonly mapping: Mapping;
    };
