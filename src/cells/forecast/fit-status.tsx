import type { ReadonlySignal } from '@preact/signals';
import type { Picture } from '../../app/picture.ts';
import { Progress, formatDuration } from '../../ui/index.ts';
import type { ForecastPicture } from '../../../workers/contract.ts';

/** How far a forecaster is that is fitted while sliders move; after it, how long that took. */
export function FitStatus({ answer }: { readonly answer: ReadonlySignal<Picture<{ readonly picture: ForecastPicture }>> }) {
  const { value, loading, progress } = answer.value;
  if (loading) return <Progress {...(progress ?? { label: 'Fitting', done: 0, unit: 'models' })} />;
  return value && <p>{`Fitted and judged in ${formatDuration(value.picture.elapsedMs)}.`}</p>;
}
