/** Tables behind the cells' pictures. */
import type { FigureTable, TableColumn } from '../charts/table.ts';
import type { LineSeries } from '../charts/series.ts';
import type { HeatmapPicture } from '../../workers/contract.ts';
import { formatCount } from '../ui/index.ts';

/** A row an expert: mean, lowest and highest share of the columns shown, in %. */
export function heatmapTable(caption: string, picture: HeatmapPicture | null): FigureTable {
  return {
    caption,
    columns: [
      { label: 'expert', format: formatCount }, { label: 'mean share', unit: '%' }, { label: 'lowest', unit: '%' }, { label: 'highest', unit: '%' },
    ],
    rows: () => {
      if (!picture) return [];
      const { experts, columns, shares } = picture;
      return Array.from({ length: experts }, (_, expert) => {
        const row = shares.subarray(expert * columns, (expert + 1) * columns);
        let sum = 0;
        let low = Infinity;
        let high = -Infinity;
        for (const share of row) {
          sum += share;
          low = Math.min(low, share);
          high = Math.max(high, share);
        }
        return [expert, (sum / columns) * 100, low * 100, high * 100];
      });
    },
  };
}

/** A row a layer: its busiest and idlest expert over the steps shown. */
export function layersTable(caption: string, pictures: readonly HeatmapPicture[] | null, names: readonly string[]): FigureTable {
  return {
    caption,
    columns: [
      { label: 'layer' }, { label: 'busiest expert', format: formatCount }, { label: 'its mean share', unit: '%' },
      { label: 'idlest expert', format: formatCount }, { label: 'its mean share', unit: '%' }, { label: 'largest share', unit: '%' },
    ],
    rows: () => (pictures ?? []).map(({ layer, experts, columns, shares, maximum }) => {
      const means = Array.from({ length: experts }, (_, expert) => shares.subarray(expert * columns, (expert + 1) * columns).reduce((sum, share) => sum + share, 0) / columns);
      const busiest = means.indexOf(Math.max(...means));
      const idlest = means.indexOf(Math.min(...means));
      return [names[layer] ?? layer, busiest, means[busiest] * 100, idlest, means[idlest] * 100, maximum * 100];
    }),
  };
}

/** A row a point of the x axis, a column a series; series need not share their points. */
export function seriesTable(caption: string, series: readonly LineSeries[], unit: string | undefined, scale = 1, x: TableColumn = { label: 'step', format: formatCount }): FigureTable {
  const drawn = series.filter((one) => one.y.length > 0);
  return {
    caption,
    columns: [x, ...drawn.map((one) => ({ label: one.label, unit }))],
    rows: () => {
      const at = drawn.map((one) => new Map(Array.from(one.x, (step, i) => [step, one.y[i] * scale] as const)));
      const steps = [...new Set(drawn.flatMap((one) => Array.from(one.x)))].sort((a, b) => a - b);
      return steps.map((step) => [step, ...at.map((values) => values.get(step) ?? '')]);
    },
  };
}
