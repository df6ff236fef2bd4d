/** Every number that bounds us, with its reason and source. */

/** Largest download: GitHub takes attachments up to 25 MB; the rest is slack for linked files. */
export const maxDownloadBytes = 30_000_000;
/** All downloads of one thread: four attachments of the largest size, or ten of the usual one. */
export const maxThreadBytes = 100_000_000;
/** One download, from the first request to the last byte: 30 MB at 4 Mbit/s. */
export const maxDownloadSeconds = 60;
/** Bundles fetched for one thread; more than ten attachments is no longer one report of one problem. */
export const maxBundles = 10;
/** All that one bundle may unpack to: a kubo binary (100 MB), its dump and profiles, with room. */
export const maxUnpackedBytes = 512_000_000;
/** All that the bundles of one thread may unpack to in the sandbox, so that they and what is made of them fit into its memory. */
export const maxThreadUnpackedBytes = 320_000_000;
/** One unpacked file: the largest real one is a kubo binary of about 110 MB. */
export const maxEntryBytes = 256_000_000;
/** Rows of any table of one profile: samples, locations, functions, strings. The largest real ones have 3 million samples. */
export const maxProfileRows = 10_000_000;
/** Frames of all stacks of one profile, and values of all samples: 50 million frames are 100 MB of profile. */
export const maxProfileFrames = 120_000_000;
export const maxProfileValues = 40_000_000;
/** Comments of one profile: people add a few. */
export const maxProfileComments = 10_000;
/** Labels of one sample: programs set a handful. */
export const maxLabels = 10_000;
/** Sample types of one profile: Go writes four at most, other producers a dozen. */
export const maxSampleTypes = 100;
/** Ratio of unpacked to packed bytes tolerated after the first 10 MB; goroutine dumps reach about 100. */
export const maxRatio = 200;
export const ratioFreeBytes = 10_000_000;
/** Files in one bundle. */
export const maxEntries = 2_000;
/** Archives inside archives: pb.gz inside tar.gz inside zip. */
export const maxDepth = 3;
/** GitHub's limit of a comment is 65,536 characters; what is sent stays below it. */
export const maxCommentCharacters = 60_000;
/** Asks in one comment: more are not answered (65 real threads). */
export const maxAsks = 3;
/** Candidates named for a lock. */
export const maxHolders = 3;
/** Ids listed for one group in the report. */
export const maxGroupIds = 1_000;
/** Minutes from which a lock or channel wait counts as hung: shorter ones are within the collector's stamp error. */
export const hungMinutes = 3;
/** Webhook body: GitHub sends at most 25 MB. */
export const maxWebhookBytes = 25_000_000;
/** Time for one thread in the sandbox: a bundle at the limits takes about 10 s on two cores of 2020; GitHub's runners are half as fast. */
export const childSeconds = 60;
/** Memory of the sandbox, heap and buffers together; its JavaScript heap alone. */
export const childMegabytes = 650;
export const childHeapMegabytes = 512;
/** A report: the largest real one is about 1 MB. */
export const maxReportBytes = 20_000_000;
