import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { glossary } from './glossary.ts';
import type { TermName } from './glossary.ts';
import { useHint } from './hint.tsx';
import { Icon } from './icons.tsx';

interface DefinedProps {
  readonly id?: string;
  readonly class: string;
  readonly label?: string;
  readonly definition: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A button whose definition shows on hover, focus or tap and is its accessible description. */
function Defined({ id, class: className, label, definition, children }: DefinedProps) {
  const ownId = useId();
  const hint = useHint();
  // A tap focuses first and clicks after: without this memory it would open and close at once.
  const openAtPress = useRef(false);
  const describedBy = id ?? ownId;
  return (
    <>
      <button
        ref={hint.anchor}
        type="button"
        class={className}
        aria-label={label}
        aria-describedby={describedBy}
        aria-expanded={hint.open}
        onFocus={hint.show}
        onBlur={hint.hide}
        onPointerEnter={(event) => { if (event.pointerType === 'mouse') hint.showSoon(); }}
        onPointerLeave={(event) => { if (event.pointerType === 'mouse') hint.hideSoon(); }}
        onPointerDown={(event) => { openAtPress.current = hint.open && event.pointerType !== 'mouse'; }}
        onClick={() => {
          if (openAtPress.current) hint.hide();
          else hint.show();
        }}
      >
        {children}
      </button>
      <div
        ref={hint.popup}
        id={describedBy}
        class="floating hint"
        role="tooltip"
        popover="manual"
        onPointerEnter={hint.show}
        onPointerLeave={hint.hideSoon}
      >
        {definition}
      </div>
    </>
  );
}

export interface TermProps {
  /** Which entry of the glossary. */
  readonly name: TermName;
  /** The word as it stands in the sentence; the glossary's own label when left out. */
  readonly children?: ComponentChildren;
}

/** A term of the field, with its definition on hover, focus or tap. */
export function Term({ name, children }: TermProps) {
  const entry = glossary[name];
  return <Defined class="term" definition={entry.definition}>{children ?? entry.label}</Defined>;
}

export interface HelpTipProps {
  /** Name of what is explained: "Window". */
  readonly subject: string;
  readonly text: ComponentChildren;
  /** Id of the explanation, for the control that it also describes. */
  readonly id?: string;
}

/** The small "?" beside a label. */
export function HelpTip({ subject, text, id }: HelpTipProps) {
  return (
    <Defined class="help" id={id} label={`About ${subject}`} definition={text}>
      <Icon name="help" size={14} />
    </Defined>
  );
}
