import { download } from '../../charts/export.ts';
import type { KeptSweep } from '../../notebook/sweep-result.ts';
import { Button } from '../../ui/index.ts';
import { sweepCsv, sweepJson } from './export.ts';
import type { Remarks } from './remarks.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

/** Every trial with its settings and scores as CSV and JSON. */
export function SweepExport({ info, kept, remarks }: { readonly info: TraceInfo; readonly kept: KeptSweep; readonly remarks: Remarks }) {
  const name = `${info.name}-sweep`.replace(/[^\w.-]+/g, '-');
  return (
    <div class="export-buttons">
      <Button icon="download" onClick={() => download(`${name}.csv`, new Blob([sweepCsv(info, kept, remarks)], { type: 'text/csv' }))}>Trials as CSV</Button>
      <Button icon="download" onClick={() => download(`${name}.json`, new Blob([sweepJson(info, kept, remarks)], { type: 'application/json' }))}>Sweep as JSON</Button>
    </div>
  );
}
