/** Lead → Bundle or Refusal: the only file that fetches strangers' links. */
import { lookup as resolve } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';
import { maxDownloadBytes } from '../core/limits.ts';
import type { Bundle, Lead, Policy, Refusal } from '../core/model.ts';

export interface DownloadOptions {
  /** Fetched from in place of https://github.com: a double on loopback. */
  readonly attachmentOrigin?: string;
}

/** GitHub's own hosts of attachments, and the storage that they redirect to (docs.github.com, attaching files). */
const hosts =
  /^(?:github\.com|gist\.github\.com|gist\.githubusercontent\.com|objects\.githubusercontent\.com|private-user-images\.githubusercontent\.com|github-production-(?:repository|user)-[a-z0-9-]+\.s3\.amazonaws\.com)$/;
const maxRedirects = 3;
const timeout = 60_000;

/** Names that resolve into private networks are refused at connect time, so that a second answer of DNS changes nothing. */
const guarded = new Agent({
  connect: {
    timeout: 10_000,
    lookup: (name, options, done) => {
      resolve(name, { ...options, all: true }, (problem, addresses) => {
        const bad = addresses?.find(({ address }) => ipaddr.parse(address).range() !== 'unicast');
        if (problem !== null) done(problem, '', 0);
        else if (bad !== undefined || addresses[0] === undefined) done(new Error('the name resolves to a private address'), '', 0);
        else if (options.all === true) done(null, addresses);
        else done(null, addresses[0].address, addresses[0].family);
      });
    },
  },
  maxResponseSize: maxDownloadBytes,
});

const open = new Agent({ maxResponseSize: maxDownloadBytes });

/** Never throws and never sends credentials. */
export async function download(lead: Lead, policy: Policy, options: DownloadOptions = {}): Promise<Bundle | Refusal> {
  switch (lead.kind) {
    case 'paste':
      return { name: lead.label, bytes: new TextEncoder().encode(lead.text), pasted: true };
    case 'unfinished upload':
      return { path: lead.label, reason: 'its upload had not ended when the post was sent: attach it again and wait until the link appears' };
    case 'link':
      return fetched(lead, policy, options);
  }
}

async function fetched(lead: Extract<Lead, { kind: 'link' }>, policy: Policy, options: DownloadOptions): Promise<Bundle | Refusal> {
  const refused = (reason: string): Refusal => ({ path: lead.label, reason });
  if (lead.host !== 'attachment') {
    if (lead.host === 'image') return refused('a picture of a profile cannot be read: attach the profile itself');
    if (lead.host === 'ipfs') return refused('files on IPFS gateways are not fetched, and old ones are mostly gone: attach it here as .zip or .gz');
    if (lead.host === 'viewer') return refused('that host shows a web page in place of the file: attach it here as .zip or .gz');
    if (lead.host === 'other' && !allowed(lead.url, policy)) return refused('only attachments of GitHub are fetched: attach it here as .zip or .gz');
  }
  try {
    return { name: lead.label, bytes: await bytesOf(moved(raw(lead.url), options), policy, options) };
  } catch (problem) {
    return refused(problem instanceof Refused ? problem.message : 'it could not be fetched: is it still there, and public?');
  }
}

class Refused extends Error {}

function allowed(address: string, policy: Policy): boolean {
  return policy.linkHosts.includes(new URL(address).hostname);
}

function moved(address: string, { attachmentOrigin }: DownloadOptions): string {
  return attachmentOrigin === undefined ? address : address.replace(/^https:\/\/github\.com(?=\/)/, attachmentOrigin);
}

/** A gist's page leads to the raw text of its files. */
function raw(address: string): string {
  const url = new URL(address);
  return url.hostname === 'gist.github.com' && !url.pathname.includes('/raw') ? `${url.origin}${url.pathname.replace(/\/$/, '')}/raw` : address;
}

async function bytesOf(first: string, policy: Policy, options: DownloadOptions): Promise<Uint8Array> {
  let address = first;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const url = new URL(address);
    const local = url.origin === options.attachmentOrigin;
    if (!local) check(url, policy);
    const answer = await request(url, {
      method: 'GET',
      dispatcher: local ? open : guarded,
      headers: { 'user-agent': 'pprof-triage', accept: '*/*' },
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
    const { statusCode, headers } = answer;
    if (statusCode >= 300 && statusCode < 400) {
      await answer.body.dump();
      if (typeof headers.location !== 'string') throw new Refused('its link leads nowhere');
      address = new URL(headers.location, url).toString();
      continue;
    }
    if (statusCode === 404 || statusCode === 410) throw new Refused('it is not there any more, or the repository is private: attach it again');
    if (statusCode !== 200) throw new Refused(`its server answered ${statusCode}: attach it again`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      const part = Buffer.from(chunk);
      size += part.length;
      if (size > maxDownloadBytes) throw new Refused(`it is larger than ${Math.round(maxDownloadBytes / 1e6)} MB: send it without the binary`);
      chunks.push(part);
    }
    return Buffer.concat(chunks);
  }
  throw new Refused('its link is redirected too often');
}

function check(url: URL, policy: Policy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') throw new Refused('only plain https links are fetched');
  if (isIP(host) !== 0 || !host.includes('.')) throw new Refused('links to addresses in place of names are not fetched');
  if (!hosts.test(host) && !policy.linkHosts.includes(host)) throw new Refused('its link leads to a host that is not fetched from: attach it here');
}
