import type { ComponentChildren } from 'preact';
import type { ErrorParts } from '../errors.ts';
import { Icon } from './icons.tsx';

export interface ErrorPanelProps {
  readonly error: Pick<ErrorParts, 'message' | 'where' | 'remedy'>;
  /** What could not be done: "The trace could not be read". */
  readonly title?: string;
  /** Buttons. */
  readonly actions?: ComponentChildren;
}

/** A capital and a full stop; names of files and quoted values at the start stay as they are. */
export function sentence(text: string): string {
  const start = /^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.?…:]$/.test(start) ? start : `${start}.`;
}

/** What went wrong, where, and what to do. Further lines of the message are further problems. */
export function ErrorPanel({ error, title, actions }: ErrorPanelProps) {
  const [first, ...others] = error.message.split('\n');
  return (
    <div class="panel panel-error" role="alert">
      <Icon name="warning" />
      <div class="panel-body">
        {title && <p class="panel-title">{title}</p>}
        <p>{sentence(first)}</p>
        {others.length > 0 && <ul>{others.map((problem) => <li key={problem}>{problem}</li>)}</ul>}
        {error.where && <p class="panel-where">{`Where: ${error.where}`}</p>}
        {error.remedy && <p>{sentence(error.remedy)}</p>}
        {actions && <div class="panel-actions">{actions}</div>}
      </div>
    </div>
  );
}

export interface NoticeProps {
  readonly level?: 'info' | 'warning';
  readonly title?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Notice({ level = 'info', title, actions, children }: NoticeProps) {
  return (
    <div class={`panel panel-${level}`} role="note">
      <Icon name={level === 'warning' ? 'warning' : 'info'} />
      <div class="panel-body">
        {title && <p class="panel-title">{title}</p>}
        <div>{children}</div>
        {actions && <div class="panel-actions">{actions}</div>}
      </div>
    </div>
  );
}

export interface BadgeProps {
  readonly tone?: 'neutral' | 'good' | 'warning' | 'danger' | 'accent';
  readonly children: ComponentChildren;
}

export function Badge({ tone = 'neutral', children }: BadgeProps) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}

export interface DetailsProps {
  readonly summary: ComponentChildren;
  readonly open?: boolean;
  readonly onToggle?: (open: boolean) => void;
  readonly children: ComponentChildren;
}

/** Folded content under one line. */
export function Details({ summary, open = false, onToggle, children }: DetailsProps) {
  return (
    <details class="details" open={open} onToggle={(event) => onToggle?.(event.currentTarget.open)}>
      <summary>
        <Icon name="chevron-right" size={14} />
        {summary}
      </summary>
      <div class="details-body">{children}</div>
    </details>
  );
}
