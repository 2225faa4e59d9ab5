import { download } from '../../charts/export.ts';
import { Button } from '../../ui/index.ts';
import { comparisonCsv, comparisonJson, type ExportedComparison } from './export.ts';

/** Every single judged forecast as CSV and JSON. */
export function ComparisonExport(props: Omit<ExportedComparison, 'version'>) {
  const exported: ExportedComparison = { ...props, version: __GATECAST_VERSION__ };
  const name = `${props.info.name}-backtest`.replace(/[^\w.-]+/g, '-');
  return (
    <div class="export-buttons">
      <Button icon="download" onClick={() => download(`${name}.csv`, new Blob([comparisonCsv(exported)], { type: 'text/csv' }))}>Comparison as CSV</Button>
      <Button icon="download" onClick={() => download(`${name}.json`, new Blob([comparisonJson(exported)], { type: 'application/json' }))}>Comparison as JSON</Button>
    </div>
  );
}
