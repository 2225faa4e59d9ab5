import type { MappingQuestion } from '../../trace/read/reader.ts';
import { SelectField } from '../../ui/index.ts';

export interface QuestionFieldsProps {
  readonly questions: readonly MappingQuestion[];
  /** What is chosen for a question. */
  readonly valueOf: (question: MappingQuestion) => string;
  readonly noteOf?: (question: MappingQuestion) => string | undefined;
  readonly onAnswer: (id: string, value: string) => void;
}

/** How a file is understood, a field a question. */
export function QuestionFields({ questions, valueOf, noteOf, onAnswer }: QuestionFieldsProps) {
  return (
    <div class="trace-questions">
      {questions.map((question) => (
        <SelectField
          key={question.id}
          label={question.label}
          note={noteOf?.(question)}
          value={valueOf(question)}
          choices={question.options}
          onChange={(value) => onAnswer(question.id, value)}
        />
      ))}
    </div>
  );
}
