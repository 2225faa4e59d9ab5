import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { download } from '../../charts/export.ts';
import { toErrorParts, type ErrorParts } from '../../errors.ts';
import type { Progress as Done } from '../../progress.ts';
import { traceFormats, type TraceFormatName } from '../../trace/write/formats.ts';
import { Button, ErrorPanel, Progress } from '../../ui/index.ts';
import type { TraceInfo } from '../../../workers/contract.ts';

const names = Object.keys(traceFormats) as TraceFormatName[];

/** The open trace as a file that reads back to the same trace, in other tools as well. */
export function TraceExport({ info }: { readonly info: Pick<TraceInfo, 'name' | 'fingerprint'> }) {
  const { session } = useApp();
  const [progress, setProgress] = useState<Done | null>(null);
  const [failure, setFailure] = useState<ErrorParts | null>(null);
  const controller = useRef<AbortController | null>(null);
  const cancel = (): void => controller.current?.abort();
  useEffect(() => cancel, [info.fingerprint]);
  const write = async (format: TraceFormatName): Promise<void> => {
    const own = new AbortController();
    controller.current = own;
    const { label, extension } = traceFormats[format];
    setFailure(null);
    setProgress({ done: 0, unit: 'bytes', label: `Writing ${label}` });
    try {
      const file = await session.workers.trace.call('write', { format }, { signal: own.signal, onProgress: setProgress });
      download(`${info.name.replace(/\.\w+$/, '').replace(/[^\w.-]+/g, '-')}${extension}`, file);
    } catch (error) {
      const parts = toErrorParts(error);
      if (parts.code !== 'cancelled') setFailure(parts);
    }
    setProgress(null);
  };
  return (
    <>
      <div class="export-buttons">
        {names.map((format) => <Button key={format} icon="download" disabled={progress !== null} onClick={() => void write(format)}>{`Trace as ${traceFormats[format].label}`}</Button>)}
        {progress && <Button onClick={cancel}>Cancel</Button>}
      </div>
      {progress && <Progress {...progress} />}
      {failure && <ErrorPanel title="The trace could not be written" error={failure} />}
    </>
  );
}
