/** Posts that were saved as Markdown: what is pasted in them is read as it stands; what they only lead to is said. */
import { leads } from '../core/leads.ts';
import type { Bundle, Refusal } from '../core/model.ts';

/** No post is longer (GitHub stops at 65 536 characters); several may stand in one file. */
const maxPost = 1_000_000;
const maxTold = 5;

const reasons = {
  'unfinished upload': 'its upload had not ended when the post was sent: it must be attached again',
  link: 'the post only links to it: download it and give the file, or give the address of the issue',
} as const;

/** Links and unfinished uploads of the bundles that are Markdown. */
export function ledTo(bundles: readonly Bundle[]): readonly Refusal[] {
  return bundles
    .filter(({ name, bytes }) => /\.(?:md|markdown)$/i.test(name) && bytes.length <= maxPost)
    .flatMap(({ bytes }) =>
      leads(threadOf(new TextDecoder().decode(bytes)))
        .flatMap((lead) => (lead.kind === 'paste' ? [] : [{ path: lead.label, reason: reasons[lead.kind] }]))
        .slice(0, maxTold),
    );
}

function threadOf(body: string): Parameters<typeof leads>[0] {
  const nobody = { author: '', createdAt: '', updatedAt: '' };
  return {
    ...nobody,
    ref: { owner: '', repo: '', number: 0 },
    title: '',
    state: 'open',
    locked: false,
    labels: [],
    removedLabels: [],
    posts: [{ ...nobody, id: 'issue', authorIsBot: false, association: 'NONE', body: body.replaceAll('\r\n', '\n'), own: false }],
  };
}
