/** `ipfs config show`: a few settings that diagnosis uses; identities, keys and addresses are never kept. */
import type { ConfigArtefact, Kind } from '../model.ts';
import { asRecord, jsonObject, smallText } from './text.ts';

/** Prefixes of dotted paths that say how the node works and nothing about whose it is. */
const kept =
  /^(Reprovider|Provide|Provider|Swarm\.(ConnMgr|ResourceMgr|Transports|DisableBandwidthMetrics|RelayService\.Enabled|RelayClient\.Enabled)|Routing\.(Type|AcceleratedDHTClient)|Datastore\.(StorageMax|StorageGCWatermark|GCPeriod|HashOnRead|BloomFilterSize)|Experimental|Import|Internal\.Bitswap|Gateway\.(NoFetch|PublicGateways)|AutoNAT\.ServiceMode|Pubsub\.Enabled)(\.|$)/;

export const configKind: Kind<ConfigArtefact> = {
  name: 'config',
  recognise({ bytes, path }) {
    if (bytes.length > 1_000_000) return { is: 'not mine' };
    const text = smallText(bytes);
    if (text === undefined || !text.includes('"Addresses"') || !/"(Bootstrap|Datastore|Swarm)"/.test(text)) return { is: 'not mine' };
    const object = jsonObject(text);
    if (object === undefined) return { is: 'broken', kind: 'config', reason: 'it looks like `ipfs config show`, but is not whole JSON' };
    return {
      is: 'fine',
      artefacts: [{ kind: 'config', file: path, settings: settingsOf(object), datastores: datastoresOf(asRecord(object['Datastore'])?.['Spec']) }],
    };
  },
};

function settingsOf(object: Readonly<Record<string, unknown>>, prefix = ''): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(object)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const inner = asRecord(value);
    if (inner !== undefined && path.split('.').length < 6) Object.assign(found, settingsOf(inner, path));
    else if (kept.test(path) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) found[path] = value;
  }
  return found;
}

/** Types of the datastores of the spec, wherever they are nested (mount, measure). */
function datastoresOf(spec: unknown, depth = 0): readonly string[] {
  if (depth > 8) return [];
  if (Array.isArray(spec)) return [...new Set(spec.flatMap((part) => datastoresOf(part, depth + 1)))];
  const object = asRecord(spec);
  if (object === undefined) return [];
  const type = object['type'];
  const own = typeof type === 'string' && !['mount', 'measure', 'log'].includes(type) ? [type] : [];
  return [...new Set([...own, ...datastoresOf(object['child'], depth + 1), ...datastoresOf(object['mounts'], depth + 1)])];
}
