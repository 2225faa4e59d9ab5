import { useApp } from '../../app/context.ts';
import { Button, ErrorPanel, FileButton, Notice, Progress } from '../../ui/index.ts';

/** What is being opened, what could not be, and which file the notebook asks for. What was open stays below. */
export function TraceMessages() {
  const { session } = useApp();
  const opening = session.opening.value;
  const error = session.openError.value;
  const wanted = session.wanted.value;
  return (
    <>
      {opening?.slow && (
        <div class="trace-opening">
          <Progress {...(opening.progress ?? { label: `Reading ${opening.name}`, done: 0, unit: 'bytes' })} />
          <Button icon="stop" onClick={() => opening.cancel()}>Cancel</Button>
        </div>
      )}
      {error && (
        <ErrorPanel
          title={`${error.name} was not opened`}
          error={error}
          actions={<Button onClick={() => session.dismissError()}>Dismiss</Button>}
        />
      )}
      {wanted && (
        <Notice
          level="warning"
          title={`This notebook is about ${wanted.name}`}
          actions={<FileButton name={`Open ${wanted.name}`} multiple onFiles={(files) => session.openFiles(files)} />}
        >
          {`The trace itself is not in a notebook or a link, and this browser does not have it. Open the file with the fingerprint ${wanted.fingerprint.slice(0, 8)}… to see the notebook as it was made.`}
        </Notice>
      )}
    </>
  );
}
