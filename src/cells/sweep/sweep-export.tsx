import { download } from '../../charts/export.ts';
import type { KeptSweep } from '../../notebook/sweep-result.ts';
import { Button } from '../../ui/index.ts';
import { sweepCsv, sweepJson } from './export.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

/** Every trial with its settings and scores as CSV and JSON. */
export function SweepExport({ info, kept }: { readonly info: TraceInfo; readonly kept: KeptSweep }) {
  const name = `${info.name}-sweep`.replace(/[^\w.-]+/g, '-');
  return (
    <div class="export-buttons">
      <Button icon="download" onClick={() => download(`${name}.csv`, new Blob([sweepCsv(info, kept)], { type: 'text/csv' }))}>Trials as CSV</Button>
      <Button icon="download" onClick={() => download(`${name}.json`, new Blob([sweepJson(info, kept)], { type: 'application/json' }))}>Sweep as JSON</Button>
    </div>
  );
}
