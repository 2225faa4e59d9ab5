import type { Parameter } from '../../forecast/contract.ts';
import { forecasterOf, inSentence } from '../../notebook/kinds/forecast.ts';
import { sweptForecasters } from '../../notebook/kinds/search-space.ts';
import { offeredDimensions, usualBranch } from '../../sweep/offered.ts';
import type { Branch, Dimension, SearchSpace } from '../../sweep/types.ts';
import { Button, CheckField, Details, NumberField, SelectField } from '../../ui/index.ts';
import { ParameterFields } from '../parameter-fields.tsx';
import { settingInWords, settingName } from './setting-words.ts';

export interface SpaceEditorProps {
  readonly space: SearchSpace;
  /** Whether trials are judged in rungs: iterations are then the budget and cannot be varied. */
  readonly halving: boolean;
  /** Whether a grid is made of ranges. */
  readonly grid: boolean;
  readonly onChange: (space: SearchSpace) => void;
}

/** Which forecasters are searched, and what is varied of each. */
export function SpaceEditor({ space, halving, grid, onChange }: SpaceEditorProps) {
  const left = sweptForecasters.filter((id) => !space.some(({ forecaster }) => forecaster === id));
  const replace = (place: number, branch: Branch): void => onChange(space.map((one, i) => (i === place ? branch : one)));
  return (
    <div class="sweep-space" role="group" aria-label="Search space">
      {space.map((branch, place) => (
        <BranchEditor key={branch.forecaster} branch={branch} halving={halving} grid={grid} onChange={(next) => replace(place, next)} onRemove={space.length > 1 ? () => onChange(space.filter((_, i) => i !== place)) : undefined} />
      ))}
      {left.length > 0 && (
        <SelectField
          label="Another forecaster" help="It takes part in the search with its usual settings; choose what to vary of it." value=""
          choices={[{ value: '', label: 'Choose…' }, ...left.map((id) => ({ value: id, label: forecasterOf(id).label }))]}
          onChange={(id) => { if (id !== '') onChange([...space, usualBranch(id)]); }}
        />
      )}
    </div>
  );
}

interface BranchEditorProps {
  readonly branch: Branch;
  readonly halving: boolean;
  readonly grid: boolean;
  readonly onChange: (branch: Branch) => void;
  readonly onRemove?: () => void;
}

function BranchEditor({ branch, halving, grid, onChange, onRemove }: BranchEditorProps) {
  const { label, parameters } = forecasterOf(branch.forecaster);
  const { values, dimensions } = branch;
  const variedOf = (id: string): Dimension | undefined => dimensions.find(({ parameter }) => parameter === id);
  const setDimension = (dimension: Dimension): void => onChange({ ...branch, dimensions: dimensions.map((one) => (one.parameter === dimension.parameter ? dimension : one)) });
  const vary = (id: string, on: boolean): void => {
    const offered = offeredDimensions(branch.forecaster).find(({ parameter }) => parameter === id);
    if (offered) onChange({ ...branch, dimensions: on ? [...dimensions, offered] : dimensions.filter(({ parameter }) => parameter !== id) });
  };
  const fieldsOf = (parameter: Parameter) => {
    const dimension = variedOf(parameter.id);
    return (
      <div key={parameter.id} class="sweep-parameter">
        {mayVary(parameter) && <CheckField label={`Vary ${inSentence(parameter.label)}`} help={helpOf(branch.forecaster, parameter)} checked={dimension !== undefined} onChange={(on) => vary(parameter.id, on)} />}
        {dimension
          ? <DimensionFields dimension={dimension} parameter={parameter} grid={grid} onChange={setDimension} />
          : <ParameterFields parameters={[parameter]} values={values} onChange={({ id }, value) => onChange({ ...branch, values: { ...values, [id]: value } })} />}
      </div>
    );
  };
  // One that is varied stays where it is, and the focus with it.
  const folded = parameters.filter(({ advanced }) => advanced);
  const foldedVaried = folded.filter(({ id }) => variedOf(id) !== undefined).length;
  const mayVary = ({ id }: Parameter): boolean => !(halving && id === 'iterations') || variedOf(id) !== undefined;
  return (
    <Details summary={`${label}, ${dimensions.length === 0 ? 'nothing varied' : `varied: ${dimensions.map(({ parameter }) => inSentence(parameters.find(({ id }) => id === parameter)?.label ?? parameter)).join(', ')}`}`}>
      <div class="sweep-branch">
        {parameters.filter(({ advanced }) => !advanced).map(fieldsOf)}
        {parameters.length === 0 && <p>It has no settings: it is one trial.</p>}
        {folded.length > 0 && <div class="sweep-more"><Details summary={`More settings${foldedVaried > 0 ? `, ${foldedVaried} varied` : ''}`}><div class="sweep-branch">{folded.map(fieldsOf)}</div></Details></div>}
        {onRemove && <Button kind="quiet" icon="trash" onClick={onRemove}>{`Leave ${label} out`}</Button>}
      </div>
    </Details>
  );
}

/** What it is, and on which other setting it depends whether it does anything. */
function helpOf(forecaster: string, { help, onlyIf }: Parameter): string {
  if (!onlyIf) return help;
  const { parameter, values } = onlyIf;
  return `${help} It is varied only in trials where ${inSentence(settingName(forecaster, parameter))} is ${values.map((value) => settingInWords(forecaster, parameter, value)).join(' or ')}.`;
}

function DimensionFields({ dimension, parameter, grid, onChange }: { readonly dimension: Dimension; readonly parameter: Parameter; readonly grid: boolean; readonly onChange: (dimension: Dimension) => void }) {
  if (dimension.kind === 'choice') {
    const choices = parameter.kind === 'choice' ? parameter.choices : dimension.values.map((value) => ({ value, label: String(value) }));
    return (
      <div class="sweep-choices" role="group" aria-label={`${parameter.label}: values to try`}>
        {choices.map(({ value, label }) => (
          <CheckField
            key={value} label={label} checked={dimension.values.includes(value)}
            onChange={(on) => onChange({ ...dimension, values: on ? [...dimension.values, value] : dimension.values.filter((one) => one !== value) })}
          />
        ))}
      </div>
    );
  }
  if (parameter.kind === 'choice') return null;
  const shared = { unit: parameter.unit, min: parameter.minimum, max: parameter.maximum, integer: parameter.kind === 'integer' };
  const name = inSentence(parameter.label);
  return (
    <div class="sweep-range">
      <NumberField {...shared} label={`Least ${name}`} value={dimension.from} onCommit={(from) => onChange({ ...dimension, from })} />
      <NumberField {...shared} label={`Most ${name}`} value={dimension.to} onCommit={(to) => onChange({ ...dimension, to })} />
      <SelectField
        label={`Scale of ${name}`} help="Logarithmic: halves and doubles are equal steps." value={dimension.scale}
        choices={[{ value: 'linear', label: 'Linear' }, { value: 'log', label: 'Logarithmic' }]} onChange={(scale) => onChange({ ...dimension, scale })}
      />
      <NumberField label={`Step of ${name}`} unit={parameter.unit} help="Values lie a whole number of steps apart; fewer different windows and sizes share launches on a GPU." min={shared.integer ? 1 : 0} max={Math.max(1, dimension.to - dimension.from)} integer={shared.integer} value={dimension.step} onCommit={(step) => onChange({ ...dimension, step })} />
      {grid && <NumberField label={`Grid points of ${name}`} help="Values that a grid takes, evenly spread." integer min={1} max={100} value={dimension.gridPoints} onCommit={(gridPoints) => onChange({ ...dimension, gridPoints })} />}
    </div>
  );
}
