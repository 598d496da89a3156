import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../api/client';
import type { Network } from '../api/types';
import { count, short } from './runs';

const settleMs = 300;
const mostDrawn = 5;

interface Stage {
  name: string;
  blocks: number;
  channels: number;
  side: number;
  parameters: number;
  gflop: number;
}

/** A group of residual blocks is one stage; the rest are their own. */
const stagesOf = (network: Network): Stage[] => {
  const stages: Stage[] = [{ name: 'patch', blocks: 1, channels: 3, side: 50, parameters: 0, gflop: 0 }];
  let group = 0;
  for (const layer of network.layers) {
    const last = stages.at(-1)!;
    if (layer.group > 0 && layer.group === group) {
      last.blocks++;
      last.name = `${last.blocks} residual blocks`;
      last.parameters += layer.parameters;
      last.gflop += layer.gflop;
    } else {
      stages.push({ name: layer.group > 0 ? 'residual block' : layer.name, blocks: 1, channels: layer.channels, side: layer.sidePixels, parameters: layer.parameters, gflop: layer.gflop });
    }

    group = layer.group;
  }

  return stages;
};

/** The network from the patch to the probability: each stage as large as its output, stacked as often as it is repeated. */
export const NetworkPicture = ({ width, depth, denseUnits }: { width: string; depth: string; denseUnits: string }) => {
  const [network, setNetwork] = useState<Network>();
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ width, depth, denseUnits });
      // What is no network yet, since a number is half typed, leaves the last one standing.
      getJson<Network>(`/api/network?${query}`, stop.signal).then(setNetwork, () => undefined);
    }, settleMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [width, depth, denseUnits]);
  if (!network) return <div class="network" />;
  const stages = stagesOf(network);
  return (
    <section class="network" aria-label="The network">
      <p><strong>{network.name}</strong> <span class="muted">{count(network.parameters)} weights, {network.gflop.toFixed(2)} GFLOP a patch</span></p>
      <ol>
        {stages.map((stage, index) => <StageView key={index} {...stage} />)}
      </ol>
    </section>
  );
};

const StageView = ({ name, blocks, channels, side, parameters, gflop }: Stage) => {
  const breadth = side === 1 ? 8 : 14 + 0.6 * side;
  const height = side === 1 ? 8 + Math.min(44, channels / 4) : breadth;
  const drawn = Math.min(blocks, mostDrawn);
  return (
    <li>
      <svg viewBox="0 0 72 64" aria-hidden="true">
        {Array.from({ length: drawn }, (_, index) => drawn - 1 - index).map((behind) => (
          <rect key={behind} x={36 - breadth / 2 + (behind - (drawn - 1) / 2) * 5} y={32 - height / 2 - (behind - (drawn - 1) / 2) * 3} width={breadth} height={height} rx="2" />
        ))}
      </svg>
      <div>
        <span class="name">{name}</span>
        <span class="muted">{side === 1 ? `${channels}` : `${channels} × ${side} × ${side}`}</span>
        {parameters > 0 && <span class="muted">{short(parameters)} weights</span>}
        {gflop >= 0.0005 && <span class="muted">{gflop.toFixed(3)} GFLOP</span>}
      </div>
    </li>
  );
};
