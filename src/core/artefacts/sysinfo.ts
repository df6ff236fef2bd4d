/** `ipfs.sysinfo`: what `ipfs diag sys` prints. Addresses and paths in it are private and not kept. */
import type { Kind, SysinfoArtefact } from '../model.ts';
import { asNumber, asRecord, asText, jsonObject, smallText } from './text.ts';

export const sysinfoKind: Kind<SysinfoArtefact> = {
  name: 'sysinfo',
  recognise({ bytes, path }) {
    const text = smallText(bytes);
    if (text === undefined || !text.includes('"diskinfo"') || !text.includes('"runtime"')) return { is: 'not mine' };
    const object = jsonObject(text);
    const runtime = asRecord(object?.['runtime']);
    if (object === undefined || runtime === undefined) return { is: 'broken', kind: 'sysinfo', reason: 'it looks like `ipfs diag sys`, but is not whole JSON' };
    const memory = asRecord(object['memory']) ?? {};
    const disk = asRecord(object['diskinfo']) ?? {};
    const online = asRecord(object['net'])?.['online'];
    return {
      is: 'fine',
      artefacts: [
        {
          kind: 'sysinfo',
          file: path,
          runtime: {
            os: asText(runtime['os']),
            arch: asText(runtime['arch']),
            version: asText(runtime['version']),
            compiler: asText(runtime['compiler']),
            numcpu: asNumber(runtime['numcpu']),
            gomaxprocs: asNumber(runtime['gomaxprocs']),
            numgoroutines: asNumber(runtime['numgoroutines']),
          },
          memory: { swap: asNumber(memory['swap']), virt: asNumber(memory['virt']) },
          disk: { fstype: filesystem(asText(disk['fstype'])), total: asNumber(disk['total_space']), free: asNumber(disk['free_space']) },
          ipfsVersion: asText(object['ipfs_version']),
          ipfsCommit: asText(object['ipfs_commit']),
          online: typeof online === 'boolean' ? online : undefined,
        },
      ],
    };
  },
};

/** `fstype` is the decimal statfs magic (linux/magic.h). */
const magics: Readonly<Record<string, string>> = {
  '61267': 'ext4',
  '2435016766': 'btrfs',
  '1481003842': 'xfs',
  '2035054128': 'overlay',
  '801189825': 'zfs',
  '16914836': 'tmpfs',
  '26985': 'nfs',
  '1702057286': 'fuse',
};

function filesystem(magic: string | undefined): string | undefined {
  return magic === undefined ? undefined : (magics[magic] ?? magic);
}
