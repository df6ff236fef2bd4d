/** From an issue to files: the thread as read now, the leads in its posts, their bytes, and the files inside. */

/** Address of an issue. A job carries nothing else. */
export interface ThreadRef {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** One post of a thread: the issue's own text, or a comment. */
export interface Post {
  /** 'issue' for the opening text, else the comment's id as a string. */
  readonly id: string;
  readonly author: string;
  readonly authorIsBot: boolean;
  /** author_association of the GitHub API: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, NONE, … */
  readonly association: string;
  /** Markdown, line ends normalised to \n. */
  readonly body: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True for a comment that this App wrote (own author, checked by world/github). */
  readonly own: boolean;
  readonly minimized?: boolean;
  /** May give orders here: the role of triage or more, as the API says. Read only for posts that begin with an order. */
  readonly mayOrder?: boolean;
  /** Our reaction to it, if there is one. Read only for posts that begin with an order. */
  readonly acknowledged?: Acknowledgement;
}

/** How an order is answered at once: understood, or not. */
export type Acknowledgement = '+1' | 'confused';

/** An issue with its comments. The thread is the state: everything else can be derived from it again. */
export interface Thread {
  readonly ref: ThreadRef;
  readonly title: string;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  readonly labels: readonly string[];
  /** Labels that a person removed; they are never put back. */
  readonly removedLabels: readonly string[];
  /** Labels that we put there; only these are ours to take off. */
  readonly ownLabels?: readonly string[];
  readonly createdAt: string;
  /** ISO 8601; later than what any post says when only labels or state changed. */
  readonly updatedAt?: string;
  /** First the issue text, then comments in order of creation. */
  readonly posts: readonly Post[];
  /** When somebody last deleted a comment of ours, if the API tells. */
  readonly ownDeletedAt?: string;
}

/** Something in a post that may lead to bytes. */
export type Lead =
  | { readonly kind: 'link'; readonly post: string; readonly label: string; readonly url: string; readonly host: LinkHost }
  | { readonly kind: 'paste'; readonly post: string; readonly label: string; readonly text: string }
  | { readonly kind: 'unfinished upload'; readonly post: string; readonly label: string };

/** Whose link it is; only `attachment`, `gist` and hosts of the policy are fetched, all others are named in the report. */
export type LinkHost = 'attachment' | 'image' | 'gist' | 'ipfs' | 'viewer' | 'other';

/** The bytes of one lead, or of one file given at the desk. */
export interface Bundle {
  /** Name to show: the file name of the attachment, or `pasted in #123 (comment 4)`. A hint, never a proof. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** ISO 8601 time of the post or file, when known; hint for `Capture.at`. */
  readonly at?: string;
  /** Text that a person pasted (may be quoted, wrapped or cut) rather than a file. */
  readonly pasted?: boolean;
  /** Post and login of the sender, when it came from a thread: two posts are two times, two people two nodes. */
  readonly post?: string;
  readonly from?: string;
  /** An official archive that we fetched ourselves: its program is used where it is proved to be the one that ran, and never spoken of otherwise. */
  readonly official?: boolean;
}

/** One file inside a bundle: `path` is bundle name and inner path joined by `/`. */
export interface Evidence {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly at?: string;
  readonly pasted?: boolean;
  readonly post?: string;
  readonly from?: string;
}

/** Bytes that became nothing more, and why, in one sentence for the reader. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
  /** It may be there in a minute: a server that did not answer. */
  readonly transient?: boolean;
}
