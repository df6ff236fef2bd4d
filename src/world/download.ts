/** Lead → Bundle or Refusal: the only file that fetches strangers' links. */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, request, type Dispatcher } from 'undici';
import { maxDownloadBytes, maxDownloadSeconds, maxThreadBytes } from '../core/limits.ts';
import type { Bundle, Lead, Policy, Refusal } from '../core/model.ts';

export interface DownloadOptions {
  /** Fetched from in place of https://github.com: a double on loopback. */
  readonly attachmentOrigin?: string;
  /** Asks for a name's addresses; the system's resolver unless a test brings its own. */
  readonly lookup?: (name: string, done: (problem: Error | null, addresses: readonly LookupAddress[]) => void) => void;
}

/** GitHub's own hosts of attachments and gists, and the storage that they redirect to (docs.github.com, attaching files). */
const hosts =
  /^(?:github\.com|gist\.github\.com|gist\.githubusercontent\.com|objects\.githubusercontent\.com|release-assets\.githubusercontent\.com|private-user-images\.githubusercontent\.com|github-production-(?:repository|user)-[a-z0-9-]+\.s3\.amazonaws\.com)$/;
const maxRedirects = 3;

/** What may be fetched for one thread, all files together. */
interface Allowance {
  bytes: number;
}

class Refused extends Error {}
/** The server's fault or the network's: another try may do. */
class Failed extends Error {}

/** Names that resolve into private networks are refused at connect time, so that a second answer of DNS changes nothing. */
function guardedAgent(lookup: DownloadOptions['lookup'] = (name, done) => systemLookup(name, { all: true }, done)): Agent {
  const guarded: LookupFunction = (name, options, done) => {
    lookup(name, (problem, addresses) => {
      // Node gives no list then.
      if (problem !== null) return done(problem, '', 0);
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !isPublic(address))) return done(new Refused('its host has no public address'), '', 0);
      return options.all === true ? done(null, [...addresses]) : done(null, first.address, first.family);
    });
  };
  return new Agent({ connect: { timeout: 10_000, lookup: guarded } });
}

/** Unicast and nothing else: no private, loopback, link-local, mapped, translated or reserved range. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';
}

const plain = new Agent();

/** Fetches the leads of one thread. Never throws and never sends credentials. */
export function downloader(policy: Policy, options: DownloadOptions = {}): (lead: Lead) => Promise<Bundle | Refusal> {
  const agent = guardedAgent(options.lookup);
  const allowance: Allowance = { bytes: maxThreadBytes };
  return async (lead) => {
    switch (lead.kind) {
      case 'paste':
        return { name: lead.label, bytes: new TextEncoder().encode(lead.text), pasted: true };
      case 'unfinished upload':
        return { path: lead.label, reason: 'its upload had not ended when the post was sent: attach it again and wait until the link appears' };
      case 'link':
        return fetched(lead, policy, options, agent, allowance);
    }
  };
}

async function fetched(
  lead: Extract<Lead, { kind: 'link' }>,
  policy: Policy,
  options: DownloadOptions,
  agent: Agent,
  allowance: Allowance,
): Promise<Bundle | Refusal> {
  const refused = (reason: string, transient = false): Refusal => ({ path: lead.label, reason, ...(transient ? { transient } : {}) });
  const unasked = allowed(lead.url, policy) ? undefined : foreign[lead.host];
  if (unasked !== undefined) return refused(unasked);
  const deadline = AbortSignal.timeout(maxDownloadSeconds * 1000);
  const allows = (host: string): boolean => hosts.test(host) || policy.linkHosts.includes(host);
  const way = { allows, maxBytes: maxDownloadBytes, local: options.attachmentOrigin, agent, allowance, deadline };
  try {
    return { name: lead.label, bytes: await triedBytesOf(moved(raw(lead.url), options), way) };
  } catch (problem) {
    // undici wraps what the lookup says.
    const said = problem instanceof Error && problem.cause instanceof Refused ? problem.cause : problem;
    if (said instanceof Refused) return refused(said.message);
    if (deadline.aborted) return refused(`its server took longer than ${maxDownloadSeconds} s: attach it here`, true);
    return refused(said instanceof Failed ? said.message : 'its server did not answer: is the link still good?', true);
  }
}

/** Why links to such hosts are not followed; undefined for those that are. */
const foreign: Readonly<Record<Extract<Lead, { kind: 'link' }>['host'], string | undefined>> = {
  attachment: undefined,
  gist: undefined,
  image: 'a picture of a profile cannot be read: attach the profile itself',
  ipfs: 'files on IPFS gateways are not fetched, and old ones are mostly gone: attach it here as .zip or .gz',
  viewer: 'that host shows a web page in place of the file: attach it here as .zip or .gz',
  other: 'only attachments of GitHub are fetched: attach it here as .zip or .gz',
};

function allowed(address: string, policy: Policy): boolean {
  return policy.linkHosts.includes(new URL(address).hostname);
}

function moved(address: string, { attachmentOrigin }: DownloadOptions): string {
  return attachmentOrigin === undefined ? address : address.replace(/^https:\/\/github\.com(?=\/)/, attachmentOrigin);
}

/** A gist's page leads to the raw text of its first file. */
function raw(address: string): string {
  const url = new URL(address);
  return url.hostname === 'gist.github.com' && !url.pathname.includes('/raw') ? `${url.origin}${url.pathname.replace(/\/$/, '')}/raw` : address;
}

/** One file of a list of hosts that is our own, not a stranger's link. Rejects with a sentence. */
export function fetchOwn(
  address: string,
  way: { readonly hosts: ReadonlySet<string>; readonly maxBytes: number; readonly seconds: number; readonly local?: string },
): Promise<Uint8Array> {
  return bytesOf(address, {
    allows: (host) => way.hosts.has(host),
    maxBytes: way.maxBytes,
    local: way.local,
    agent: guardedAgent(),
    allowance: { bytes: way.maxBytes },
    deadline: AbortSignal.timeout(way.seconds * 1000),
  });
}

interface Way {
  readonly allows: (host: string) => boolean;
  /** Of one file. */
  readonly maxBytes: number;
  /** Origin of a double, which is asked as it is. */
  readonly local?: string;
  readonly agent: Agent;
  readonly allowance: Allowance;
  readonly deadline: AbortSignal;
}

/** What fails in passing is tried again, half a second and two seconds later. */
async function triedBytesOf(address: string, way: Way): Promise<Uint8Array> {
  for (const pause of [500, 2000]) {
    try {
      return await bytesOf(address, way);
    } catch (problem) {
      if (problem instanceof Refused || (problem instanceof Error && problem.cause instanceof Refused) || way.deadline.aborted) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return bytesOf(address, way);
}

async function bytesOf(first: string, way: Way): Promise<Uint8Array> {
  let address = first;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const url = new URL(address);
    const local = url.origin === way.local;
    if (!local) check(url, way.allows);
    const answer = await request(url, {
      method: 'GET',
      dispatcher: local ? plain : way.agent,
      headers: { 'user-agent': 'pprof-triage', accept: '*/*' },
      signal: way.deadline,
    });
    const { statusCode, headers } = answer;
    if (statusCode === 200) return collected(answer, way);
    answer.body.on('error', () => {});
    answer.body.destroy();
    if (statusCode === 404 || statusCode === 410) throw new Refused('it is not there any more, or the repository is private: attach it again');
    if (statusCode >= 500 || statusCode === 429) throw new Failed(`its server answered ${statusCode}: attach it again`);
    if (statusCode < 300 || statusCode >= 400) throw new Refused(`its server answered ${statusCode}: attach it again`);
    if (typeof headers.location !== 'string' || !URL.canParse(headers.location, url.href)) throw new Refused('its link leads nowhere');
    address = new URL(headers.location, url).toString();
  }
  throw new Refused('its link is redirected too often');
}

/** What the header promises is believed only where it is too much. */
async function collected({ body, headers }: Dispatcher.ResponseData, { allowance, maxBytes }: Way): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    enough(Number(headers['content-length'] ?? 0), maxBytes, allowance.bytes);
    for await (const chunk of body) {
      const part = Buffer.from(chunk);
      size += part.length;
      // Files of a thread are fetched side by side: what one takes is not there for the others.
      allowance.bytes -= part.length;
      enough(size, maxBytes, allowance.bytes + size);
      chunks.push(part);
    }
    return Buffer.concat(chunks);
  } catch (problem) {
    allowance.bytes += size;
    body.on('error', () => {});
    body.destroy();
    throw problem;
  }
}

function enough(size: number, most: number, left: number): void {
  if (size > most) throw new Refused(`it is larger than ${Math.round(most / 1e6)} MB: send it without the binary`);
  if (size > left) throw new Refused(`the files of this thread are larger than ${Math.round(maxThreadBytes / 1e6)} MB together`);
}

function check(url: URL, allows: Way['allows']): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') throw new Refused('only plain https links are fetched');
  if (isIP(host) !== 0 || !host.includes('.')) throw new Refused('links to addresses in place of names are not fetched');
  if (!allows(host)) throw new Refused('its link leads to a host that is not fetched from: attach it here');
}
