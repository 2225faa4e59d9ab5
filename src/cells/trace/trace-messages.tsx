import { useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import type { OpenError } from '../../app/session.ts';
import type { Mapping } from '../../trace/read/reader.ts';
import { Button, ErrorPanel, FileButton, Notice, Progress } from '../../ui/index.ts';
import { QuestionFields } from './question-fields.tsx';

/** What the person can do about an error: answer its questions, where it has some, or put it away. */
function AnswersOrDismiss({ error, onDismiss }: { readonly error: OpenError; readonly onDismiss: () => void }) {
  const { answer, questions = [] } = error;
  const [answers, setAnswers] = useState<Mapping>(() => Object.fromEntries(questions.map(({ id, value }) => [id, value])));
  return (
    <>
      {answer && (
        <QuestionFields questions={questions} valueOf={({ id }) => answers[id]} onAnswer={(id, value) => setAnswers({ ...answers, [id]: value })} />
      )}
      {answer && <Button kind="primary" onClick={() => answer(answers)}>Open with these answers</Button>}
      <Button onClick={onDismiss}>Dismiss</Button>
    </>
  );
}

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
          actions={<AnswersOrDismiss key={error.message} error={error} onDismiss={() => session.dismissError()} />}
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
