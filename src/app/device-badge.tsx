import { useRef, useState } from 'preact/hooks';
import { useDismiss } from '../ui/floating.ts';
import { Badge, ChoiceField, Icon } from '../ui/index.ts';
import type { DeviceInfo } from '../../workers/contract.ts';
import { adapterGlance, type AdapterGlance } from './adapter.ts';
import { deviceWords, engineWords } from './device-words.ts';
import type { DevicePreference, Runs } from './runs.ts';

interface Said {
  readonly text: string;
  readonly tone: 'neutral' | 'good' | 'warning';
}

function badge(device: DeviceInfo | null, glance: AdapterGlance): Said {
  if (device) {
    if (device.selfCheck.state === 'failed') return { text: `${engineWords(device)}: self-check failed`, tone: 'warning' };
    if (device.backend === 'webgpu') return { text: `${device.adapter ?? 'WebGPU'} · checked`, tone: device.fallbackAdapter ? 'warning' : 'good' };
    return { text: `CPU · ${device.engine === 'simd' ? 'WebAssembly' : 'JavaScript'}`, tone: 'warning' };
  }
  if (glance.state === 'found') return { text: glance.software ? 'Software GPU' : glance.name, tone: 'neutral' };
  if (glance.state === 'none') return { text: 'No WebGPU', tone: 'warning' };
  return { text: 'Looking for a GPU', tone: 'neutral' };
}

const choices: readonly { readonly value: DevicePreference; readonly label: string }[] = [
  { value: 'auto', label: 'Automatic' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'wasm', label: 'WebAssembly' },
  { value: 'cpu', label: 'JavaScript' },
];

/** Names what trains, or says why there is no GPU and what to do about it; a click shows more and lets one choose. */
export function DeviceBadge({ runs }: { readonly runs: Runs }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useDismiss(open, [root], () => setOpen(false));
  const device = runs.device.value;
  const glance = adapterGlance.value;
  const said = badge(device, glance);
  return (
    <div class="device" ref={root}>
      <button type="button" class="device-button" aria-expanded={open} aria-controls="device-panel" aria-label={`Device: ${said.text}`} onClick={() => setOpen(!open)}>
        <Badge tone={said.tone}>{said.text}</Badge>
        <Icon name="chevron-down" size={14} />
      </button>
      {open && (
        <div class="device-panel" id="device-panel" role="group" aria-label="Device">
          <DeviceText device={device} glance={glance} />
          <ChoiceField<DevicePreference> label="Train with" value={runs.preference.value} choices={choices} onChange={(value) => runs.prefer(value)} />
        </div>
      )}
    </div>
  );
}

function DeviceText({ device, glance }: { readonly device: DeviceInfo | null; readonly glance: AdapterGlance }) {
  if (!device) {
    if (glance.state === 'none') return <p>This browser offers no WebGPU here, so an LSTM trains on the CPU. {advice()}</p>;
    if (glance.state === 'looking') return <p>Looking for a GPU.</p>;
    return (
      <p>
        {`The browser offers ${glance.name}. `}
        {glance.software ? 'That is software, not a graphics card: training on the CPU with WebAssembly is faster and is chosen.' : 'It is checked against the CPU before its first training.'}
      </p>
    );
  }
  const { selfCheck } = device;
  return (
    <>
      <p>{`Trains on ${deviceWords(device)}.`}{device.variant && ` Kernels: ${device.variant}.`}</p>
      {device.why && <p>{sentence(device.why)} {device.remedy && sentence(device.remedy)}</p>}
      {selfCheck.state === 'passed' && (
        <p>
          {`Self-check passed in ${Math.round(selfCheck.elapsedMs)} ms`}
          {selfCheck.relativeError !== undefined && `: its numbers differ from those of plain TensorFlow.js by at most ${selfCheck.relativeError.toExponential(1)}`}.
        </p>
      )}
      {selfCheck.state === 'failed' && <p>The self-check failed: its numbers do not agree with those of plain TensorFlow.js. It is not used.</p>}
    </>
  );
}

function advice(): string {
  if (!globalThis.isSecureContext) return 'WebGPU needs a secure address: open the page over https or on localhost.';
  if (!('gpu' in navigator)) return 'Chrome or Edge 113 and newer, Safari 26 and Firefox 141 on Windows have it.';
  return 'Updating the graphics driver, or turning on hardware acceleration in the browser’s settings, may help.';
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(start) ? start : `${start}.`;
}
