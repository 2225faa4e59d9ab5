import { useApp } from '../../app/context.ts';
import { useCellRegistration } from '../../app/cell-registry.ts';
import type { KeptState, OpenTrace } from '../../app/session.ts';
import { sampleById, samples } from '../../trace/samples.ts';
import { CellFrame, type CellState } from '../../shell/index.ts';
import { DataTable, Details, FileButton, Icon, Notice, SelectField, Term, formatBytes, formatCount, sentence } from '../../ui/index.ts';
import type { HealthCheck, TraceInfo } from '../../../workers/contract.ts';
import type { CellProps } from '../cell-props.ts';
import { endStep } from '../../trace/recorded-span.ts';
import { finding, totals } from './finding.ts';
import { KeptList } from './kept-list.tsx';
import { QuestionFields } from './question-fields.tsx';
import { TraceExport } from './trace-export.tsx';
import { TraceMessages } from './trace-messages.tsx';

const own = 'own';
const none = 'none';

export function TraceCell({ cell, frame, showsMessages }: CellProps<'trace'> & { readonly showsMessages: boolean }) {
  const { session } = useApp();
  const open = session.trace.value;
  const opening = session.opening.value;
  const state: CellState = opening
    ? { kind: 'running', fraction: opening.progress?.total ? opening.progress.done / opening.progress.total : undefined }
    : { kind: session.openError.value ? 'failed' : open ? 'fresh' : 'empty' };
  useCellRegistration(cell.id, state, { cancel: () => opening?.cancel() });
  const choices = [
    ...(open && !session.wanted.value ? [] : [{ value: none, label: 'Choose a sample' }]),
    ...samples.map((sample) => ({ value: sample.id, label: sample.id })),
    ...(open?.ref.kind === 'file' ? [{ value: own, label: open.ref.name }] : []),
  ];
  return (
    <CellFrame
      {...frame}
      state={state}
      finding={open ? finding(open.info) : undefined}
      controls={
        <>
          <SelectField
            label="Trace"
            value={!open || session.wanted.value ? none : open.ref.kind === 'file' ? own : open.ref.id}
            choices={choices}
            onChange={(id) => {
              if (id !== own && id !== none) session.openSample(id);
            }}
          />
          <div class="field">
            <span class="field-label"><span class="field-name">Your own</span></span>
            <div class="own-files">
              <FileButton name="Trace file" multiple onFiles={(files) => session.openFiles(files)}>Open files</FileButton>
              <FileButton name="Trace folder" folder onFiles={(files) => session.openFiles(files)}>Open a folder</FileButton>
            </div>
          </div>
        </>
      }
      details={[
        ...(open ? [{ id: 'layers', summary: 'Layers', content: <LayerTable info={open.info} /> }, { id: 'export', summary: 'Export', content: <TraceExport info={open.info} /> }] : []),
        { id: 'kept', summary: 'Opened before', content: <KeptList /> },
      ]}
    >
      {showsMessages && <TraceMessages />}
      {open && <TraceFacts open={open} kept={session.kept.value} />}
    </CellFrame>
  );
}

function TraceFacts({ open, kept }: { readonly open: OpenTrace; readonly kept: KeptState }) {
  const { session } = useApp();
  const { info, ref } = open;
  const sample = ref.kind === 'sample' ? sampleById(ref.id) : undefined;
  const passed = info.health.filter((check) => check.level === 'good');
  return (
    <div class="trace-facts">
      {sample && <p>{sample.description}</p>}
      <dl class="facts">
        <div><dt>File</dt><dd>{info.name}</dd></div>
        <div><dt>Format</dt><dd>{info.format}</dd></div>
        <div><dt>Steps</dt><dd>{`${formatCount(info.rows)} (${formatCount(info.firstStep)} to ${formatCount(endStep(info) - info.strideSteps)})`}</dd></div>
        <div><dt>Layers</dt><dd>{formatCount(info.layers.length)}</dd></div>
        <div><dt>Experts</dt><dd>{[...new Set(info.layers.map((layer) => layer.experts))].map(formatCount).join(', ')}</dd></div>
        <div><dt>{info.kind === 'counts' ? 'Tokens per step' : 'Sum per step'}</dt><dd>{totals(info)}</dd></div>
        {sample && <div><dt>Routing</dt><dd>{sample.routing}</dd></div>}
        <div><dt>Size</dt><dd>{formatBytes(info.byteLength)}</dd></div>
        <div><dt><Term name="fingerprint">Fingerprint</Term></dt><dd><code>{info.fingerprint.slice(0, 8)}</code></dd></div>
      </dl>
      {info.questions.length > 0 && (
        <QuestionFields
          questions={info.questions}
          valueOf={({ value }) => value}
          noteOf={({ ambiguous }) => (ambiguous ? 'Guessed: please check' : undefined)}
          onAnswer={(id, value) => {
            const answers = Object.fromEntries(info.questions.map((one) => [one.id, one.value]));
            session.remap({ ...ref.mapping, ...answers, [id]: value });
          }}
        />
      )}
      <ul class="checks">
        {info.health.filter((check) => check.level !== 'good').map((check) => <Check key={check.id} check={check} />)}
        {info.notes.map((note) => <Check key={note} check={{ id: 'gaps', level: 'note', text: sentence(note) }} />)}
        {ref.kind === 'file' && kept === 'kept' && <Check check={{ id: 'gaps', level: 'good', text: 'Kept in this browser: it will be here after a reload.' }} />}
      </ul>
      {passed.length > 0 && (
        <Details summary={`${passed.length} ${passed.length === 1 ? 'check' : 'checks'} passed`}>
          <ul class="checks">{passed.map((check) => <Check key={check.id} check={check} />)}</ul>
        </Details>
      )}
      {typeof kept === 'object' && (
        <Notice level="warning" title="This trace is not kept in the browser">
          {`It works now, but after a reload the notebook will ask for ${info.name} again: ${kept.notKept.message}${kept.notKept.remedy ? `; ${kept.notKept.remedy}` : ''}.`}
        </Notice>
      )}
    </div>
  );
}

const checkIcons = { good: 'check', note: 'info', warning: 'warning' } as const;
const checkWords = { good: 'Good', note: 'Note', warning: 'Warning' } as const;

function Check({ check }: { readonly check: HealthCheck }) {
  return (
    <li class={`check-line check-${check.level}`}>
      <Icon name={checkIcons[check.level]} />
      <span class="visually-hidden">{`${checkWords[check.level]}: `}</span>
      {check.text}
    </li>
  );
}

function LayerTable({ info }: { readonly info: TraceInfo }) {
  return (
    <DataTable
      caption="Layers of the trace"
      captionHidden
      columns={[
        { key: 'name', label: 'Layer', term: 'layer' },
        { key: 'experts', label: 'Experts', term: 'expert', numeric: true },
        { key: 'median', label: info.kind === 'counts' ? 'Tokens per step' : 'Sum per step', unit: 'median', numeric: true },
        { key: 'minimum', label: 'Least', numeric: true },
        { key: 'maximum', label: 'Most', numeric: true },
        { key: 'dead', label: 'Dead experts', term: 'deadExpert', numeric: true },
      ]}
      rows={info.layers.map((layer, index) => ({
        key: String(index),
        cells: { name: layer.name, experts: layer.experts, median: layer.total.median, minimum: layer.total.minimum, maximum: layer.total.maximum, dead: layer.deadExperts },
      }))}
    />
  );
}
